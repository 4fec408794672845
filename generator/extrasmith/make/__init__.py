# SPDX-License-Identifier: Apache-2.0
"""From a catalog to finished folders, and back: build, prove, resolve."""

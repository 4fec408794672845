# SPDX-License-Identifier: Apache-2.0
"""What follows from a catalog in one cycle: the release, how it came about, what changed."""

# SPDX-License-Identifier: Apache-2.0
"""What people write: the shape of every file, how it is read, and the rules that all of it must keep."""

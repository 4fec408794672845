# SPDX-License-Identifier: Apache-2.0
"""The only rooms that touch something: the disk, git, uv, build backends, a host, other people's files."""

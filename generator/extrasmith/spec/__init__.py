# SPDX-License-Identifier: Apache-2.0
"""What PEPs, distros and installers define, and nothing of this project: markers, requirement lines, versions, archives."""

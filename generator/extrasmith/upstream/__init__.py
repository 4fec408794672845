# SPDX-License-Identifier: Apache-2.0
"""The files and rules of OpenStack: read, compared, gated and proposed to.

Formats and rules are pure functions over texts: no module here reads a file, a clock or the
environment, starts git or asks the network. Those who call them do (``world``, ``jobs``).
"""

# SPDX-License-Identifier: Apache-2.0
"""What an operator asks: the line to type, what else is needed, how it is switched on.

``facts`` boils a release down to plain data, ``answer`` answers from that data, ``wish`` reads
what was typed. The selector page embeds the same facts and answers in the same way.
"""

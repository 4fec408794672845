# SPDX-License-Identifier: Apache-2.0
"""Ask a package index (Simple API, PEP 503 and 691) what it tells of distributions; no archive is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from extrasmith.spec.lines import Line
from extrasmith.upstream import simpleindex
from extrasmith.upstream.simpleindex import AnswerError, Told
from extrasmith.world import download
from extrasmith.world.download import Address, RefusedError

#: How many distributions are asked for at a time.
AT_ONCE = 8
INSTEAD = "leave --index out"


def told(index: Address, wanted: Mapping[str, tuple[Line, ...]]) -> dict[str, Told]:
    """Return what the index tells of each distribution: normalised name → its requirements.

    One that the index does not have, or answers wrongly for, is told nothing of, with the
    reason. Raises :class:`BuildError` where the index cannot be asked, and names the address.
    """
    if not index.folder:
        index = index.below("/")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {name: pool.submit(_one, index, name, lines) for name, lines in wanted.items()}
        try:
            return {name: answer.result() for name, answer in asked.items()}
        finally:
            pool.shutdown(cancel_futures=True)


def _one(index: Address, name: str, lines: tuple[Line, ...]) -> Told:
    try:
        sent = download.ask(index.below(f"{name}/"), simpleindex.ACCEPT, INSTEAD)
        if sent is None:
            return Told(reasons=("the index does not have it",))
        version, file = simpleindex.newest(simpleindex.page(sent.raw, name), name, lines)
        place = download.link(sent.place, file.url, "its page links")
        beside = place.below(".metadata")
        metadata = download.ask(beside, "*/*", INSTEAD)
        if metadata is None:
            return Told(reasons=(f"there is no {beside.shown}, though its page says so",))
        return simpleindex.told(metadata.raw, file, name, version)
    except RefusedError as error:
        return Told(reasons=(error.what,))
    except AnswerError as error:
        return Told(reasons=(str(error),))

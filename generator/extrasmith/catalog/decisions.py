# SPDX-License-Identifier: Apache-2.0
"""The ledger of a feature as a state machine: which decision may follow which.

introduced or promoted → promoted, deprecated → renamed or retired → readded. A question is no
decision: it stands anywhere, changes nothing, and waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from extrasmith.catalog.schema import Ledger

Standing = Literal["unknown", "there", "deprecated", "gone"]
#: What a feature is before a decision → the decisions that may be taken, and what it is then.
MOVES: dict[Standing, dict[str, Standing]] = {
    "unknown": {"introduced": "there", "promoted": "there"},
    "there": {
        "promoted": "there",
        "deprecated": "deprecated",
        "renamed": "gone",
        "retired": "gone",
    },
    "deprecated": {"renamed": "gone", "retired": "gone"},
    "gone": {"readded": "there"},
}
#: Decisions that give a name up, and the one that takes it back.
ENDS = ("renamed", "retired")
TURNS = (*ENDS, "readded")
QUESTION = "question"
#: How many names of a circle are told.
TOLD = 10


def decisions(ledger: Iterable[Ledger]) -> list[Ledger]:
    """Return the entries without the open questions."""
    return [entry for entry in ledger if entry.decision != QUESTION]


def impossible(ledger: Sequence[Ledger]) -> Iterator[tuple[int, str, str, str]]:
    """Yield index, key, what is wrong and a hint for each decision that cannot follow its past.

    A decision that cannot be is passed over, so that one mistake gives one message.
    """
    standing: Standing = "unknown"
    last = ""
    for index, entry in enumerate(ledger):
        if entry.successor and entry.decision not in ("deprecated", *ENDS):
            what = f"a successor of what was {entry.decision}"
            yield index, "successor", what, "only what is to go, or gone, has one"
        if entry.decision == QUESTION:
            continue
        if entry.decision == "renamed" and not entry.successor:
            yield index, "successor", "renamed to nothing", "give the new name as its successor"
        allowed = MOVES[standing]
        if entry.decision not in allowed:
            before = f"after {last!r}" if last else "at the beginning"
            what = f"{entry.decision!r} cannot stand {before}"
            yield index, "decision", what, f"possible there: {', '.join(allowed)}"
            continue
        standing, last = allowed[entry.decision], entry.decision


def turn(ledger: Iterable[Ledger]) -> Ledger | None:
    """Return the last entry that gave the name up or took it back."""
    return next((item for item in reversed(list(ledger)) if item.decision in TURNS), None)


def deprecation(ledger: Iterable[Ledger]) -> Ledger | None:
    """Return the entry that deprecates a feature, None where another decision came after it."""
    last = next((item for item in reversed(decisions(ledger))), None)
    return last if last and last.decision == "deprecated" else None


def circles(successors: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return each name that its successors lead back to → the circle, from that name on.

    Of a long circle only the beginning, one name more than is told.
    """
    found: dict[str, tuple[str, ...]] = {}
    done: set[str] = set()
    for start in successors:
        trail: dict[str, int] = {}
        name = start
        while name in successors and name not in done and name not in trail:
            trail[name] = len(trail)
            name = successors[name]
        if name in trail:
            circle = tuple(trail)[trail[name] :] * 2
            size = min(len(circle) // 2, TOLD + 1)
            for place in range(len(circle) // 2):
                found[circle[place]] = circle[place : place + size]
        done |= trail.keys()
    return found


def told(circle: Sequence[str]) -> str:
    """Return ``a → b → a`` for a circle of ``a`` and ``b``; of a long one its beginning."""
    names = (*circle[:TOLD], "…") if len(circle) > TOLD else circle
    return " → ".join((*names, circle[0]))

# SPDX-License-Identifier: Apache-2.0
"""The difference of two releases in words, for each reader: operator, packager, liaison.

Operators are told what to type and to configure, packagers what to package, liaisons what the
version does and what openstack/releases is going to ask of it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from packaging.version import Version

from extrasmith.catalog.decisions import decisions
from extrasmith.catalog.schema import Enable
from extrasmith.release import words
from extrasmith.release.changes import Changes, Moved
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.spec.value import Value

Reader = Literal["operator", "packager", "liaison"]
READERS: tuple[Reader, ...] = get_args(Reader)
TITLES: dict[Reader, str] = {
    "operator": "For operators: commands and configuration",
    "packager": "For packagers: names, bounds, subpackages",
    "liaison": "For the release liaison: version and release",
}
#: Sections of a release note (reno) that the lines of a view belong to.
Section = Literal["features", "issues", "upgrade", "deprecations", "fixes", "other"]


class Sentence(Value, frozen=True):
    """One line of a view: a sentence in Markdown, and its section in a release note."""

    section: Section
    text: str


_upgrade = functools.partial(Sentence, "upgrade")
_other = functools.partial(Sentence, "other")


class View(Value, frozen=True, kw_only=True):
    """What one reader is told."""

    reader: Reader
    title: str
    lines: tuple[Sentence, ...]


def views(
    old: Release,
    new: Release,
    since: Changes,
    readers: Iterable[Reader] = READERS,
    cycles: Iterable[str] = (),
) -> tuple[View, ...]:
    """Return what each reader is told about going from ``old`` to ``new``.

    ``since`` is what changed between the two. ``cycles`` are those after the old one up to the
    new one; by default the new one.
    """
    chosen = frozenset(cycles) or {new.cycle_id}
    sentences = {
        "operator": operator(old, new, since),
        "packager": packager(old, new, since),
        "liaison": liaison(old, new, since, chosen),
    }
    return tuple(
        View(reader=reader, title=TITLES[reader], lines=tuple(sentences[reader]))
        for reader in readers
    )


# -- operators -------------------------------------------------------------------------------------


def operator(old: Release, new: Release, since: Changes) -> Iterator[Sentence]:
    """Yield what to change in commands and configuration."""
    if old.specifier != new.specifier:
        yield _upgrade(
            f"Write `{new.specifier}` in place of `{old.specifier}`, and take the new "
            "`constraints.txt`.",
        )
    for pair in since.renamed:
        yield _upgrade(f"`{pair.old}` is called `{pair.new}` now: write `[{pair.new}]`.")
    for name in since.retired:
        instead = _instead(new.feature(name))
        yield _upgrade(f"`{name}` is gone: leave `[{name}]` out of install commands.{instead}")
    for name in since.extras_dropped:
        yield _upgrade(
            f"The extra `{name}` is not published any more: an installer only warns about it."
        )
    for name in (*since.added, *since.readded):
        word = "New" if name in since.added else "Back"
        summary = new.feature(name).record.summary
        yield Sentence(
            "features", f"{word}: `{name}`, to {summary}. `{words.pip_line(new, [name])}`"
        )
    if since.pythons_dropped:
        yield _upgrade(
            f"Python {', '.join(since.pythons_dropped)} is not supported any more: "
            f"use {new.cycle.pythons[0]} to {new.cycle.pythons[-1]}.",
        )
    if since.platforms_dropped:
        yield _upgrade(f"{', '.join(since.platforms_dropped)} is not supported any more.")
    if since.pythons_added:
        yield Sentence("features", f"Python {', '.join(since.pythons_added)} is supported.")
    before = {feature.name: feature for feature in old.features if feature.present}
    for feature in new.features:
        if feature.present and feature.name in before:
            yield from _feature(before[feature.name], feature, new)


def _feature(old: FeatureInCycle, new: FeatureInCycle, release: Release) -> Iterator[Sentence]:
    """Yield how a feature that is present in both releases changed."""
    name = new.name
    if old.health != new.health:
        if new.health == "works":
            yield Sentence("fixes", f"`{name}` works again.")
        else:
            word = "broken" if new.health == "broken" else "without effect"
            yield Sentence("issues", f"`{name}` is {word}: {new.health_reason}.")
    if old.state != new.state:
        meaning = {
            "core": f"{release.metapackage.project.title} itself requires it; the extra stays",
            "extra": f"install `[{name}]`",
            "external": "pip installs nothing for it; see what else it needs",
            "builtin": "it needs nothing besides",
        }.get(new.state, new.state)
        yield _upgrade(f"`{name}` was {old.state}, is {new.state}: {meaning}.")
    if new.deprecated_in and not old.deprecated_in:
        yield Sentence(
            "deprecations", f"`{name}` is deprecated: {new.deprecated_why}.{_instead(new)}"
        )
    before, after = ([_way(switch) for switch in each.enable] for each in (old, new))
    for way in after:
        if way not in before:
            yield _upgrade(f"`{name}`: {way}.")
    for switch, way in zip(old.enable, before, strict=True):
        if way not in after and (switch.option or switch.command):
            yield _upgrade(f"`{name}`: `{words.option(switch)}` is of no use any more.")
    had = {need.key for need in old.needs}
    for need in new.needs:
        if need.key not in had:
            word = " if wanted" if need.optional else ""
            yield _upgrade(f"`{name}`: install {need.external.title}{word}: {need.why}.")


def _instead(feature: FeatureInCycle) -> str:
    """Return the sentence that names the feature's successor; empty for none."""
    return f" Use `{feature.successor}`." if feature.successor else ""


def _way(switch: Enable) -> str:
    """Return how a feature is turned on: what to set, to run, or to know."""
    if switch.option or switch.command:
        return f"{'set' if switch.option else 'run'} `{words.option(switch)}`"
    return switch.note


# -- packagers -------------------------------------------------------------------------------------


def packager(old: Release, new: Release, since: Changes) -> Iterator[Sentence]:
    """Yield what to package, to bound and to rename."""
    for key in since.distributions_new:
        record = new.distributions[key]
        users = [
            feature.name
            for feature in new.features
            if any(line.key == key for line in feature.requirements)
        ]
        yield _upgrade(f"New: {record.name} ({record.license}), for {', '.join(users)}.")
    for key in since.distributions_dropped:
        yield _upgrade(f"No longer needed: {old.distributions[key].name}.")
    for label, moved in (
        ("Lower bound", since.floors),
        ("Exclusions", since.exclusions),
        ("Marker", since.markers),
    ):
        for value in moved:
            name = new.distributions[value.name].name
            yield _upgrade(f"{label} of {name} in `{value.feature}`: {_sides(value)}.")
    for label, members in (("needs", since.requires_added), ("drops", since.requires_dropped)):
        for member in members:
            name = new.distributions[member.name].name
            yield _upgrade(f"`{member.feature}` {label} {name}.")
    for text, names in (
        ("New extra: `{}`.", since.extras_added),
        ("Extra gone: `{}`; a subpackage of it wants an Obsoletes.", since.extras_dropped),
        ("Extra renamed: {}.", [f"`{pair.old}` to `{pair.new}`" for pair in since.renamed]),
        ("Extra empty from now on: `{}`.", since.retired),
        ("New external: {}.", [new.externals[key].title for key in since.externals_new]),
        (
            "External no longer needed: {}.",
            [old.externals[key].title for key in since.externals_dropped],
        ),
    ):
        yield from (_upgrade(text.format(name)) for name in names)
    for value in since.pins:
        yield _other(f"Pinned: {new.distributions[value.name].name} {_sides(value)}.")


def _sides(value: Moved) -> str:
    return f"{value.old or 'none'} → {value.new or 'none'}"


# -- liaisons --------------------------------------------------------------------------------------


def liaison(
    old: Release, new: Release, since: Changes, cycles: frozenset[str] | set[str]
) -> Iterator[Sentence]:
    """Yield what the version does and why, what openstack/releases is going to ask, decisions."""
    yield _other(f"{old.name} {old.version} → {new.version}: {_why(old, new)}.")
    asked = list(dict.fromkeys(_asked(old, new)))
    if asked and new.version.endswith(".0"):
        yield _other(
            f"{len(asked)} new or raised bounds: openstack/releases does not look at them in a "
            "version that ends in 0.",
        )
    elif asked and old.cycle_id == new.cycle_id:
        for bound in asked:
            yield _other(
                f"openstack/releases refuses in a version that does not end in 0: {bound}."
            )
    elif asked:
        yield _other(
            f"openstack/releases compares {new.version} with the revision before it: give the "
            "catalog of that one with --old-catalog.",
        )
    if since.empty:
        yield _other("Nothing else changed.")
    for feature in new.features:
        for entry in decisions(feature.record.ledger):
            if entry.cycle in cycles:
                yield _other(
                    f"Decided by {entry.by}: `{feature.name}` {entry.decision}: {entry.why} "
                    f"[{entry.evidence}].",
                )


def _why(old: Release, new: Release) -> str:
    if old.cycle_id == new.cycle_id:
        if old.version == new.version:
            return "the same version; a published one never gets other bytes, so raise revisions"
        return "the revision was raised by hand"
    return f"the first two numbers are the cycle's, {new.cycle_id}, the last is the revision"


def _asked(old: Release, new: Release) -> Iterator[str]:
    """Yield what ``openstack_releases/requirements.py`` reports between two versions.

    It looks at each extra by itself: a new dependency, a lower bound where there was none,
    and an old lower bound that the new specifier does not admit.
    """
    before = {(extra.name, line.key): line for extra in old.extras for line in extra.requirements}
    for extra in new.extras:
        for line in extra.requirements:
            name = f"[{extra.name}]{line.name}"
            past = before.get((extra.name, line.key))
            if past is None:
                yield f"a new dependency, {name}"
            elif line.at_least and not past.at_least:
                yield f"a lower bound of {name} where there was none, {line.at_least}"
            elif line.at_least and Version(line.at_least) > Version(past.at_least):
                yield f"a raised lower bound of {name}, {past.at_least} → {line.at_least}"


# -- forms -----------------------------------------------------------------------------------------


def as_text(chosen: Iterable[View]) -> str:
    """Return views as plain text: Markdown's ticks left out."""
    out = []
    for view in chosen:
        out.append(f"{view.title}\n")
        out += [f"  {line.text.replace('`', '')}\n" for line in view.lines] or ["  nothing\n"]
    return "".join(out)


def as_markdown(old: Release, new: Release, chosen: Iterable[View]) -> str:
    """Return views as a page of Markdown."""
    out = [f"# {new.name} {old.version} → {new.version}\n"]
    for view in chosen:
        out.append(f"\n## {view.title}\n\n")
        out += [f"- {line.text}\n" for line in view.lines] or ["Nothing changed.\n"]
    return "".join(out)


def as_reno(old: Release, new: Release, chosen: Iterable[View]) -> str:
    """Return views as one release note for reno: YAML, its texts in reStructuredText."""
    sections: dict[Section, dict[str, None]] = {}
    for view in chosen:
        for line in view.lines:
            sections.setdefault(line.section, {})[line.text] = None
    prelude = f"{new.name} {new.version} is for {new.metapackage.project.title} {new.cycle_id}; "
    out = [f"---\nprelude: >\n    {prelude}it follows {old.version}.\n"]
    for section in get_args(Section):
        if section in sections:
            out.append(f"{section}:\n")
            out += [f"  - |\n    {_rst(text)}\n" for text in sections[section]]
    return "".join(out)


def _rst(markdown: str) -> str:
    """Return a line of a view in reStructuredText: two ticks, and no stars outside of them."""
    parts = markdown.split("`")
    return "``".join(
        part if place % 2 else part.replace("\\", "\\\\").replace("*", "\\*")
        for place, part in enumerate(parts)
    )

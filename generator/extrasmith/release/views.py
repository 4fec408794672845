# SPDX-License-Identifier: Apache-2.0
"""The difference of two releases told to the three who ask: operator, packager, liaison.

Operators are told what to type and to configure, packagers what to package, liaisons what the
version does and what openstack/releases is going to ask of it.
"""

from __future__ import annotations

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


class Sentence(Value, frozen=True, kw_only=True):
    """One line of a view: a sentence in Markdown, and its section in a release note."""

    section: Section
    text: str


class View(Value, frozen=True, kw_only=True):
    """What one reader is told."""

    reader: Reader
    title: str
    lines: tuple[Sentence, ...]


def views(
    old: Release,
    new: Release,
    found: Changes,
    readers: Iterable[Reader] = READERS,
    cycles: Iterable[str] = (),
) -> tuple[View, ...]:
    """Return what each reader is told about going from ``old`` to ``new``.

    ``found`` is what changed between the two. ``cycles`` are those after the old one up to the
    new one; by default the new one.
    """
    chosen = frozenset(cycles) or {new.cycle_id}
    told = {
        "operator": operator(old, new, found),
        "packager": packager(old, new, found),
        "liaison": liaison(old, new, found, chosen),
    }
    return tuple(
        View(reader=reader, title=TITLES[reader], lines=tuple(told[reader])) for reader in readers
    )


# -- operators -------------------------------------------------------------------------------------


def operator(old: Release, new: Release, found: Changes) -> Iterator[Sentence]:
    """Yield what to change in commands and configuration."""
    if old.specifier != new.specifier:
        told = f"Write `{new.specifier}` in place of `{old.specifier}`, and take the new "
        yield Sentence(section="upgrade", text=f"{told}`constraints.txt`.")
    for item in found.renamed:
        told = f"`{item.old}` is called `{item.new}` now: write `[{item.new}]`."
        yield Sentence(section="upgrade", text=told)
    for name in found.retired:
        feature = new.feature(name)
        instead = f" Use `{feature.successor}`." if feature.successor else ""
        told = f"`{name}` is gone: leave `[{name}]` out of install commands.{instead}"
        yield Sentence(section="upgrade", text=told)
    for name in found.extras_dropped:
        told = f"The extra `{name}` is not published any more: an installer only warns about it."
        yield Sentence(section="upgrade", text=told)
    for name in (*found.added, *found.readded):
        feature = new.feature(name)
        word = "New" if name in found.added else "Back"
        told = f"{word}: `{name}`, to {feature.record.summary}. `{words.pip_line(new, [name])}`"
        yield Sentence(section="features", text=told)
    yield from _pythons(new, found)
    for name in _both(old, new):
        yield from _feature(old.feature(name), new.feature(name), new)


def _pythons(new: Release, found: Changes) -> Iterator[Sentence]:
    if found.pythons_dropped:
        told = f"Python {', '.join(found.pythons_dropped)} is not supported any more: "
        yield Sentence(
            section="upgrade", text=f"{told}use {new.cycle.pythons[0]} to {new.cycle.pythons[-1]}."
        )
    if found.platforms_dropped:
        told = f"{', '.join(found.platforms_dropped)} is not supported any more."
        yield Sentence(section="upgrade", text=told)
    if found.pythons_added:
        told = f"Python {', '.join(found.pythons_added)} is supported."
        yield Sentence(section="features", text=told)


def _feature(old: FeatureInCycle, new: FeatureInCycle, release: Release) -> Iterator[Sentence]:
    """Yield how a feature that is present in both releases changed."""
    name = new.name
    if old.health != new.health:
        if new.health == "works":
            yield Sentence(section="fixes", text=f"`{name}` works again.")
        else:
            word = new.health.replace("-", " ")
            told = f"`{name}` is {word if word == 'broken' else 'without effect'}: "
            yield Sentence(section="issues", text=f"{told}{new.health_reason}.")
    if old.state != new.state:
        told = {
            "core": f"{release.metapackage.project.title} itself requires it; the extra stays",
            "extra": f"install `[{name}]`",
            "external": "pip installs nothing for it; see what else it needs",
            "builtin": "it needs nothing besides",
        }.get(new.state, new.state)
        yield Sentence(section="upgrade", text=f"`{name}` was {old.state}, is {new.state}: {told}.")
    if new.deprecated_in and not old.deprecated_in:
        told = f"`{name}` is deprecated: {new.deprecated_why}."
        told += f" Use `{new.successor}`." if new.successor else ""
        yield Sentence(section="deprecations", text=told)
    before, after = ([_way(item) for item in each.enable] for each in (old, new))
    for way in after:
        if way not in before:
            yield Sentence(section="upgrade", text=f"`{name}`: {way}.")
    for item, way in zip(old.enable, before, strict=True):
        if way not in after and (item.option or item.command):
            told = f"`{name}`: `{words.option(item)}` is of no use any more."
            yield Sentence(section="upgrade", text=told)
    had = {need.key for need in old.needs}
    for need in new.needs:
        if need.key not in had:
            word = " if wanted" if need.optional else ""
            told = f"`{name}`: install {need.external.title}{word}: {need.why}."
            yield Sentence(section="upgrade", text=told)


def _way(enable: Enable) -> str:
    """Return how a feature is turned on: what to set, to run, or to know."""
    if enable.option or enable.command:
        return f"{'set' if enable.option else 'run'} `{words.option(enable)}`"
    return enable.note


def _both(old: Release, new: Release) -> list[str]:
    names = {item.name for item in old.features if item.present}
    return [item.name for item in new.features if item.present and item.name in names]


# -- packagers -------------------------------------------------------------------------------------


def packager(old: Release, new: Release, found: Changes) -> Iterator[Sentence]:
    """Yield what to package, to bound and to rename."""
    for key in found.distributions_new:
        record = new.distributions[key]
        told = f"New: {record.name} ({record.license}), for {', '.join(_users(new, key))}."
        yield Sentence(section="upgrade", text=told)
    for key in found.distributions_dropped:
        yield Sentence(section="upgrade", text=f"No longer needed: {old.distributions[key].name}.")
    for label, moved in (
        ("Lower bound", found.floors),
        ("Exclusions", found.exclusions),
        ("Marker", found.markers),
    ):
        for item in moved:
            told = f"{label} of {_name(new, item)} in `{item.feature}`: {_sides(item)}."
            yield Sentence(section="upgrade", text=told)
    for label, members in (("needs", found.requires_added), ("drops", found.requires_dropped)):
        for member in members:
            name = new.distributions[member.name].name
            yield Sentence(section="upgrade", text=f"`{member.feature}` {label} {name}.")
    yield from _names(old, new, found)
    for item in found.pins:
        yield Sentence(section="other", text=f"Pinned: {_name(new, item)} {_sides(item)}.")


def _names(old: Release, new: Release, found: Changes) -> Iterator[Sentence]:
    """Yield extras and externals that came and went."""
    gone = "Extra gone: `{}`; a subpackage of it wants an Obsoletes."
    told = [
        *(f"New extra: `{name}`." for name in found.extras_added),
        *(gone.format(name) for name in found.extras_dropped),
        *(f"Extra renamed: `{pair.old}` to `{pair.new}`." for pair in found.renamed),
        *(f"Extra empty from now on: `{name}`." for name in found.retired),
        *(f"New external: {new.externals[key].title}." for key in found.externals_new),
        *(
            f"External no longer needed: {old.externals[key].title}."
            for key in found.externals_dropped
        ),
    ]
    yield from (Sentence(section="upgrade", text=each) for each in told)


def _users(release: Release, key: str) -> list[str]:
    return [
        item.name for item in release.features if key in {each.key for each in item.requirements}
    ]


def _name(release: Release, item: Moved) -> str:
    return release.distributions[item.name].name


def _sides(item: Moved) -> str:
    return f"{item.old or 'none'} → {item.new or 'none'}"


# -- liaisons --------------------------------------------------------------------------------------


def liaison(
    old: Release, new: Release, found: Changes, cycles: frozenset[str] | set[str]
) -> Iterator[Sentence]:
    """Yield what the version does and why, what openstack/releases is going to ask, decisions."""
    yield Sentence(
        section="other", text=f"{old.name} {old.version} → {new.version}: {_why(old, new)}."
    )
    asked = list(dict.fromkeys(_asked(old, new)))
    if asked and new.version.endswith(".0"):
        told = f"{len(asked)} new or raised bounds: openstack/releases does not look at them in a "
        yield Sentence(section="other", text=f"{told}version that ends in 0.")
    elif asked and old.cycle_id == new.cycle_id:
        told = "openstack/releases refuses in a version that does not end in 0:"
        yield from (Sentence(section="other", text=f"{told} {item}.") for item in asked)
    elif asked:
        told = f"openstack/releases compares {new.version} with the revision before it: give the "
        yield Sentence(section="other", text=f"{told}catalog of that one with --old-catalog.")
    if found.empty:
        yield Sentence(section="other", text="Nothing else changed.")
    for feature in new.features:
        for entry in decisions(feature.record.ledger):
            if entry.cycle in cycles:
                told = f"Decided by {entry.by}: `{feature.name}` {entry.decision}: {entry.why}"
                yield Sentence(section="other", text=f"{told} [{entry.evidence}].")


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
    before = {(extra.name, item.key): item for extra in old.extras for item in extra.requirements}
    for extra in new.extras:
        for item in extra.requirements:
            name = f"[{extra.name}]{item.name}"
            past = before.get((extra.name, item.key))
            if past is None:
                yield f"a new dependency, {name}"
            elif item.at_least and not past.at_least:
                yield f"a lower bound of {name} where there was none, {item.at_least}"
            elif item.at_least and Version(item.at_least) > Version(past.at_least):
                yield f"a raised lower bound of {name}, {past.at_least} → {item.at_least}"


# -- forms -----------------------------------------------------------------------------------------


def as_text(found: Iterable[View]) -> str:
    """Return views as plain text: Markdown's ticks left out."""
    out = []
    for view in found:
        out.append(f"{view.title}\n")
        out += [f"  {line.text.replace('`', '')}\n" for line in view.lines] or ["  nothing\n"]
    return "".join(out)


def as_markdown(old: Release, new: Release, found: Iterable[View]) -> str:
    """Return views as a page of Markdown."""
    out = [f"# {new.name} {old.version} → {new.version}\n"]
    for view in found:
        out.append(f"\n## {view.title}\n\n")
        out += [f"- {line.text}\n" for line in view.lines] or ["Nothing changed.\n"]
    return "".join(out)


def as_reno(old: Release, new: Release, found: Iterable[View]) -> str:
    """Return views as one release note for reno: YAML, its texts in reStructuredText."""
    sections: dict[Section, dict[str, None]] = {}
    for view in found:
        for line in view.lines:
            sections.setdefault(line.section, {})[line.text] = None
    prelude = f"{new.name} {new.version} is for {new.metapackage.project.title} {new.cycle_id}; "
    out = [f"---\nprelude: >\n    {prelude}it follows {old.version}.\n"]
    for section in get_args(Section):
        if section in sections:
            out.append(f"{section}:\n")
            out += [f"  - |\n    {_rst(item)}\n" for item in sections[section]]
    return "".join(out)


def _rst(markdown: str) -> str:
    """Return a line of a view in reStructuredText: two ticks, and no stars outside of them."""
    parts = markdown.split("`")
    return "``".join(
        part if place % 2 else part.replace("\\", "\\\\").replace("*", "\\*")
        for place, part in enumerate(parts)
    )

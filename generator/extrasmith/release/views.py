# SPDX-License-Identifier: Apache-2.0
"""The difference of two releases in words, for each reader: operator, packager, liaison.

Operators are told what to type and to configure, packagers what to package, liaisons what the
version does and what openstack/releases is going to ask of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from packaging.version import Version

from extrasmith import errors
from extrasmith.catalog.decisions import decisions
from extrasmith.catalog.schema import Enable
from extrasmith.release import words
from extrasmith.release.changes import Changes, Moved
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.spec.languages import MARKDOWN, PLAIN, RST, YAML, Written, phrase
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

#: What happened, in the order in which a long view tells it.
Group = Literal[
    "notice",
    "version",
    "new",
    "gone",
    "renamed",
    "pip",
    "need",
    "health",
    "together",
    "pin",
    "decision",
]
GROUPS: tuple[Group, ...] = get_args(Group)
HEADINGS: dict[Group, str] = {
    "notice": "Notices",
    "version": "Versions and platforms",
    "new": "New",
    "gone": "Gone",
    "renamed": "Renamed and deprecated",
    "pip": "What pip gets",
    "need": "Needs and options",
    "health": "Health and states",
    "together": "Together or apart",
    "pin": "Pins",
    "decision": "Decisions",
}
#: A view of so many lines, or fewer, is read in one look: it gets no headings.
SHORT = 10


class Sentence(Value, frozen=True, kw_only=True):
    """One line of a view, its group there, and its section in a release note.

    ``form`` is ours: code stands between ticks, ``{}`` for each of ``values``, which are the
    catalog's and mean nothing in any language the sentence is written in.
    """

    group: Group
    section: Section
    form: str
    values: tuple[str, ...] = ()

    @property
    def text(self) -> Written:
        """The sentence in Markdown."""
        return phrase(MARKDOWN, self.form, self.values)

    @property
    def plain(self) -> str:
        """The sentence without any markup."""
        return phrase(PLAIN, self.form, self.values)

    @property
    def rst(self) -> Written:
        """The sentence in reStructuredText."""
        return phrase(RST, self.form, self.values)

    def data(self) -> dict[str, str]:
        """Return the sentence as JSON has it."""
        return {"section": self.section, "text": str(self.text)}


def say(group: Group, section: Section, form: str, *values: str) -> Sentence:
    """Return a sentence."""
    return Sentence(group=group, section=section, form=form, values=values)


class View(Value, frozen=True, kw_only=True):
    """What one reader is told."""

    reader: Reader
    title: str
    lines: tuple[Sentence, ...]

    @property
    def groups(self) -> list[tuple[str, list[Sentence]]]:
        """The lines in the order of :data:`GROUPS`, by headings with their number.

        A short view is in that order too, below one heading that is empty.
        """
        lines = sorted(self.lines, key=lambda line: GROUPS.index(line.group))
        if len(lines) <= SHORT:
            return [("", lines)]
        groups = itertools.groupby(lines, key=lambda line: line.group)
        gathered = [(group, list(some)) for group, some in groups]
        return [(f"{HEADINGS[group]} ({len(some):,})", some) for group, some in gathered]

    def data(self) -> dict[str, object]:
        """Return the view as JSON has it."""
        lines = [line.data() for line in self.lines]
        return {"reader": self.reader, "title": self.title, "lines": lines}


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
    """Yield what nobody may miss, then what to change in commands and configuration."""
    for notice in since.notices:
        yield say(
            "notice",
            "upgrade",
            "{} (`{}`).",
            notice.text[:1].upper() + notice.text[1:],
            notice.feature,
        )
    if old.specifier != new.specifier:
        pinned = ", and take the new `constraints.txt`" if new.cycle.constraints.pins else ""
        form = "Write `{}` in place of `{}`" + pinned + "."
        yield say("version", "upgrade", form, new.specifier, old.specifier)
    for pair in since.renamed:
        form = "`{}` is called `{}` now: write `[{}]`."
        yield say("renamed", "upgrade", form, pair.old, pair.new, pair.new)
    for name in since.retired:
        form, values = _instead(new.feature(name))
        form = "`{}` is gone: leave `[{}]` out of install commands." + form
        yield say("gone", "upgrade", form, name, name, *values)
    for name in since.extras_dropped:
        form = "The extra `{}` is not published any more: an installer only warns about it."
        yield say("gone", "upgrade", form, name)
    for name in (*since.added, *since.readded):
        word = "New" if name in since.added else "Back"
        summary = new.feature(name).record.summary
        line = words.pip_line(new, [name])
        yield say("new", "features", word + ": `{}`, to {}. `{}`", name, summary, line)
    if since.pythons_dropped:
        gone, stay = ", ".join(since.pythons_dropped), new.cycle.pythons
        form = "Python {} is not supported any more: use {} to {}."
        yield say("version", "upgrade", form, gone, stay[0], stay[-1])
    if since.platforms_dropped:
        form = "{} is not supported any more."
        yield say("version", "upgrade", form, ", ".join(since.platforms_dropped))
    if since.pythons_added:
        yield say("version", "features", "Python {} is supported.", ", ".join(since.pythons_added))
    yield from _together(new, since)
    before = {feature.name: feature for feature in old.features if feature.present}
    for feature in new.features:
        if feature.present and feature.name in before:
            yield from _feature(before[feature.name], feature, new)


def _together(new: Release, since: Changes) -> Iterator[Sentence]:
    """Yield which features exclude each other, and which include others, from now on or no more."""
    for value in since.unsupported or ():
        if value.new:
            reasons = "; ".join(dict.fromkeys(new.feature(value.feature).unsupported_on.values()))
            yield say(
                "health",
                "issues",
                "`{}` does not work on {}: {}.",
                value.feature,
                value.new,
                reasons,
            )
        elif new.feature(value.feature).works:
            yield say("health", "fixes", "`{}` works on {}.", value.feature, value.old)
    for pair in since.excludes_added or ():
        form = "`{}` and `{}` exclude each other: {}. Leave one out of install commands."
        yield say("together", "upgrade", form, pair.one, pair.other, pair.why)
    for pair in since.excludes_dropped or ():
        if new.feature(pair.one).present and new.feature(pair.other).present:
            yield say(
                "together",
                "fixes",
                "`{}` and `{}` can be installed together.",
                pair.one,
                pair.other,
            )
    for member in since.includes_added or ():
        yield say("together", "upgrade", "`{}` includes `{}`.", member.feature, member.name)
    for member in since.includes_dropped or ():
        form = "`{}` does not include `{}` any more: write `[{},{}]` where both are wanted."
        some = (member.feature, member.name)
        if new.feature(member.name).present:
            yield say("together", "upgrade", form, *some, *some)


#: Health → how it is said of a feature.
_FORMS = {"partial": "works in part", "broken": "is broken"}


def _feature(old: FeatureInCycle, new: FeatureInCycle, release: Release) -> Iterator[Sentence]:
    """Yield how a feature that is present in both releases changed."""
    name = new.name
    if old.health != new.health:
        if new.health == "works":
            form = "`{}` works in all parts." if old.health == "partial" else "`{}` works again."
            yield say("health", "fixes", form, name)
        else:
            form = _FORMS.get(new.health, "has no effect")
            yield say("health", "issues", f"`{{}}` {form}: {{}}.", name, new.health_reason)
    for there in new.health_there:
        if there not in old.health_there:
            form = f"`{{}}` {_FORMS.get(there.state, 'has no effect')} on {{}}: {{}}."
            yield say("health", "issues", form, name, there.where, there.reason)
    still = {there.where for there in new.health_there}
    for there in old.health_there:
        if there.where not in still and new.works:
            yield say("health", "fixes", "`{}` works again on {}.", name, there.where)
    if old.state != new.state:
        meaning, *values = {
            "core": (
                "{} itself requires it; the extra stays",
                release.metapackage.project.title,
            ),
            "extra": ("install `[{}]`", name),
            "external": ("pip installs nothing for it; see what else it needs",),
            "builtin": ("it needs nothing besides",),
        }.get(new.state, ("{}", new.state))
        form = "`{}` was {}, is {}: " + meaning + "."
        yield say("health", "upgrade", form, name, old.state, new.state, *values)
    if new.deprecated_in and not old.deprecated_in:
        form, some = _instead(new)
        form = "`{}` is deprecated: {}." + form
        yield say("renamed", "deprecations", form, name, new.deprecated_why, *some)
    yield from _switches(old, new)
    yield from _needs(old, new)


def _switches(old: FeatureInCycle, new: FeatureInCycle) -> Iterator[Sentence]:
    """Yield what else to set or run, what means something else, what is of no use any more."""
    name = new.name
    before, after = ([_way(switch) for switch in each.enable] for each in (old, new))
    notes = {switch.note for switch in old.enable}
    for switch, (form, value) in zip(new.enable, after, strict=True):
        if (form, value) not in before:
            yield say("need", "upgrade", "`{}`: " + form + ".", name, value)
        elif switch.note and switch.note not in notes:
            yield say("need", "upgrade", "`{}`: `{}`: {}.", name, value, switch.note)
    for switch, way in zip(old.enable, before, strict=True):
        if way not in after and (switch.option or switch.command):
            yield say(
                "need", "upgrade", "`{}`: `{}` is of no use any more.", name, words.option(switch)
            )


def _needs(old: FeatureInCycle, new: FeatureInCycle) -> Iterator[Sentence]:
    """Yield what pip cannot install and is needed now, more than before or for another reason."""
    name = new.name
    had = {need.key: need for need in old.needs}
    for need in new.needs:
        past = had.get(need.key)
        if past is None:
            form = "`{}`: install {}" + (" if wanted" if need.optional else "") + ": {}."
        elif past.optional and not need.optional:
            form = "`{}` cannot do without {} any more: {}."
        elif past.where != need.where:
            yield say(
                "need",
                "upgrade",
                "`{}` needs {} {}: {}.",
                name,
                need.external.title,
                f"on {need.where} only" if need.where else "on every platform",
                need.why,
            )
            continue
        elif past.why != need.why:
            form = "`{}` needs {} for another reason: {}."
        else:
            continue
        yield say("need", "upgrade", form, name, need.external.title, need.why)


def _instead(feature: FeatureInCycle) -> tuple[str, tuple[str, ...]]:
    """Return the form of the sentence that names the feature's successor, and its values."""
    return (" Use `{}`.", (feature.successor,)) if feature.successor else ("", ())


def _way(switch: Enable) -> tuple[str, str]:
    """Return how a feature is turned on: what to set, to run, or to know."""
    if switch.option or switch.command:
        return "set `{}`" if switch.option else "run `{}`", words.option(switch)
    return "{}", switch.note


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
        licence = record.license or "licence unknown"
        yield say("new", "upgrade", "New: {} ({}), for {}.", record.name, licence, ", ".join(users))
    for key in since.distributions_dropped:
        yield say("gone", "upgrade", "No longer needed: {}.", old.distributions[key].name)
    for label, moved in (
        ("Lower bound", since.floors),
        ("Exclusions", since.exclusions),
        ("Marker", since.markers),
    ):
        for value in moved:
            name = new.distributions[value.name].name
            yield say(
                "pip", "upgrade", label + " of {} in `{}`: {}.", name, value.feature, _sides(value)
            )
    for label, members in (("needs", since.requires_added), ("drops", since.requires_dropped)):
        for member in members:
            name = new.distributions[member.name].name
            yield say("pip", "upgrade", "`{}` " + label + " {}.", member.feature, name)
    yield from _packages_together(since)
    yield from _extras(since)
    for key in since.externals_new:
        yield say("new", "upgrade", "New external: {}.", new.externals[key].title)
    for key in since.externals_dropped:
        yield say("gone", "upgrade", "External no longer needed: {}.", old.externals[key].title)
    for value in since.pins:
        yield say(
            "pin", "other", "Pinned: {} {}.", new.distributions[value.name].name, _sides(value)
        )


def _extras(since: Changes) -> Iterator[Sentence]:
    """Yield which names came and went: each is a subpackage."""
    yield from (say("new", "upgrade", "New extra: `{}`.", name) for name in since.extras_added)
    for name in since.extras_dropped:
        form = "Extra gone: `{}`; a subpackage of it wants an Obsoletes."
        yield say("gone", "upgrade", form, name)
    for pair in since.renamed:
        yield say("renamed", "upgrade", "Extra renamed: `{}` to `{}`.", pair.old, pair.new)
    for name in since.retired:
        yield say("gone", "upgrade", "Extra empty from now on: `{}`.", name)


def _packages_together(since: Changes) -> Iterator[Sentence]:
    """Yield which packages depend on others or conflict with them, from now on or no more."""
    for label, joined in (
        ("depends on the package of", since.includes_added or ()),
        ("no longer depends on the package of", since.includes_dropped or ()),
    ):
        for each in joined:
            yield say("together", "upgrade", "`{}` " + label + " `{}`.", each.feature, each.name)
    for label, pairs in (
        ("conflict", since.excludes_added or ()),
        ("no longer conflict", since.excludes_dropped or ()),
    ):
        for pair in pairs:
            yield say(
                "together",
                "upgrade",
                "The packages of `{}` and `{}` " + label + ".",
                pair.one,
                pair.other,
            )


def _sides(value: Moved) -> str:
    return f"{value.old or 'none'} → {value.new or 'none'}"


# -- liaisons --------------------------------------------------------------------------------------


def liaison(
    old: Release, new: Release, since: Changes, cycles: frozenset[str] | set[str]
) -> Iterator[Sentence]:
    """Yield what the version does and why, what openstack/releases is going to ask, decisions."""
    yield say(
        "version", "other", "{} {} → {}: {}.", old.name, old.version, new.version, _why(old, new)
    )
    asked = list(dict.fromkeys(_asked(old, new))) if new.cycle.codename else []
    if asked and new.version.endswith(".0"):
        form = "{}: openstack/releases does not look at {} in a version that ends in 0."
        number = errors.counted(len(asked), "new or raised bound")
        yield say("pip", "other", form, number, "it" if len(asked) == 1 else "them")
    elif asked and old.cycle_id == new.cycle_id:
        form = "openstack/releases refuses in a version that does not end in 0: {}."
        yield from (say("pip", "other", form, bound) for bound in asked)
    elif asked:
        form = (
            "openstack/releases compares {} with the revision before it: give the catalog of that "
        )
        yield say("pip", "other", form + "one with --old-catalog.", new.version)
    if since.empty:
        yield say("pip", "other", "Nothing else changed.")
    for feature in new.features:
        for entry in decisions(feature.record.ledger):
            if entry.cycle in cycles:
                form = "Decided by {}: `{}` {}: {} [{}]."
                decided = (entry.by, feature.name, entry.decision, entry.why, entry.evidence)
                yield say("decision", "other", form, *decided)


def _why(old: Release, new: Release) -> str:
    if old.cycle_id == new.cycle_id:
        if old.version == new.version:
            return "the same version; a published one never gets other bytes, so raise revisions"
        return "the revision was raised by hand"
    if not new.cycle.codename:
        return f"it begins with the series, {new.cycle.series}, the last number is the revision"
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
    """Return views as plain text."""
    out = []
    for view in chosen:
        out.append(f"{view.title}\n")
        for heading, lines in view.groups:
            out += [f"  {heading}\n"] if heading else []
            indent = "    " if heading else "  "
            out += [f"{indent}{line.plain}\n" for line in lines] or ["  nothing\n"]
    return "".join(out)


def as_markdown(old: Release, new: Release, chosen: Iterable[View]) -> str:
    """Return views as a page of Markdown."""
    out = [f"# {new.name} {old.version} → {new.version}\n"]
    for view in chosen:
        out.append(f"\n## {view.title}\n")
        for heading, lines in view.groups:
            out.append(f"\n### {heading}\n\n" if heading else "\n")
            out += [f"- {line.text}\n" for line in lines] or ["Nothing changed.\n"]
    return "".join(out)


def as_reno(old: Release, new: Release, chosen: Iterable[View]) -> str:
    """Return views as one release note for reno: YAML, its texts in reStructuredText."""
    sections: dict[Section, dict[str, None]] = {}
    for view in chosen:
        for line in view.lines:
            sections.setdefault(line.section, {})[line.rst] = None
    form = "{} {} is for {} {}; it follows {}."
    title = new.metapackage.project.title
    prelude = phrase(RST, form, (new.name, new.version, title, new.cycle_id, old.version))
    out = [f"---\nprelude: {YAML.form('block', prelude, '>')}"]
    for section in get_args(Section):
        if section in sections:
            out.append(f"{section}:\n")
            out += [f"  - {YAML.form('block', text, '|')}" for text in sections[section]]
    return "".join(out)

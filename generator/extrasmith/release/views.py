# SPDX-License-Identifier: Apache-2.0
"""The difference of two releases in words, for each reader: operator, packager, liaison.

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


class Sentence(Value, frozen=True, kw_only=True):
    """One line of a view, and its section in a release note.

    ``form`` is ours: code stands between ticks, ``{}`` for each of ``values``, which are the
    catalog's and mean nothing in any language the sentence is written in.
    """

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


def say(section: Section, form: str, *values: str) -> Sentence:
    """Return a sentence."""
    return Sentence(section=section, form=form, values=values)


class View(Value, frozen=True, kw_only=True):
    """What one reader is told."""

    reader: Reader
    title: str
    lines: tuple[Sentence, ...]

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
            "upgrade", "{} (`{}`).", notice.text[:1].upper() + notice.text[1:], notice.feature
        )
    if old.specifier != new.specifier:
        pinned = ", and take the new `constraints.txt`" if new.cycle.constraints.pins else ""
        form = "Write `{}` in place of `{}`" + pinned + "."
        yield say("upgrade", form, new.specifier, old.specifier)
    for pair in since.renamed:
        form = "`{}` is called `{}` now: write `[{}]`."
        yield say("upgrade", form, pair.old, pair.new, pair.new)
    for name in since.retired:
        form, values = _instead(new.feature(name))
        form = "`{}` is gone: leave `[{}]` out of install commands." + form
        yield say("upgrade", form, name, name, *values)
    for name in since.extras_dropped:
        form = "The extra `{}` is not published any more: an installer only warns about it."
        yield say("upgrade", form, name)
    for name in (*since.added, *since.readded):
        word = "New" if name in since.added else "Back"
        summary = new.feature(name).record.summary
        line = words.pip_line(new, [name])
        yield say("features", word + ": `{}`, to {}. `{}`", name, summary, line)
    if since.pythons_dropped:
        gone, stay = ", ".join(since.pythons_dropped), new.cycle.pythons
        form = "Python {} is not supported any more: use {} to {}."
        yield say("upgrade", form, gone, stay[0], stay[-1])
    if since.platforms_dropped:
        form = "{} is not supported any more."
        yield say("upgrade", form, ", ".join(since.platforms_dropped))
    if since.pythons_added:
        yield say("features", "Python {} is supported.", ", ".join(since.pythons_added))
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
            yield say("issues", "`{}` does not work on {}: {}.", value.feature, value.new, reasons)
        elif new.feature(value.feature).works:
            yield say("fixes", "`{}` works on {}.", value.feature, value.old)
    for pair in since.excludes_added or ():
        form = "`{}` and `{}` exclude each other: {}. Leave one out of install commands."
        yield say("upgrade", form, pair.one, pair.other, pair.why)
    for pair in since.excludes_dropped or ():
        if new.feature(pair.one).present and new.feature(pair.other).present:
            yield say("fixes", "`{}` and `{}` can be installed together.", pair.one, pair.other)
    for member in since.includes_added or ():
        yield say("upgrade", "`{}` includes `{}`.", member.feature, member.name)
    for member in since.includes_dropped or ():
        form = "`{}` does not include `{}` any more: write `[{},{}]` where both are wanted."
        some = (member.feature, member.name)
        if new.feature(member.name).present:
            yield say("upgrade", form, *some, *some)


#: Health → how it is said of a feature.
_FORMS = {"partial": "works in part", "broken": "is broken"}


def _feature(old: FeatureInCycle, new: FeatureInCycle, release: Release) -> Iterator[Sentence]:
    """Yield how a feature that is present in both releases changed."""
    name = new.name
    if old.health != new.health:
        if new.health == "works":
            form = "`{}` works in all parts." if old.health == "partial" else "`{}` works again."
            yield say("fixes", form, name)
        else:
            form = _FORMS.get(new.health, "has no effect")
            yield say("issues", f"`{{}}` {form}: {{}}.", name, new.health_reason)
    for there in new.health_there:
        if there not in old.health_there:
            form = f"`{{}}` {_FORMS.get(there.state, 'has no effect')} on {{}}: {{}}."
            yield say("issues", form, name, there.where, there.reason)
    still = {there.where for there in new.health_there}
    for there in old.health_there:
        if there.where not in still and new.works:
            yield say("fixes", "`{}` works again on {}.", name, there.where)
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
        yield say("upgrade", form, name, old.state, new.state, *values)
    if new.deprecated_in and not old.deprecated_in:
        form, some = _instead(new)
        form = "`{}` is deprecated: {}." + form
        yield say("deprecations", form, name, new.deprecated_why, *some)
    yield from _switches(old, new)
    yield from _needs(old, new)


def _switches(old: FeatureInCycle, new: FeatureInCycle) -> Iterator[Sentence]:
    """Yield what else to set or run, what means something else, what is of no use any more."""
    name = new.name
    before, after = ([_way(switch) for switch in each.enable] for each in (old, new))
    notes = {switch.note for switch in old.enable}
    for switch, (form, value) in zip(new.enable, after, strict=True):
        if (form, value) not in before:
            yield say("upgrade", "`{}`: " + form + ".", name, value)
        elif switch.note and switch.note not in notes:
            yield say("upgrade", "`{}`: `{}`: {}.", name, value, switch.note)
    for switch, way in zip(old.enable, before, strict=True):
        if way not in after and (switch.option or switch.command):
            yield say("upgrade", "`{}`: `{}` is of no use any more.", name, words.option(switch))


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
        yield say("upgrade", form, name, need.external.title, need.why)


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
        yield say("upgrade", "New: {} ({}), for {}.", record.name, licence, ", ".join(users))
    for key in since.distributions_dropped:
        yield say("upgrade", "No longer needed: {}.", old.distributions[key].name)
    for label, moved in (
        ("Lower bound", since.floors),
        ("Exclusions", since.exclusions),
        ("Marker", since.markers),
    ):
        for value in moved:
            name = new.distributions[value.name].name
            yield say("upgrade", label + " of {} in `{}`: {}.", name, value.feature, _sides(value))
    for label, members in (("needs", since.requires_added), ("drops", since.requires_dropped)):
        for member in members:
            name = new.distributions[member.name].name
            yield say("upgrade", "`{}` " + label + " {}.", member.feature, name)
    yield from _packages_together(since)
    for form, names in (
        ("New extra: `{}`.", since.extras_added),
        ("Extra gone: `{}`; a subpackage of it wants an Obsoletes.", since.extras_dropped),
    ):
        yield from (say("upgrade", form, name) for name in names)
    for pair in since.renamed:
        yield say("upgrade", "Extra renamed: `{}` to `{}`.", pair.old, pair.new)
    for form, titles in (
        ("Extra empty from now on: `{}`.", list(since.retired)),
        ("New external: {}.", [new.externals[key].title for key in since.externals_new]),
        (
            "External no longer needed: {}.",
            [old.externals[key].title for key in since.externals_dropped],
        ),
    ):
        yield from (say("upgrade", form, name) for name in titles)
    for value in since.pins:
        yield say("other", "Pinned: {} {}.", new.distributions[value.name].name, _sides(value))


def _packages_together(since: Changes) -> Iterator[Sentence]:
    """Yield which packages depend on others or conflict with them, from now on or no more."""
    for label, joined in (
        ("depends on the package of", since.includes_added or ()),
        ("no longer depends on the package of", since.includes_dropped or ()),
    ):
        for each in joined:
            yield say("upgrade", "`{}` " + label + " `{}`.", each.feature, each.name)
    for label, pairs in (
        ("conflict", since.excludes_added or ()),
        ("no longer conflict", since.excludes_dropped or ()),
    ):
        for pair in pairs:
            yield say(
                "upgrade", "The packages of `{}` and `{}` " + label + ".", pair.one, pair.other
            )


def _sides(value: Moved) -> str:
    return f"{value.old or 'none'} → {value.new or 'none'}"


# -- liaisons --------------------------------------------------------------------------------------


def liaison(
    old: Release, new: Release, since: Changes, cycles: frozenset[str] | set[str]
) -> Iterator[Sentence]:
    """Yield what the version does and why, what openstack/releases is going to ask, decisions."""
    yield say("other", "{} {} → {}: {}.", old.name, old.version, new.version, _why(old, new))
    asked = list(dict.fromkeys(_asked(old, new))) if new.cycle.codename else []
    if asked and new.version.endswith(".0"):
        form = (
            "{} new or raised bounds: openstack/releases does not look at them in a version that "
        )
        yield say("other", form + "ends in 0.", str(len(asked)))
    elif asked and old.cycle_id == new.cycle_id:
        form = "openstack/releases refuses in a version that does not end in 0: {}."
        yield from (say("other", form, bound) for bound in asked)
    elif asked:
        form = (
            "openstack/releases compares {} with the revision before it: give the catalog of that "
        )
        yield say("other", form + "one with --old-catalog.", new.version)
    if since.empty:
        yield say("other", "Nothing else changed.")
    for feature in new.features:
        for entry in decisions(feature.record.ledger):
            if entry.cycle in cycles:
                form = "Decided by {}: `{}` {}: {} [{}]."
                decided = (entry.by, feature.name, entry.decision, entry.why, entry.evidence)
                yield say("other", form, *decided)


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
        out += [f"  {line.plain}\n" for line in view.lines] or ["  nothing\n"]
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

# SPDX-License-Identifier: Apache-2.0
"""The selector page: one HTML file that needs neither server nor network.

What it can say is the facts of every cycle, embedded as JSON; its script answers from them as
``answer`` does. A content policy forbids it to load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from extrasmith.catalog.parse import Catalog
from extrasmith.operator.answer import PLATFORMS
from extrasmith.operator.commands import COMMANDS
from extrasmith.operator.facts import FeatureFacts, facts
from extrasmith.operator.installers import CLIENTS
from extrasmith.release.history import History
from extrasmith.release.model import STATES, Artefact, HealthState
from extrasmith.spec.distros import DISTROS
from extrasmith.spec.languages import HTML, Written
from extrasmith.targets.texts import Templates, fill

HEALTH: dict[HealthState, str] = {
    "works": "works as described",
    "partial": "it works, but not all of it",
    "no-effect": "it can be installed and does nothing",
    "broken": "it can be installed and fails",
}


def site(catalog: Catalog, templates: Templates) -> tuple[Artefact, ...]:
    """Return the files of the page."""
    data = page_data(catalog, templates)
    style = HTML.written(fill(templates, "site/style.css.j2"))
    answer, drawing = (fill(templates, f"site/{name}.js.j2") for name in ("answer", "page"))
    script = HTML.written(f'"use strict";\n{answer}\n{drawing}')
    text = fill(
        templates,
        "site/index.html.j2",
        data=data,
        payload=embedded(data),
        style=style,
        style_hash=_source(style),
        script=script,
        script_hash=_source(script),
    )
    return (Artefact(path="index.html", content=text.encode()),)


def page_data(catalog: Catalog, templates: Templates) -> Mapping[str, Any]:
    """Return all that the page knows, as JSON would hold it; equal features are kept once."""
    releases = History(catalog).values()
    table: dict[bytes, int] = {}
    cycles = []
    for release in releases:
        known = facts(release)
        places = {
            name: table.setdefault(_cycleless(feature, release.cycle_id), len(table))
            for name, feature in known.features.items()
        }
        cycles.append({"supported": [], **msgspec.to_builtins(known), "features": places})
    hosts = list(dict.fromkeys(cell.host for release in releases for cell in release.grid))
    return {
        "package": catalog.metapackage.name,
        "project": catalog.metapackage.project.title,
        "newest": catalog.newest,
        "hosts": hosts,
        "platforms": {
            family: title
            for family, title in PLATFORMS.items()
            if any(host.startswith(f"{family}-") for host in hosts)
        },
        "installers": CLIENTS,
        "distros": {
            distro: {"title": DISTROS[distro].title, "command": command}
            for distro, command in COMMANDS.items()
        },
        "states": STATES,
        "health": HEALTH,
        "features": {
            name: {
                "title": record.title,
                "summary": record.summary,
                **({"description": record.description.strip()} if record.description else {}),
                **({"aliases": list(record.aliases)} if record.aliases else {}),
            }
            for name, record in catalog.features.items()
        },
        "cycles": cycles,
        "table": [msgspec.json.decode(feature) for feature in table],
        "constraints": {
            release.cycle_id: str(
                fill(templates, "constraints/constraints.txt.j2", release=release)
            )
            for release in releases
        },
    }


def _cycleless(feature: FeatureFacts, cycle: str) -> bytes:
    """Return ``feature`` as JSON, ``{cycle}`` in its addresses: most cycles are then equal."""
    docs = tuple(url.replace(cycle, "{cycle}") for url in feature.docs)
    return msgspec.json.encode(msgspec.structs.replace(feature, docs=docs), order="sorted")


def embedded(data: object) -> Written:
    """Return ``data`` as JSON that cannot end the script element it stands in."""
    return HTML.form("json", msgspec.json.encode(data).decode())


def _source(text: str) -> Written:
    """Return the source expression of a content policy that admits exactly ``text``."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return HTML.written(f"'sha256-{digest}'")

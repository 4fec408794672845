# SPDX-License-Identifier: Apache-2.0
"""``sbom/<release>.cdx.json``: a bill of materials in CycloneDX 1.6.

What the release itself names: the metapackage with the hashes of its archives, its extras, and
the distributions that they require, each at the cycle's pin where there is one. What those
require in turn is decided by an install: ``extrasmith lock`` writes that.

The library's objects are filled and its JSON is sorted. The timestamp is the day of the release
and the serial number follows from the content, so that one release has one document.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from urllib.parse import quote

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from extrasmith.release.model import Artefact, Extra, Release, Requirement
from extrasmith.spec.lines import Line
from extrasmith.targets.features_json import pretty
from extrasmith.targets.texts import Context

#: A name of ``[urls]``, as the index normalises well-known labels → what CycloneDX calls it.
ADDRESSES = {
    "changelog": ExternalReferenceType.RELEASE_NOTES,
    "documentation": ExternalReferenceType.DOCUMENTATION,
    "homepage": ExternalReferenceType.WEBSITE,
    "issues": ExternalReferenceType.ISSUE_TRACKER,
    "repository": ExternalReferenceType.VCS,
    "source": ExternalReferenceType.VCS,
}
#: Of the names of properties: CycloneDX asks for a namespace of one's own.
OURS = "extrasmith"


def render(context: Context) -> tuple[Artefact, ...]:
    """Return the document; it knows the archives' hashes where they were built."""
    release = context.release
    document = json.loads(JsonV1Dot6(_bill(release)).output_as_string())
    del document["serialNumber"]
    digest = hashlib.sha256(pretty(document)).hexdigest()
    document["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, digest).urn
    return (Artefact(path=f"sbom/{release.stem}.cdx.json", content=pretty(document)),)


def _bill(release: Release) -> Bom:
    day = release.cycle.day
    whole = _metapackage(release)
    bill = Bom(
        metadata=BomMetaData(
            component=whole,
            timestamp=dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC),
            tools=ToolRepository(components=[Component(name=OURS, type=ComponentType.APPLICATION)]),
        ),
    )
    required: dict[str, list[Component]] = {}
    for key, lines in _by_key(release.requirements).items():
        required[key] = list(_pinned(release, key, lines))
        bill.components.update(required[key])
    parts = []
    for extra in release.extras:
        part = _extra(release, extra)
        keys = dict.fromkeys(line.key for line in extra.requirements)
        bill.register_dependency(part, [each for key in keys for each in required[key]])
        parts.append(part)
    whole.components.update(parts)
    bill.register_dependency(whole, parts)
    return bill


def _metapackage(release: Release) -> Component:
    """Return the component that the document is about."""
    package = release.metapackage
    purl = PackageURL("pypi", name=release.name, version=release.version)
    archives = [
        ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(built.path),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=built.sha256)],
        )
        for built in release.artefacts
    ]
    addresses = [
        ExternalReference(
            type=ADDRESSES.get(label.lower(), ExternalReferenceType.OTHER),
            url=_uri(url),
            comment=label,
        )
        for label, url in package.urls.items()
    ]
    return Component(
        name=release.name,
        version=release.version,
        bom_ref=str(purl),
        purl=purl,
        description=package.summary,
        licenses=[LicenseExpression(package.license)],
        external_references=[*archives, *addresses],
        properties=_properties("requires-python", [release.cycle.requires_python]),
    )


def _uri(address: str) -> XsUri:
    """Return ``address`` with whatever a URI must not hold percent-encoded (RFC 3986, 2.1)."""
    start, mark, rest = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", address).partition("#")
    return XsUri(quote(start + mark + rest.replace("#", "%23"), safe="!#$%&'()*+,/:;=?@[]~"))


def _extra(release: Release, extra: Extra) -> Component:
    """Return an extra as a part of the metapackage; it has no address of its own on an index."""
    name = f"{release.name}[{extra.name}]"
    return Component(
        name=name,
        version=release.version,
        bom_ref=name,
        description=extra.title or None,
        scope=ComponentScope.OPTIONAL,
        properties=_properties("extra", [extra.kind]),
    )


def _by_key(lines: Iterable[Requirement]) -> dict[str, list[Requirement]]:
    """Return requirements by distribution."""
    found: dict[str, list[Requirement]] = {}
    for line in lines:
        found.setdefault(line.key, []).append(line)
    return dict(sorted(found.items()))


def _pinned(release: Release, key: str, lines: Iterable[Requirement]) -> Iterable[Component]:
    """Yield the distribution at each pin of the cycle, once without a version where it has none."""
    record = release.distributions[key]
    pins: tuple[Line | None, ...] = release.cycle.upper_constraints.get(key, ()) or (None,)
    for pin in pins:
        version = str(pin.pin) if pin and pin.pin else None
        purl = PackageURL("pypi", name=key, version=version)
        yield Component(
            name=record.name,
            version=version,
            bom_ref=f"{purl}#{pin.marker}" if pin and pin.marker else str(purl),
            purl=purl,
            scope=ComponentScope.OPTIONAL,
            licenses=[LicenseExpression(record.license)] if record.license else [],
            properties=[
                *_properties("requirement", [line.text for line in lines]),
                *_properties("constraint", [pin.text] if pin else []),
            ],
        )


def _properties(name: str, values: Iterable[str]) -> list[Property]:
    return [Property(name=f"{OURS}:{name}", value=value) for value in values]

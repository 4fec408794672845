# SPDX-License-Identifier: Apache-2.0
"""``diff``: what is different in another cycle, told to who wants to know."""

from __future__ import annotations

from collections.abc import Sequence

from extrasmith.catalog.parse import Catalog
from extrasmith.jobs.catalogs import release_of
from extrasmith.release import views
from extrasmith.release.changes import Changes, changes
from extrasmith.release.model import Release
from extrasmith.spec.value import Value


class Comparison(Value, frozen=True, kw_only=True):
    """Two releases, and what readers are told of the way from the old one to the new one."""

    old: Release
    new: Release
    changes: Changes
    views: tuple[views.View, ...]

    def data(self) -> dict[str, object]:
        """Return what ``--format json`` prints: every change, and the views."""
        return {"changes": self.changes, "views": [view.data() for view in self.views]}

    def text(self, form: str) -> str:
        """Return the views as ``markdown``, as a note for ``reno``, else as plain text."""
        if form == "markdown":
            return views.as_markdown(self.old, self.new, self.views)
        if form == "reno":
            return views.as_reno(self.old, self.new, self.views)
        return views.as_text(self.views)


def compare(
    catalog: Catalog, new: str, before: Catalog, old: str, readers: Sequence[str]
) -> Comparison:
    """Compare cycle ``new`` of ``catalog`` with cycle ``old`` of ``before``, often the same one.

    ``readers`` are some of :data:`~extrasmith.release.views.READERS`; empty: all. Raises
    :class:`InputError` for an unknown cycle.
    """
    after, earlier = release_of(catalog, new), release_of(before, old)
    order = catalog.order
    between = [
        cycle
        for cycle, place in order.items()
        if order.get(old, place) < place <= order[new] or cycle == new
    ]
    chosen = [reader for reader in views.READERS if not readers or reader in readers]
    since = changes(earlier, after)
    told = views.views(earlier, after, since, chosen, between)
    return Comparison(old=earlier, new=after, changes=since, views=told)

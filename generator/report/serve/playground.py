"""The served pages, and what a spec would generate while it is being edited."""

from __future__ import annotations

import threading
from contextlib import nullcontext

from generator.errors import Rejected, TiphysError
from generator.report.site.pages import Site
from generator.report.site.surveying import Remembering, attempt, survey
from generator.system import verbose
from generator.workspace.load import Loader
from generator.workspace.parsed import Parsed


class Playground:
    """Makes the served pages, and shows what a changed spec would generate."""

    def __init__(self, root: str, token: str, memory: Remembering = nullcontext) -> None:
        self._root = root
        self._memory = memory
        self._token = token
        self._paths: frozenset[str] = frozenset()
        self._parsed = Parsed()
        self._alone = threading.Lock()
        """Held while pages are made or a text is tried out: what is remembered is noted for the whole process."""

    def pages(self, name: str = "pages") -> dict[str, bytes]:
        """Return every page, called so; raises Rejected or TiphysError if the workspace itself is invalid."""
        with self._alone:
            return self._pages(name)

    def _pages(self, name: str) -> dict[str, bytes]:
        loader = Loader(self._root, parsed=self._parsed)
        found = survey(self._root, loader, loader.workspace(), lambda _done, _total: None, self._parsed, self._memory)
        self._paths = frozenset([*(service.path for service in found.services), *(spec.path for spec in found.invalid)])
        site = Site(found._replace(live=name))
        return {**dict(site.files()), **site.live_files(self._token)}

    def attempt(self, path: str, text: str) -> str:
        """Return what the text of a spec would generate, as markup; nothing is written."""
        if path not in self._paths:
            return "<p>This spec does not exist; reload the page.</p>"
        try:
            with self._alone, verbose.silent():
                found = attempt(self._root, path, text, self._parsed)
        except Rejected as rejected:
            return Site.complaint(rejected.diagnostics[0].message)
        except TiphysError as error:
            return Site.complaint(error.message)
        return Site(found).attempt(path)

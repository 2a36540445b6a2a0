"""The server: who is told what of which files."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from generator import __version__
from generator.diagnostics import Diagnostic, Span
from generator.editor.positions import Position, Text
from generator.editor.protocol import convert
from generator.editor.protocol.answers import About, about, all_findings
from generator.editor.protocol.capabilities import Abilities, abilities_of
from generator.editor.protocol.documents import SHIPPED, Document, Documents, file_of
from generator.editor.protocol.studies import PATIENCE, Studies
from generator.editor.protocol.study import Study, alone, kind_of
from generator.workspace.root import WORKSPACE_FILE

_SHARED = ("environment", "strategy", "workspace", "profile", "rule")
"""Kinds of files that many services depend on: with one open, the findings of all files are told."""

_log = logging.getLogger(__name__)


class Server(LanguageServer):
    """What is open in the editor, what is known of it, and what the editor was told."""

    def __init__(self) -> None:
        super().__init__("tiphys", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.documents = Documents()
        self.studies = Studies(self.documents.in_workspace, self._publish)
        self.abilities = Abilities()
        self.was_shut_down = False
        self._told: dict[str, set[str]] = {}
        """By workspace, the URIs of files that the editor shows findings of."""
        self._shown: dict[str, list[types.Diagnostic]] = {}
        self._complaints: dict[str, str] = {}

    @property
    def encoding(self) -> str:
        """What columns of the protocol count."""
        return str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding))

    def begin(self, client: types.ClientCapabilities) -> None:
        """Take note of what the editor can do."""
        self.abilities = abilities_of(client)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong; the editor is not interrupted for it."""
        _log.error("%s: %s", getattr(source, "__name__", source), error, exc_info=error)

    def hold(self, uri: str, text: str, version: int | None, *, patience: float = 0) -> None:
        """Take over the text of a file, and look at it and at what depends on it."""
        self._look(self.documents.put(uri, text, version), patience)

    def saved(self, uri: str) -> None:
        """Look again at a file that is on disk now as it is held."""
        document = self.documents.at(uri)
        if document is not None:
            self._look(document, 0)

    def release(self, uri: str) -> None:
        """Forget a file that was closed, with what was found in it."""
        document = self.documents.drop(uri)
        if document is None:
            return
        root = document.root
        self._shown.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        if root in self.documents.roots():
            self.studies.changed(root)
            return
        for other in self._told.pop(root, set()) - {uri}:
            self._tell(other, [], None)
        self.studies.forget(root)

    def files_changed(self, files: list[str]) -> None:
        """Look again at the workspaces in which something has changed on disk, but for what tiphys itself writes."""
        for root in self.documents.roots():
            workspace = self.studies.last(root).workspace
            output = f"{root}/{workspace.output}/" if workspace else None
            below = f"{root}/"
            if any(file.startswith(below) and not (output and file.startswith(output)) for file in files):
                self.studies.changed(root, patience=PATIENCE)

    async def about(self, uri: str, *, now: bool = False) -> About | None:
        """Return an open file with what is known of it; with `now`, without waiting for what is not known yet."""
        document = self.documents.at(uri)
        if document is None:
            return None
        root = document.root
        if not root:
            return about(document, "", Study({document.path(""): self._alone(document)}))
        last = self.studies.last(root)
        study = last if now and last.names else await self.studies.current(root)
        return about(self.documents.at(uri) or document, root, study)

    def text(self, one: About) -> Text:
        """Return the text of an open file, with its places."""
        return Text(one.document.text, self.encoding)

    def place(self, one: About, position: types.Position) -> tuple[int, int]:
        """Return the line and column, from 1, of a position of the protocol."""
        return self.text(one).place(Position(position.line, position.character))

    def location(self, root: str, path: str, span: Span) -> types.Location:
        """Return where a place of a workspace, or of a shipped file, is for the editor."""
        text = self.documents.text_of(root, path, self.encoding)
        return types.Location(self.documents.uri_of(file_of(root, path)), convert.range_of(text, span))

    def link(self, root: str, path: str, span: Span) -> str:
        """Return a link to a place, in Markdown."""
        shown = path.removeprefix(SHIPPED)
        return f"[{shown}:{span.line}]({self.documents.uri_of(file_of(root, path))}#L{span.line})"

    def diagnostic(self, root: str, item: Diagnostic, text: Text) -> types.Diagnostic:
        """Return a finding for the editor."""
        return convert.diagnostic(
            item, text, lambda path, span: self.location(root, path, span), related=self.abilities.related
        )

    def _look(self, document: Document, patience: float) -> None:
        root = document.root
        if root:
            self.studies.changed(root, patience=patience)
        else:
            text = Text(document.text, self.encoding)
            self._tell(document.uri, [self.diagnostic("", item, text) for item in self._alone(document)], document.version)

    @staticmethod
    def _alone(document: Document) -> list[Diagnostic]:
        return alone(document.path(""), document.raw, None)

    def _publish(self, root: str, study: Study, held: Mapping[str, Document]) -> None:
        """Tell what was found in the files that were held, and take back anything that is not a longer so."""
        findings = all_findings(study)
        paths = dict.fromkeys(held)
        if any(kind_of(path, one.text, study.workspace) in _SHARED for path, one in held.items()):
            paths |= dict.fromkeys(findings)
        if study.shared_at_fault:
            paths[WORKSPACE_FILE] = None
        told = set()
        for path in paths:
            document = held.get(path)
            if document is not None and self.documents.at(document.uri) is None:
                continue  # closed while it was looked at
            text = Text(document.text, self.encoding) if document else self.documents.text_of(root, path, self.encoding)
            uri = document.uri if document else self.documents.uri_of(file_of(root, path))
            found = [self.diagnostic(root, item, text) for item in findings.get(path, [])]
            self._tell(uri, found, document.version if document else None)
            told.add(uri)
        for uri in self._told.get(root, set()) - told:
            self._tell(uri, [], None)
        self._told[root] = told
        self._complain(root, study.complaint)

    def _complain(self, root: str, complaint: str) -> None:
        """Show why no rule can be run in a workspace, once."""
        if complaint and self._complaints.get(root) != complaint:
            message = f"tiphys: {complaint}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))
        self._complaints[root] = complaint

    def _tell(self, uri: str, found: list[types.Diagnostic], version: int | None) -> None:
        """Tell the findings of a file; of one that is not open, only what the editor does not show already."""
        if version is None and self._shown.get(uri, []) == found:
            return
        self._shown[uri] = found
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

"""The requests and notifications of the protocol that the server knows."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import BinaryIO

from lsprotocol import types

from generator.editor import edits
from generator.editor.protocol import answers, convert
from generator.editor.protocol.answers import About
from generator.editor.protocol.documents import path_of
from generator.editor.protocol.server import Server
from generator.editor.protocol.studies import PATIENCE
from generator.editor.symbols import symbols

FIX_ALL = "source.fixAll.tiphys"
_TRIGGERS = [" ", ":", "{", "[", ","]


def serve(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve one editor until it says goodbye or goes away, and return the exit code: 0 if it has said so before."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="tiphys lsp: %(levelname)s: %(message)s")
    server = made()
    server.start_io(stdin, stdout)
    server.studies.close()
    return 0 if server.was_shut_down else 1


def made() -> Server:
    """Return a server that knows all of its requests."""
    server = Server()
    _lifecycle(server)
    _files(server)
    _questions(server)
    _changes(server)
    return server


def _lifecycle(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.begin(params.capabilities)

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        if server.abilities.watches_files:
            watchers = [types.FileSystemWatcher("**/*.{yaml,yml}")]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            server.client_register_capability(types.RegistrationParams([types.Registration("files", method, options)]))

    @server.feature(types.SHUTDOWN)
    def shutdown(_params: None) -> None:
        server.was_shut_down = True


def _files(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        one = params.text_document
        server.hold(one.uri, one.text, one.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        if params.content_changes:
            one = params.text_document
            server.hold(one.uri, params.content_changes[-1].text, one.version, patience=PATIENCE)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.release(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        server.files_changed([path_of(change.uri) for change in params.changes])


def _questions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS))
    async def complete(params: types.CompletionParams) -> types.CompletionList | None:
        one = await server.about(params.text_document.uri, now=True)
        found = answers.complete(one, *server.place(one, params.position)) if one else None
        if one is None or found is None:
            return None
        cursor, several = found
        text, able = server.text(one), server.abilities
        items = [
            convert.completion_item(
                each, number, cursor, text, able.markup, snippets=able.snippets, adjusts=able.adjusts_indentation
            )
            for number, each in enumerate(several)
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        one = await server.about(params.text_document.uri)
        if one is None:
            return None
        line, column = server.place(one, params.position)
        told = answers.tell(one, line, column, lambda path, span: server.link(one.root, path, span))
        if told is None:
            return None
        markdown, span = told
        return types.Hover(types.MarkupContent(server.abilities.markup, markdown), convert.range_of(server.text(one), span))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def define(params: types.DefinitionParams) -> list[types.Location] | None:
        one = await server.about(params.text_document.uri)
        targets = answers.define(one, *server.place(one, params.position)) if one else []
        return [server.location(one.root, path, span) for path, span in targets] if one and targets else None

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        one = await server.about(params.text_document.uri, now=True)
        source = one.document.source() if one and one.kind else None
        return convert.document_symbols(symbols(source), server.text(one)) if one and source else None


def _changes(server: Server) -> None:
    kinds: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    async def change(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        one = await server.about(params.text_document.uri)
        if one is None or not one.kind:
            return None
        only = params.context.only
        found = answers.findings_between(one, server.place(one, params.range.start), server.place(one, params.range.end))
        offered: list[types.CodeAction] = []
        if _is_asked_for(types.CodeActionKind.QuickFix.value, only):
            quick = [*edits.fixes(one.path, one.document.text, found), *edits.ignores(one.path, one.document.text, found)]
            offered += [_action(server, one, edit, types.CodeActionKind.QuickFix) for edit in quick]
        whole = edits.fix_all(one.path, one.document.text, one.findings) if _is_asked_for(FIX_ALL, only) else None
        if whole and (only or len(whole.parts) > 1):
            offered.append(_action(server, one, whole, FIX_ALL))
        return offered


def _is_asked_for(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Tell whether an editor wants changes of a kind; it may name one that is above it, as in `source` or nothing."""
    asked = [str(getattr(one, "value", one)) for one in only or ()]
    return not asked or any(not one or kind == one or kind.startswith(f"{one}.") for one in asked)


def _action(server: Server, one: About, edit: edits.Edit, kind: types.CodeActionKind | str) -> types.CodeAction:
    text = server.text(one)
    return types.CodeAction(
        edit.title,
        kind,
        [server.diagnostic(one.root, item, text) for item in edit.about],
        edit.sure,
        edit=convert.workspace_edit(
            edit, one.document.uri, one.document.version, text, versioned=server.abilities.versioned_edits
        ),
    )

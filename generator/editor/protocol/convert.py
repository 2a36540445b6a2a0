"""Convert results of the core to types of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsprotocol import types

from generator.diagnostics import Diagnostic, Severity, Span
from generator.editor.completion import Proposal, Sort
from generator.editor.cursor import Cursor
from generator.editor.edits import Edit
from generator.editor.positions import Text
from generator.editor.symbols import Symbol
from generator.syntax.wording import listed

SOURCE = "tiphys"

Locate = Callable[[str, Span], types.Location]
"""From a path of a workspace, and a place in it, to where that is for the editor."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_SORTS = {
    Sort.FIELD: types.CompletionItemKind.Field,
    Sort.VALUE: types.CompletionItemKind.EnumMember,
    Sort.NAME: types.CompletionItemKind.Reference,
}


def range_of(text: Text, span: Span) -> types.Range:
    """Return the range of a span."""
    start, end = text.range(span)
    return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))


def diagnostic(item: Diagnostic, text: Text, locate: Locate, *, related: bool) -> types.Diagnostic:
    """Return a finding; `related`: whether the editor shows where else words stand."""
    origin = None
    if item.origin and related:
        origin = [types.DiagnosticRelatedInformation(locate(*item.origin), "set here")]
    said = f"{item.message}\nhint: {item.hint}" if item.hint else item.message
    if item.environment and item.service:
        said += f"\nin {listed(item.environments)}"
    return types.Diagnostic(
        range_of(text, item.span),
        said,
        _SEVERITIES[item.severity],
        item.rule,
        source=SOURCE,
        related_information=origin,
    )


def completion_item(
    one: Proposal, number: int, cursor: Cursor, text: Text, markup: types.MarkupKind, *, snippets: bool, adjusts: bool
) -> types.CompletionItem:
    """Return a proposal; `adjusts`: whether the editor can be told to indent further lines on its own."""
    snippet = snippets and bool(one.snippet) and (adjusts or "\n" not in one.snippet)
    where = range_of(text, Span(cursor.line, cursor.start, cursor.line, cursor.end))
    return types.CompletionItem(
        one.label,
        kind=_SORTS[one.sort],
        detail=one.detail or None,
        documentation=types.MarkupContent(markup, one.about) if one.about else None,
        sort_text=f"{number:04}",
        insert_text_format=types.InsertTextFormat.Snippet if snippet else types.InsertTextFormat.PlainText,
        insert_text_mode=types.InsertTextMode.AdjustIndentation if snippet and adjusts else None,
        text_edit=types.TextEdit(where, one.snippet if snippet else one.insert),
        filter_text=one.insert.strip(" -[]:{}") if one.insert.startswith('"') else one.label,
    )


def workspace_edit(edit: Edit, uri: str, version: int | None, text: Text, *, versioned: bool) -> types.WorkspaceEdit:
    """Return a change to one file; `versioned`: whether the editor takes the version that it is for."""
    parts = [types.TextEdit(range_of(text, span), new) for span, new in edit.parts]
    if not versioned:
        return types.WorkspaceEdit(changes={uri: parts})
    document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(parts))])


def document_symbols(found: Sequence[Symbol], text: Text) -> list[types.DocumentSymbol]:
    """Return the outline of a document."""
    return [
        types.DocumentSymbol(
            one.name,
            types.SymbolKind.Module if one.children else types.SymbolKind.Property,
            range_of(text, one.whole),
            range_of(text, one.name_span),
            one.detail or None,
            children=document_symbols(one.children, text),
        )
        for one in found
    ]

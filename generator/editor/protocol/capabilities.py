"""The capabilities that an editor declares."""

from __future__ import annotations

from typing import NamedTuple

from lsprotocol import types


class Abilities(NamedTuple):
    """The optional features of the protocol that an editor supports, as far as they matter here."""

    snippets: bool = False
    adjusts_indentation: bool = False
    versioned_edits: bool = False
    related: bool = False
    watches_files: bool = False
    markup: types.MarkupKind = types.MarkupKind.PlainText


def abilities_of(client: types.ClientCapabilities) -> Abilities:
    """Return the declared features of an editor."""
    document, workspace = client.text_document, client.workspace
    completion = document.completion if document else None
    item = completion.completion_item if completion else None
    modes = item.insert_text_mode_support if item else None
    edits = workspace.workspace_edit if workspace else None
    published = document.publish_diagnostics if document else None
    watched = workspace.did_change_watched_files if workspace else None
    hover = document.hover if document else None
    formats = (hover.content_format if hover else None) or []
    return Abilities(
        snippets=bool(item and item.snippet_support),
        adjusts_indentation=bool(modes and types.InsertTextMode.AdjustIndentation in modes.value_set),
        versioned_edits=bool(edits and edits.document_changes),
        related=bool(published and published.related_information),
        watches_files=bool(watched and watched.dynamic_registration),
        markup=types.MarkupKind.Markdown if types.MarkupKind.Markdown in formats else types.MarkupKind.PlainText,
    )

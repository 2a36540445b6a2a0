"""What the files of a workspace cannot say of single Applications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.adopt.layering import Layers
from generator.adopt.model import Note
from generator.adopt.repositories import Repositories
from generator.adopt.settings import Settings
from generator.kubernetes.applications import sources

_UNREAD = "Git does not have it here, so the files at hand were taken for it: fetch it, and import again"


def finalizers(settings: Sequence[Settings], layers: Layers) -> Iterator[Note]:
    """Yield the Applications whose deletion does something else than that of most in their environment."""
    for one in settings:
        name = one.cell.environment
        files = (layers.environments[part] for part in (name, *layers.environments[name].get("extends", ())))
        shared = next((said for file in files if (said := file.get("argocd", {}).get("onDelete"))), "orphan")
        if one.on_delete != shared:
            why = (
                f"`argocd.onDelete` of {name} is `{shared}`, which all its services have: move it to an environment of its own"
            )
            yield one.cell.found.note(("metadata", "finalizers"), f"`argocd.onDelete: {one.on_delete}`", why)


def revisions(settings: Sequence[Settings], repositories: Repositories) -> Iterator[Note]:
    """Yield the revisions of the config repository that Applications read and Git does not have here."""
    for one in settings:
        for pointer, source in sources(one.cell.found.item):
            if not source.get("chart") and repositories.lacks(source):
                what = f"revision {source.get('targetRevision')} of {repositories.own}"
                yield one.cell.found.note((*pointer, "targetRevision"), what, _UNREAD)

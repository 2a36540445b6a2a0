"""The forges that a workspace names in tiphys.yaml."""

from __future__ import annotations

from generator.syntax.forges import NONE, Forges
from generator.workspace.model import Workspace


def forges_of(workspace: Workspace) -> Forges:
    """Return the kinds of forges by host, as far as tiphys.yaml sets them."""
    spec = workspace.source.data.get("spec") or {}
    return spec.get("forges") or NONE

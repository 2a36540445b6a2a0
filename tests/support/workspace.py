"""A small workspace to begin from, and a spec of it in which two rules find something."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.paths import DATA


def workspace(folder: Path, overlay: Path | None = None) -> Path:
    """Copy the base workspace, and a case's files over it."""
    shutil.copytree(DATA / "base", folder)
    if overlay is not None:
        shutil.copytree(overlay, folder, dirs_exist_ok=True)
        (folder / "expected.txt").unlink(missing_ok=True)
    return folder


SPEC = "services/web/pipeline.yaml"
"""The only spec of the base workspace."""

FALLS = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata:
  name: web
spec:
  image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
  rollout:
    strategy:
      canary:
        maxSurge: 0
        maxUnavailable: 0
        steps:
          - setWeight: 50
          - setWeight: 20
  environments:
    dev: {}
"""
"""A spec with a warning, TP201 for a weight that falls, and an error, TP204 for a canary that cannot move."""

"""What the files of a workspace are, by where they are: a spec, an environment, a part of a chart."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection

from generator.workspace.model import Workspace
from generator.workspace.naming import RULES
from generator.workspace.root import WORKSPACE_FILE

KINDS = (
    "settings", "spec", "environment", "preset", "profile", "template", "project", "rule", "schema", "policy", "baseline",
    "chart", "values", "manifest", "ignored",
)  # fmt: skip
"""All kinds: `manifest` is a Kubernetes object or a part of a kustomization, `ignored` what looks like an input."""
_CHART = "Chart.yaml"
_OF_YAMLLINT = (".yamllint", ".yamllint.yaml", ".yamllint.yml")


def kind_of(path: str, workspace: Workspace, specs: Collection[str], is_chart: Callable[[str], bool]) -> str:
    """Return the kind of a file that a run reads; `is_chart` tells whether a folder is that of a chart."""
    if path in specs:
        return "spec"
    if path == WORKSPACE_FILE or posixpath.basename(path) in _OF_YAMLLINT:
        return "settings"
    folder = posixpath.dirname(path)
    homes = {workspace.environments: "environment", "strategies": "preset", "projects": "project", RULES: "rule"}
    if folder in homes:
        return homes[folder]
    return _of_settings(path, workspace) or _of_templates(path) or _of_charts(path, is_chart) or "manifest"


def _of_settings(path: str, workspace: Workspace) -> str:
    """Return the kind of a file that tiphys.yaml names."""
    if path == workspace.lint.get("baseline"):
        return "baseline"
    for key, kind in (("crds", "schema"), ("policies", "policy")):
        if any(f"{path}/".startswith(f"{posixpath.normpath(named)}/") for named in workspace.lint.get(key) or ()):
            return kind
    return "schema" if path.startswith(".tiphys/") else ""


def _of_templates(path: str) -> str:
    if not path.startswith("templates/"):
        return ""
    return "profile" if path.startswith("templates/profiles/") and posixpath.basename(path) == "profile.yaml" else "template"


def _of_charts(path: str, is_chart: Callable[[str], bool]) -> str:
    """Return whether a file is a part of a chart, or one of the values files at its top."""
    folder = posixpath.dirname(path)
    if folder and is_chart(folder):
        name = posixpath.basename(path)
        return "values" if name.endswith((".yaml", ".yml")) and name not in (_CHART, "requirements.yaml") else "chart"
    while folder := posixpath.dirname(folder):
        if is_chart(folder):
            return "chart"
    return ""

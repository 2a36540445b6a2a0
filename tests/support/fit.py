"""What docs/fit.md shows: the specs of its sections as workspaces, and the rows of its table."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import yaml

from support.paths import ROOT

BASE = ROOT / "tests" / "unit" / "pipeline" / "fit"
PAGE = (ROOT / "docs" / "fit.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", PAGE, re.MULTILINE))
_SNIPPET = re.compile(r"^```yaml\n# (\S+)\n((?:.*\n)*?)```$", re.MULTILINE)
SHOWN = {title: _SNIPPET.findall(text) for title, text in SECTIONS.items() if "```" in text}
_KINDS = {"environments": "Environment", "services": "Pipeline"}
_ROW = re.compile(
    r"^\| (?P<have>[^|]+) \| (?P<answer>yes|no|partly)\b(?P<more>[^|]*) \| (?P<links>[^|]*\]\(#[^|]*) \|$", re.MULTILINE
)
_LINK = re.compile(r"\[([^\]]+)\]\(#([^)]+)\)")


class Row(NamedTuple):
    """A row of the table: what people have, whether a spec can say it, and the sections that show how."""

    have: str
    answer: str
    links: tuple[tuple[str, str], ...]
    """Title and anchor of each section."""


ROWS = [Row(match["have"], match["answer"], tuple(_LINK.findall(match["links"]))) for match in _ROW.finditer(PAGE)]


def anchor(title: str) -> str:
    """Return what a link to a section of a page ends with."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def lay_out(title: str, folder: Path) -> Path:
    """Write the workspace of a section, without what it shows as generated."""
    shutil.copytree(BASE, folder)
    for path, text in SHOWN[title]:
        if not path.startswith("generated/"):
            _write(folder, path, text)
    return folder


def _laid_over(base, more):
    """Return data with other data laid over it."""
    if not isinstance(base, dict) or not isinstance(more, dict):
        return more
    return {**base, **{key: _laid_over(base.get(key), value) for key, value in more.items()}}


def _write(folder: Path, path: str, text: str) -> None:
    """Write a snippet as the whole file that it is a part of."""
    file, data = folder / path, yaml.safe_load(text)
    kind = _KINDS.get(Path(path).parts[0]) if file.name != "success-rate.yaml" else data["kind"]
    if kind is None:  # a file that is not one of Tiphys, which is shown as a whole
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return
    name = file.parent.name if kind == "Pipeline" else file.stem
    version = "argoproj.io/v1alpha1" if kind == "AnalysisTemplate" else "tiphys/v1"
    whole = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": {}}
    if file.exists():
        whole = _laid_over(whole, yaml.safe_load(file.read_text(encoding="utf-8")))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(_laid_over(whole, data), sort_keys=False), encoding="utf-8")

"""Write llms.txt (https://llmstxt.org): what Tiphys is, and a line for each page of the documentation.

One is at the root of the repository; one is in docs/, from which a site of the documentation serves it.

    python -m tools.llms [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tools.fresh import main

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Tiphys

> A declarative config generator and linter for Helm, Argo CD and Argo Rollouts: one spec per service in; reviewed Helm values, Rollout strategies and Argo CD Applications out, for every environment, and they cannot drift.

Teams edit `pipeline.yaml`; `tiphys generate` writes everything below `generated/`, which is never edited by hand. `tiphys check` finds drift, `tiphys lint` runs the rules, `tiphys plan` simulates a release, and `bump`, `promote` and `rollback` move versions in Git. Tiphys connects to no cluster.
"""
FIRST = ("concepts.md", "spec.md", "programs.md", "reference.md")
"""The pages that a program needs before all others."""
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")
_MOST = 240
"""Characters of a line about a page."""
_SAID = {
    "ci.md": "Recipes for pull requests and the main branch in GitHub Actions, GitLab CI and other CI systems.",
    "reference.md": "Lint settings, suppressions, baselines, output formats, exit codes and environment variables.",
    "report.md": "`tiphys report` writes a static site of services, plans, findings and promotions; `tiphys serve` serves it locally.",
}
"""Lines about pages that do not begin with prose about themselves."""


def generate() -> dict[Path, str]:
    """Return the files, with their text."""
    return {ROOT / "llms.txt": _text("docs/", "README.md"), ROOT / "docs" / "llms.txt": _text("", "")}


def _text(prefix: str, readme: str) -> str:
    pages = sorted((ROOT / "docs").glob("*.md"), key=lambda path: (path.name not in FIRST, _place(path.name), path.name))
    lines = [f"- [{title}]({prefix}{path.name}): {said}" for path in pages for title, said in [_page(path)]]
    lines.append(f"- [Rules]({prefix}rules/index.md): All rules with their ids, severities and requirements.")
    start = [f"- [README]({readme}): Installation, first steps and all commands."] if readme else []
    return f"{HEAD}\n## Docs\n\n" + "".join(f"{line}\n" for line in [*start, *lines])


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _page(path: Path) -> tuple[str, str]:
    """Return the title of a page, and its first sentences."""
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text(encoding="utf-8"))
    title, *paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    prose = next((part for part in paragraphs if re.match(r"[A-Z`\[]", part)), "")
    first, *others = _END.split(_LINK.sub(r"\1", " ".join(prose.split())))
    said = first.removesuffix(":")
    for sentence in others:
        if len(said) + len(sentence) >= _MOST or sentence.endswith(":"):
            break
        said += f" {sentence}"
    return title.removeprefix("# "), _SAID.get(path.name) or (said if len(said) <= _MOST else f"{said[: _MOST - 1]}…")


if __name__ == "__main__":
    sys.exit(main(generate()))

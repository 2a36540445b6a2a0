"""What tools write into this repository is what they would write now."""

from __future__ import annotations

import re
from pathlib import Path

from generator.lint import catalogue
from support.paths import ROOT
from tools import bundle_schemas, command_pages, compile_templates, llms
from tools.pictures import pictures


def test_built_schemas_are_fresh():
    stale = [path.name for path, text in bundle_schemas.generate().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: python -m tools.bundle_schemas"


def test_compiled_templates_are_fresh():
    assert compile_templates.TARGET.read_text(encoding="utf-8") == compile_templates.generate(), (
        "run: python -m tools.compile_templates"
    )


def test_the_page_of_commands_is_what_they_print():
    assert command_pages.TARGET.read_text(encoding="utf-8") == command_pages.page(), "run: python -m tools.command_pages"


def test_the_pictures_of_the_documentation_are_what_the_tool_draws(golden):
    for name, text in pictures().items():
        golden(text, Path(ROOT / "docs" / "images" / name))


def test_the_manual_of_rules_is_fresh():
    found = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "rules").glob("*.md")}
    assert found == catalogue.documents(), "run: python -m tools.rule_pages"


def test_a_program_that_reads_llms_txt_finds_every_page():
    stale = [
        path.name for path, text in llms.generate().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: python -m tools.llms"
    for path, text in llms.generate().items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert (path.parent / target).is_file(), f"{path}: {target}"

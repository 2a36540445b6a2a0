"""The house rules that a linter does not know: size, registration, pages, and what tests may lean on."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest

from generator.lint import catalogue
from generator.lint.families import family_of
from generator.lint.registry import BEFORE_HELM, SPEC_RULES, object_rules
from support.paths import ROOT, TESTS

MODULES = [path for path in sorted((ROOT / "generator").rglob("*.py")) if path.parent.name != "compiled"]
TEST_MODULES = sorted(TESTS.rglob("*.py"))
TABLES = {"problems.py"}
"""Modules that are mostly text."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_and_functions_stay_small_enough_to_read(path):
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    assert path.name in TABLES or lines <= 270, f"{lines} lines: give it a second file"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            page = node.body[0].end_lineno - node.body[0].lineno if "Wrong:" in (ast.get_docstring(node) or "") else 0
            assert node.end_lineno - node.lineno - page < 45, f"{node.name} is long: name its parts"


def test_the_top_of_the_code_can_be_taken_in_at_a_glance():
    entries = sorted(
        path.name for path in (ROOT / "generator").iterdir() if path.name not in ("__pycache__", "_data", "py.typed")
    )
    assert len(entries) <= 20, f"{len(entries)} entries, find a room for one: {', '.join(entries)}"


RULE_FOLDERS = sorted(path.parent for path in (ROOT / "generator" / "lint" / "rules").glob("*/__init__.py"))


@pytest.mark.parametrize("folder", RULE_FOLDERS, ids=lambda folder: folder.name)
def test_every_rule_is_registered_once_in_order_in_the_folder_of_its_family(folder):
    rules = import_module(f"generator.lint.rules.{folder.name}").RULES
    ids = [rule.id for rule in rules]
    assert ids == sorted(set(ids))
    assert all(rule.refers is None or callable(rule.refers) for rule in rules)
    assert {rule.check.__module__.rpartition(".")[2] for rule in rules} == {path.stem for path in folder.glob("*.py")} - {
        "__init__"
    }
    if folder.name != "spec":
        assert {family_of(id_).key for id_ in ids} == {folder.name}
        assert all(rule.kinds for rule in rules)


def test_no_rule_is_left_out_of_a_run():
    rules = [rule for folder in RULE_FOLDERS for rule in import_module(f"generator.lint.rules.{folder.name}").RULES]
    assert sorted(rule.id for rule in rules) == sorted(rule.id for rule in (*SPEC_RULES, *object_rules()))
    assert {rule.id for rule in rules if rule.before_helm} == {rule.id for rule in BEFORE_HELM}


def test_every_id_belongs_to_a_family_and_the_next_free_ones_are_known():
    ids = set(catalogue.names())
    assert all(family_of(id_) for id_ in ids)
    free = catalogue.next_free()
    assert not ids & set(free.values())
    assert all(family_of(id_).key == key for key, id_ in free.items())


def test_every_id_that_the_code_uses_has_a_page():
    used = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and len(node.value) == 5
                and node.value.startswith("TP")
            ):
                used.add(node.value)
    pages = {page.id for page in catalogue.pages()}
    assert used <= pages
    names = [page.name for page in catalogue.pages()]
    assert len(names) == len(set(names))


def imported(path):
    """Yield the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", TEST_MODULES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_test_can_be_moved_or_removed_without_a_thought_for_the_others(path):
    """What tests share is in tests/support; no test and nothing shared imports a test module or a conftest."""
    parts = {part for name in imported(path) for part in name.split(".")}
    assert not {part for part in parts if part.startswith("test_") or part == "conftest"}


PROCESSES = {"subprocess", "multiprocessing", "socket", "pty"}
PROGRAMS = {"tiphys", "git", "helm", "browser", "oci", "http", "registry_host", "locked_registry_host"}
"""Fixtures that start a program."""


@pytest.mark.parametrize("path", sorted((TESTS / "unit").rglob("*.py")), ids=lambda path: path.relative_to(TESTS).as_posix())
def test_the_tests_that_people_run_after_each_edit_wait_for_no_program(path):
    assert not PROCESSES & set(imported(path))
    asked = {node.arg for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.arg)}
    assert not PROGRAMS & asked

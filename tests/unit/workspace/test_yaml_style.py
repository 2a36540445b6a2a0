"""What yamllint says of specs, and the quick yes that spares most specs the question."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest
from yamllint import linter
from yamllint.config import YamlLintConfig

from generator.syntax.reader import try_parse
from generator.workspace.yaml_style import is_tidy
from support.paths import ROOT
from support.trees import write_tree
from support.workspace import workspace

SPEC = "services/web/pipeline.yaml"
HEAD = "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
REST = "  environments: {dev: {image: {tag: a}}}\n"
SHIPPED = YamlLintConfig((ROOT / "schemas" / "yamllint.yaml").read_text(encoding="utf-8"))
SPECS = [
    path.read_text(encoding="utf-8")
    for folder in ("examples", "tests/data/cases")
    for path in sorted((ROOT / folder).rglob("services/**/*.yaml"))
]


def untidy(text):
    return [(found.line, found.rule) for found in linter.get_cosmetic_problems(text, SHIPPED, None)]


@pytest.fixture
def lint(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")

    def run(body, *options, command="lint", **files):
        write_tree(folder, {SPEC: HEAD + body, **files})
        done = tiphys(command, "--format", "json", *options, cwd=folder)
        assert "Traceback" not in done.stderr
        found = json.loads(done.stdout)["diagnostics"] if done.stdout else done.stderr
        return [(item["rule"], item["severity"], item["line"], item["message"]) for item in found] if done.stdout else found

    return run


LAX = "spec:\n  image: { repository: x }  \n  values:\n     a: 1\n" + REST


def test_lint_tells_what_is_untidy_at_its_line_and_nothing_else_looks(lint):
    assert lint(LAX) == [
        ("TP070", "warning", 5, "trailing spaces (yamllint: trailing-spaces)"),
        ("TP070", "warning", 7, "wrong indentation: expected 4 but found 5 (yamllint: indentation)"),
    ]
    assert [item for item in lint(LAX, command="check") if item[0] == "TP070"] == []
    assert lint(LAX, "--ignore", "yaml-style") == []
    assert lint(LAX, "environments") == []
    assert len(lint(LAX, "services")) == 2


def test_a_line_that_the_reader_has_complained_about_is_not_complained_about_twice(lint):
    body = "spec:\n  image: {repository: x, tag: 1.10}  \n  replicas: 3  \n" + REST
    assert [item[:3] for item in lint(body)] == [("TP012", "error", 5), ("TP070", "warning", 6)]
    assert [item[0] for item in lint("spec:  \n  image: [\n")] == ["TP001"], "what cannot be parsed has no style"


@pytest.mark.parametrize("name", [".yamllint", ".yamllint.yaml", ".yamllint.yml"])
def test_the_workspace_has_the_last_word_on_style(name, lint):
    assert lint(LAX, **{name: "rules: {trailing-spaces: enable}\n"}) == [
        ("TP070", "error", 5, "trailing spaces (yamllint: trailing-spaces)")
    ]
    assert lint(LAX, **{name: "rules: {trailing-spaces: enable}\nignore: services/\n"}) == []
    tidy_for_us = "spec:\n  image: {repository: x}\n" + REST
    assert lint(tidy_for_us, **{name: "rules: {document-start: enable}\n"}) == [
        ("TP070", "error", 1, 'missing document start "---" (yamllint: document-start)')
    ]
    assert f"{name}: not a valid yamllint configuration" in lint(LAX, **{name: "rules: {nonsense: enable}\n"})
    assert f"{name}: not a valid yamllint configuration" in lint(LAX, **{name: "rules: ["})


def test_comments_switch_yamllint_off_as_they_do_everywhere(lint):
    assert lint(LAX.replace("spec:\n", "spec:\n  # yamllint disable-line rule:trailing-spaces\n"))[0][3].startswith("wrong")
    assert lint(LAX.replace("spec:\n", "# yamllint disable\nspec:\n")) == []


def test_most_specs_are_known_to_be_tidy_without_asking_yamllint():
    assert len(SPECS) > 20
    assert all(untidy(text) == [] for text in SPECS if is_tidy(text))
    assert sum(map(is_tidy, SPECS)) > len(SPECS) * 0.9


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "a: 1\n\n",
        "\na: 1\n",
        "a: 1 \n",
        "a: 1\n\n\n\nb: 2\n",
        "a : 1\n",
        "a: {  b: 1}\n",
        "a: {b: 1 , c: 2}\n",
        "a: {b: 1,c: 2}\n",
        "a: [1,2]\n",
        "a:\n   b: 1\n",
        "a:\n  b:\n      c: 1\n",
        "-  a\n",
        "a: 1 #x\n",
        "#x\na: 1\n",
        "a: it's  #x\n",
        'a: say "x  #y" z\n',
        "a: |\n  text \n",
        "a: b\n  - c\n",
    ],
)
def test_what_yamllint_could_complain_about_is_never_passed_unseen(text):
    assert not is_tidy(text)


PIECES = [
    " ",
    "  ",
    "\n",
    "#",
    " #",
    " # ",
    ",",
    ", ",
    ":",
    ": ",
    "- ",
    "-",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    "{ ",
    "a",
    "'x'",
    "é",
    "|",
    ">",
]


def test_the_quick_yes_is_never_wrong_about_specs_that_somebody_mistyped(request):
    """Specs with a few characters put in, taken out or repeated: what passes quickly has passed yamllint too."""
    chance = random.Random(20 if not request.config.getoption("--exhaustive") else None)
    small = [text for text in SPECS if len(text) < 1500]
    passed = 0
    for _ in range(200_000 if request.config.getoption("--exhaustive") else 4_000):
        text = chance.choice(small)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            more = chance.choice([chance.choice(PIECES), "", text[at : at + chance.randint(1, 30)]])
            text = text[:at] + more + text[at + (0 if more else chance.randint(1, 4)) :]
        if is_tidy(text):
            source, problems = try_parse("x.yaml", text.encode())
            if source is not None and not problems:
                passed += 1
                assert untidy(text) == [], text
    assert passed > 500


def test_yamllint_is_not_imported_for_specs_that_are_tidy(tmp_path):
    folder = workspace(tmp_path / "w")
    code = "import sys; from generator.cli.main import program\nprogram.main(prog_name='tiphys', standalone_mode=False)\nprint('yamllint' in sys.modules)"

    def imported():
        done = subprocess.run(
            [sys.executable, "-c", code, "lint"],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.endswith("True\n")

    assert not imported()
    write_tree(folder, {SPEC: HEAD + LAX})
    assert imported()

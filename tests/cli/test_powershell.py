"""Completion in PowerShell. No PowerShell runs here: its grammar parses the script, and what the script gets is checked."""

from __future__ import annotations

import pytest
from click.shell_completion import CompletionItem

from generator.cli.powershell import PowerShellComplete, quoted
from support.browsers import needed
from support.workspace import workspace

QUOTES = "'\u2018\u2019\u201a\u201b"


@pytest.fixture(scope="module")
def parse():
    grammar = needed("tree_sitter_powershell")
    tree_sitter = needed("tree_sitter")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    return lambda text: parser.parse(text.encode()).root_node


def nodes(root, kind):
    return [*([root] if root.type == kind else []), *(found for child in root.children for found in nodes(child, kind))]


def test_the_script_is_powershell_and_starts_nothing_but_tiphys(tiphys, tmp_path, parse):
    script = tiphys("completion", "powershell", cwd=tmp_path).stdout
    root = parse(script)
    assert not root.has_error
    assert parse(script.replace("finally {", "finally ")).has_error, "the parser notices what is wrong"
    names = [node.text.decode() for node in nodes(root, "command_name")]
    assert sorted(names) == ["ForEach-Object", "Register-ArgumentCompleter", "Remove-Item", "tiphys"]
    assert "_TIPHYS_COMPLETE" in script


@pytest.mark.parametrize(
    ("words", "incomplete", "found"),
    [
        ("tiphys", "che", "check"),
        ("tiphys check", "", "web"),
        ("tiphys render web --env", "pr", "prod"),
        ("tiphys render web --env", "'pr", "prod"),
        ("tiphys lint --format", "sa", "sarif"),
        ("tiphys config show", "spec.lint.f", "spec.lint.failLevel"),
        ("tiphys check", "--list", "--list-files"),
    ],
)
def test_words_are_offered_with_their_help(words, incomplete, found, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    env = {"_TIPHYS_COMPLETE": "powershell_complete", "COMP_WORDS": words.replace(" ", "\n"), "COMP_CWORD": incomplete}
    lines = [line.split("\t") for line in tiphys(cwd=folder, env=env).stdout.splitlines()]
    assert found in [line[0] for line in lines]
    assert all(len(line) == 2 and line[1] for line in lines), "PowerShell refuses a result without a tip"


def test_paths_are_left_to_the_shell(tiphys, tmp_path):
    env = {"_TIPHYS_COMPLETE": "powershell_complete", "COMP_WORDS": "tiphys\nlint", "COMP_CWORD": "ser"}
    assert tiphys(cwd=workspace(tmp_path / "w"), env=env).stdout.strip() == ""


@pytest.mark.parametrize(
    "word",
    ["$(reboot)", "a;reboot", "a'b", "a\u2019; reboot; \u2018b", "a b", "`n", "@x", "a,b", "#", "{reboot}", "%", "a|b", "&"],
)
def test_a_hostile_word_is_one_text_in_single_quotes(word, parse):
    text = quoted(word)
    assert text[0] == text[-1] == "'"
    inside = text[1:-1]
    for quote in QUOTES:
        assert inside.replace(quote * 2, "").count(quote) == 0, "a quote that ends the text"
    if not set(word) & set(QUOTES[1:]):  # the grammar does not know these
        root = parse(f"tiphys check {text}")
        assert not root.has_error
        assert [node.text.decode() for node in nodes(root, "command_name")] == ["tiphys"]


def test_a_word_that_would_be_a_line_of_its_own_is_not_offered(monkeypatch):
    complete = PowerShellComplete(None, {}, "tiphys", "_TIPHYS_COMPLETE")  # type: ignore[arg-type]
    items = [CompletionItem("a\nb"), CompletionItem("\x1b[2J"), CompletionItem("c", help="x\ty"), CompletionItem("d")]
    monkeypatch.setattr(complete, "get_completions", lambda _args, _incomplete: items)
    assert complete.complete() == "d\td"


def test_a_service_with_a_hostile_name_is_not_offered(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace("name: web", "name: $(touch pwned)"))
    env = {"_TIPHYS_COMPLETE": "powershell_complete", "COMP_WORDS": "tiphys\ncheck", "COMP_CWORD": "$"}
    assert "touch" not in tiphys(cwd=folder, env=env).stdout

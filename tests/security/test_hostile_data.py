"""Data of the wrong shape is reported at its place by every command that meets it, and ends none of them."""

from __future__ import annotations

import subprocess

import pytest

from generator.syntax.reader import try_parse
from support.workspace import workspace

GIT = ("git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")


def is_told(done, code=None):
    """Tell whether a command ended as it should; shows what it said if not."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in ((0, 1, 2) if code is None else (code,)), done.stdout + done.stderr
    return True


DEEP = {
    "lists": "a: " + "[" * 1000,
    "maps": "a: " + "{a: " * 1000,
    "closed lists": "a: " + "[" * 1500 + "]" * 1500,
    "lists in lists": "- " * 1500 + "x",
    "keys in keys": "? " * 1500 + "x",
    "json": '{"a":' + "[" * 1200 + "]" * 1200 + "}",
    "after a separator that only YAML counts": "a: b\u2028\nc: " + "[" * 1000,
    "the last of three": "---\na: b\n---\n---\nx: " + "[{a: " * 700,
    "with a template before": "{{ x }}\na: " + "[" * 1000,
}


@pytest.mark.parametrize("name", DEEP)
def test_manifests_nested_without_end_are_reported_and_do_not_end_the_linter(name, tiphys, tmp_path):
    (tmp_path / "m.yaml").write_text(DEEP[name] + "\n", encoding="utf-8", newline="")
    done = tiphys("lint", "--manifests", "m.yaml")
    assert is_told(done, 1)
    assert "m.yaml:" in done.stdout


def test_nesting_beyond_the_parser_is_told_where_it_is(tiphys, tmp_path):
    (tmp_path / "m.yaml").write_text("kind: A\n---\nx: y\na: " + "[" * 1000 + "\n")
    done = tiphys("lint", "--manifests", "--format", "concise", "m.yaml")
    assert "m.yaml:4:" in done.stdout
    assert "nested more than" in done.stdout


BREAKS = ("\r", "\r\n", "\x85", "\u2028", "\u2029", "\n\r", "\x0c\n")
ENDS = ("a: b: c", "\t[", "x: {{ y }}", "{% if %}", "a: " + "[" * 1100, "@x", "'", "- a\nb: ", "%x")


@pytest.mark.parametrize("ending", ENDS, ids=range(len(ENDS)))
@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
def test_a_mark_of_the_parser_is_found_whatever_ends_a_line(line_break, ending):
    for text in (
        f"a: b{line_break * 3}{ending}",
        f"a:{line_break}  b{line_break}{ending}{line_break}",
        line_break * 5 + ending,
    ):
        _, problems = try_parse("x.yaml", text.encode())
        assert all(item.span.line >= 1 for item in problems)


BROKEN_SPECS = {
    "a text for a map": "spec: x",
    "a list for a map": "spec: []\n",
    "a name of another kind": "metadata: {name: [web]}",
    "no YAML": "spec: {",
    "a key twice": "spec:\n  image: {}\n  image: {}\n",
}
MOVES = (
    ("bump", "web", "--env", "dev", "--image-tag", "2.0.0"),
    ("rollback", "web", "--env", "prod"),
    ("rollback", "web", "--env", "prod", "--to", "1"),
    ("promote", "web", "--from", "dev", "--to", "prod", "--offline", "--reason=test"),
)


def committed(folder):
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "start")):
        subprocess.run((*GIT, *words), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("move", MOVES, ids=lambda move: " ".join(move[:1] + move[4:5]))
@pytest.mark.parametrize("name", BROKEN_SPECS)
def test_a_spec_that_cannot_be_read_is_told_to_whoever_moves_its_service(name, move, tiphys, tmp_path):
    folder = committed(workspace(tmp_path / "w"))
    (folder / "services/web/pipeline.yaml").write_text(
        f"apiVersion: tiphys/v1\nkind: Pipeline\n{'' if 'metadata' in BROKEN_SPECS[name] else 'metadata: {name: web}'}\n{BROKEN_SPECS[name]}\n"
    )
    done = tiphys(*move, cwd=folder)
    assert is_told(done)
    assert done.returncode in (1, 2)
    known = name != "a name of another kind"
    assert ("services/web/pipeline.yaml:" if known else "unknown service `web`") in done.stdout + done.stderr


ENVIRONMENTS = {
    "chart: x": "a text",
    "chart: [x]": "a list",
    "chart: 7": "a number",
    "chart: {name: {}, version: []}": "a chart of maps",
    "defaults: x": "defaults that are a text",
    "defaults: {image: x, chart: [1]}": "defaults of other kinds",
    "defaults: {image: {tag: {a: b}}}": "a tag that is a map",
}
ASKED = (
    ("history", "web", "--env", "prod"),
    ("status",),
    ("status", "--format", "json"),
    ("diff", "HEAD~1"),
    ("affected", "--since", "HEAD~1"),
    ("rollback", "web", "--env", "prod", "--dry-run"),
)


@pytest.mark.parametrize("text", ENVIRONMENTS, ids=ENVIRONMENTS.get)
@pytest.mark.parametrize("when", ["now", "once"])
def test_an_environment_of_odd_shape_does_not_hide_the_history_of_all_others(text, when, tiphys, tmp_path):
    folder = committed(workspace(tmp_path / "w"))
    file = folder / "environments" / "prod.yaml"
    good = file.read_text()
    kept = [line for line in good.splitlines() if not line.startswith(("  chart:", "  defaults:", "    replicas:"))]
    file.write_text("\n".join([*kept, f"  {text}", ""]))
    subprocess.run((*GIT, "commit", "-qam", "odd"), cwd=folder, check=True)
    if when == "once":
        file.write_text(good)
        subprocess.run((*GIT, "commit", "-qam", "good"), cwd=folder, check=True)
    for words in ASKED:
        assert is_told(tiphys(*words, cwd=folder))

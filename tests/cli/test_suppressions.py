"""A finding that somebody let stand, with a reason, is not told; a suppression that nothing needs is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.pipeline.run import Mode, Request, run
from generator.system import parallel
from support.transcript import transcript
from support.trees import write_tree
from support.workspace import FALLS, SPEC, workspace


@pytest.fixture
def lint(tiphys, tmp_path):
    """Return a function that lints a spec: [(rule, line, message)]."""
    folder = workspace(tmp_path / "w")

    def run(spec, *options, command="lint", settings=""):
        write_tree(folder, {SPEC: spec})
        if settings:
            text = (folder / "tiphys.yaml").read_text()
            write_tree(folder, {"tiphys.yaml": f"{text}  lint: {settings}\n"})
        done = tiphys(command, "--format", "json", *options, cwd=folder)
        assert "Traceback" not in done.stderr
        found = json.loads(done.stdout)["diagnostics"]
        return [(item["rule"], item["line"], item["message"]) for item in found if item["rule"][:3] != "TP9"]

    return run


MOVES = FALLS.replace("maxSurge: 0\n", "maxSurge: 1\n")
LINE = "          - setWeight: 20\n"
FOUND = ("TP201", 14, "weight 20 is less than 50, so traffic returns to the old version")


@pytest.mark.parametrize(
    "suppressed",
    [
        "          - setWeight: 20 # tiphys: ignore[TP201] because we mean it\n",
        "          - setWeight: 20 # tiphys: ignore[canary-weights-rise] because we mean it\n",
        "          - setWeight: 20 # a word first # tiphys:ignore[ TP201 ,TP201 ]  Because   we mean it\n",
        "          # tiphys: ignore[TP201] because we mean it\n          - setWeight: 20\n",
        "          # tiphys: ignore[TP201] because we mean it\n          # and more\n\n          - setWeight: 20\n",
        "          - setWeight: 20\n          # tiphys: ignore-file[TP201] because we mean it\n",
    ],
)
@pytest.mark.parametrize("command", ["lint", "check", "generate"])
def test_a_suppression_with_a_reason_is_heard_at_its_place(command, suppressed, lint):
    assert lint(MOVES, command=command) == [FOUND]
    assert lint(MOVES.replace(LINE, suppressed), command=command) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("# tiphys: ignore[TP201]", [FOUND, "the suppression gives no reason, so it has no effect"]),
        ("# tiphys: ignore[TP201] because", [FOUND, "the suppression gives no reason, so it has no effect"]),
        ("# tiphys: ignore[TP201] we mean it", [FOUND, "the suppression gives no reason, so it has no effect"]),
        ("# tiphys: ignore because we mean it", [FOUND, "the suppression names no rule, so it has no effect"]),
        ("# tiphys: ignore[] because we mean it", [FOUND, "the suppression names no rule, so it has no effect"]),
        ("# tiphys: ignore[TP210] because we mean it", [FOUND, "unknown rule `TP210`"]),
        ("# tiphys: ignore[TP012] because we mean it", [FOUND, "`TP012` cannot be suppressed"]),
        ("# tiphys: ignore[TP002] because we mean it", [FOUND, "`TP002` cannot be suppressed"]),
        ("# tiphys: disable[TP201] because we mean it", [FOUND, "`disable` does not suppress anything"]),
        (
            "# tiphys: ignore[policy-image-tag] because we mean it",
            [FOUND, "`TP111` protects other services, so a spec cannot suppress it"],
        ),
        (
            "# tiphys: ignore[TP501] because we mean it",
            [FOUND, "`TP501` protects other services, so a spec cannot suppress it"],
        ),
        ("# tiphys: ignore[TP204] because we mean it", [FOUND, "unused suppression of `TP204` on line 14"]),
        (
            "# tiphys: ignore[TP201, TP204, image-is-pinned] because we mean it",
            ["unused suppression of `TP101` and `TP204` on line 14"],
        ),
        ("# tiphys: the steps of a release", [FOUND]),
        ("# see tiphys: ignore it", [FOUND]),
    ],
)
def test_a_suppression_that_says_too_little_or_too_much_is_told(line, found, lint):
    expected = [item if isinstance(item, tuple) else ("TP002", 14, item) for item in found]
    assert sorted(lint(MOVES.replace(LINE, f"{LINE.rstrip()} {line}\n"))) == sorted(expected)


def test_what_is_in_a_text_suppresses_nothing(lint):
    text = MOVES.replace("spec:\n", "spec:\n  values: {env: {NOTE: '# tiphys: ignore-file[TP201] because we mean it'}}\n")
    assert [rule for rule, _, _ in lint(text)] == ["TP201"]
    block = MOVES.replace(
        "spec:\n", "spec:\n  values:\n    env:\n      NOTE: |\n        # tiphys: ignore-file[TP201] because we mean it\n"
    )
    assert [rule for rule, _, _ in lint(block)] == ["TP201"]


def test_unused_suppressions_are_told_as_their_author_sees_them(tiphys, tmp_path, golden):
    folder = workspace(tmp_path / "w")
    spec = MOVES.replace("- setWeight: 50", "- setWeight: 10 # tiphys: ignore[TP201] because it used to fall")
    write_tree(folder, {SPEC: spec})
    golden(transcript(tiphys("lint", cwd=folder)), Path(__file__).with_name("suppressions") / "unused.txt")


UNUSED = MOVES.replace(LINE, f"{LINE.replace('20', '60').rstrip()} # tiphys: ignore[TP201] because it used to fall\n")


def test_an_unused_suppression_is_only_told_by_who_looked_for_what_it_suppresses(lint):
    said = [("TP002", 14, "unused suppression of `TP201` on line 14")]
    assert lint(UNUSED) == said
    assert lint(UNUSED, command="check") == said
    assert lint(UNUSED, "web", command="check") == [], "another service may be at fault"
    assert lint(UNUSED, "--env", "dev", command="check") == []
    assert lint(UNUSED, "--select", "TP4") == []
    assert lint(UNUSED, "--ignore", "TP201") == said
    assert lint(UNUSED.replace("tag: ", "tga: ")) == [("TP021", 6, "unknown field `tga` in `spec.image`")]
    verify = UNUSED.replace("TP201", "TP612")
    assert lint(verify) == [], "lint does not render charts"
    style = UNUSED.replace("TP201", "TP070")
    assert lint(style) == [("TP002", 14, "unused suppression of `TP070` on line 14")]
    assert lint(style, command="check") == [], "check does not look at style"
    assert lint(UNUSED, settings="{ignore: [suppression]}") == []


def test_an_environment_suppresses_what_is_found_in_it_and_nothing_in_specs(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    write_tree(folder, {SPEC: MOVES})
    environment = folder / "environments/dev.yaml"
    environment.write_text("# tiphys: ignore-file[TP201] because all of dev falls\n" + environment.read_text())
    found = json.loads(tiphys("lint", "--format", "json", cwd=folder).stdout)["diagnostics"]
    assert [(item["rule"], item["path"]) for item in found] == [("TP002", "environments/dev.yaml"), ("TP201", SPEC)]


@pytest.mark.parametrize("number", [1, 4])
def test_suppressions_are_heard_whichever_process_read_the_spec(number, tmp_path, monkeypatch):
    folder = workspace(tmp_path / "w")
    for name in ("api", "cart", "pay", "ship"):
        spec = MOVES.replace("name: web", f"name: {name}").replace(
            LINE, f"{LINE.rstrip()} # tiphys: ignore[TP201] because so\n"
        )
        write_tree(folder, {f"services/{name}/pipeline.yaml": spec})
    write_tree(folder, {"services/ship/pipeline.yaml": UNUSED.replace("name: web", "name: ship")})
    monkeypatch.setattr(parallel, "workers", lambda _items: number)
    found = run(Request(str(folder), Mode.LINT)).diagnostics
    assert [(item.rule, item.path) for item in found] == [("TP002", "services/ship/pipeline.yaml")]


def test_nobody_waives_for_others_in_a_spec_of_their_own(tiphys, tmp_path):
    """A policy and a clash stay errors, and nothing is written, whatever the spec says of them."""
    folder = workspace(tmp_path / "w")
    spec = (folder / SPEC).read_text().replace('"1.0.0"', "latest")
    write_tree(folder, {SPEC: "# tiphys: ignore-file[TP111] because we trust it\n" + spec})
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.returncode == 1
    assert [line.split()[2] for line in done.stdout.splitlines()] == ["TP002", "TP111"]
    assert not (folder / "generated").exists()
    text = (folder / "tiphys.yaml").read_text()
    write_tree(
        folder, {SPEC: spec, "tiphys.yaml": text + "  lint: {overrides: [{paths: [services/web/**], ignore: [TP111]}]}\n"}
    )
    assert tiphys("generate", cwd=folder).returncode == 0


def test_an_unused_suppression_of_a_rule_over_projects_is_reported(tmp_path, tiphys):
    folder = workspace(tmp_path / "w")
    write_tree(
        folder,
        {
            "projects/shop.yaml": "# tiphys: ignore-file[TP842] because windows are reviewed elsewhere\n"
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: default}\n"
            "spec: {sourceRepos: ['*'], destinations: [{server: '*', name: '*', namespace: '*'}]}\n"
        },
    )
    done = tiphys("lint", cwd=folder)
    assert "projects/shop.yaml:1:1: warning[TP002]" in done.stdout, done.stdout + done.stderr


def test_an_error_in_one_spec_does_not_hide_what_is_unused_in_another(tmp_path, tiphys):
    folder = workspace(tmp_path / "w")
    text = (folder / SPEC).read_text()
    broken = text.replace("name: web", "name: shop", 1) + "  nonsense: 1\n"
    unused = "# tiphys: ignore-file[TP201] because it was falling once\n"
    write_tree(folder, {SPEC: unused + text, "services/shop/pipeline.yaml": unused + broken})
    window = '  windows: [{kind: deny, schedule: "0 0 * * *", duration: 1h, services: [gone, shop]}]\n'
    prod = folder / "environments/prod.yaml"
    prod.write_text(prod.read_text() + window)
    done = tiphys("lint", "--format", "concise", cwd=folder)
    assert [line.split()[:3] for line in done.stdout.splitlines() if "error" in line or "TP002" in line] == [
        [f"services/shop/pipeline.yaml:{broken.count(chr(10)) + 1}:3:", "error", "TP021"],
        [f"{SPEC}:1:1:", "warning", "TP002"],
    ]
    assert "TP503" not in done.stdout, "the spec that is not valid may be the one of a pattern"

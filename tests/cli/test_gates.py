"""The gates of a release: each refuses with the way out, and each that is skipped leaves its reason in the commit."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import pytest

from generator.syntax import calendar
from generator.system import clock
from support.called import call, called
from support.repositories import HOUR, START, Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

WEB, API = "services/web/pipeline.yaml", "services/api/pipeline.yaml"
FRIDAY_NIGHT = calendar.instant_of("2023-11-17T23:00:00Z")
THURSDAY = calendar.instant_of("2023-11-16T12:00:00Z")
WINDOWS = """\
  promotion: {from: dev, soak: 2h}
  windows:
    - {kind: deny, schedule: "0 22 * * 5", duration: 56h, timeZone: Europe/Berlin, reason: weekend}
    - {kind: allow, schedule: "0 8 * * 1-5", duration: 10h, services: [api]}
"""


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write("environments/prod.yaml", environment("prod", more=WINDOWS))
    made.write(WEB, spec("web", dev="1.1.0", prod="1.0.0"))
    made.write(API, spec("api", dev="0.2.0", prod="0.1.0"))
    made.commit("begin")
    call(made, "generate")
    made.commit("generate")
    return made


@pytest.fixture
def at(monkeypatch):
    """Return what sets the clock."""
    monkeypatch.setattr(clock, "now", lambda: THURSDAY)
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def refused(repository, *words):
    """Return what a command says that is refused, and see that it changed nothing."""
    before = repository.git("rev-parse", "HEAD")
    done = called(repository, *words)
    assert done.exception is not None or done.return_value, done.output
    assert (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain")) == (before, "")
    return (
        getattr(done.exception, "message", "") + " | " + getattr(done.exception, "hint", "") if done.exception else done.output
    )


def trailers(repository, revision="HEAD"):
    return repository.git("log", "-1", "--format=%(trailers:only)", revision).splitlines()


MOVES = {
    "bump": ["bump", "web", "--env", "prod", "--image-tag", "1.2.0"],
    "promote": ["promote", "web", "--from", "dev", "--to", "prod", "--offline", "--reason", "no network"],
    "rollback": ["rollback", "web", "--env", "prod"],
}


def earlier(repository):
    """Give `web` a release in prod to go back to."""
    repository.write(WEB, spec("web", dev="1.1.0", prod="1.0.1"))
    call(repository, "generate")
    repository.commit("web 1.0.1")


@pytest.mark.parametrize("words", MOVES.values(), ids=MOVES)
def test_a_deny_window_refuses_and_says_why_and_until_when(words, repository, at):
    earlier(repository)
    at(FRIDAY_NIGHT)
    assert refused(repository, *words, "--commit") == (
        "prod is closed for `web`: the deny window at environments/prod.yaml:9:7 (weekend) is open; releases are possible from "
        "Mon 2023-11-20 06:00 Europe/Berlin (2023-11-20 05:00 UTC) | wait until then, or use --ignore-window with --reason"
    )
    at(calendar.instant_of("2023-11-20T05:00:00Z"))
    call(repository, *words, "--commit")
    assert not [line for line in trailers(repository) if "window" in line]


@pytest.mark.parametrize("words", MOVES.values(), ids=MOVES)
def test_an_ignored_window_leaves_its_reason_in_the_commit(words, repository, at):
    earlier(repository)
    at(FRIDAY_NIGHT)
    words = [word for word in words if word not in ("--reason", "no network")]
    call(repository, *words, "--ignore-window", "--reason", "INC-4711: payments fail", "--commit")
    found = trailers(repository)
    assert found[:2] == ["Tiphys-Service: web", "Tiphys-Environment: prod"]
    assert found.count("Tiphys-Override: window: INC-4711: payments fail") == 1
    assert [line for line in found if line.startswith("Tiphys-Override")] == [
        *(["Tiphys-Override: chart: INC-4711: payments fail"] if words[0] == "promote" else []),
        "Tiphys-Override: window: INC-4711: payments fail",
    ]


def test_an_allow_window_refuses_only_the_services_that_it_is_for(repository, at):
    at(calendar.instant_of("2023-11-16T20:00:00Z"))
    said = refused(repository, "bump", "api", "--env", "prod", "--image-tag", "0.3.0", "--commit")
    assert "the allow window at environments/prod.yaml:10:7 is not open" in said
    assert "releases are possible from Fri 2023-11-17 08:00 UTC" in said
    call(repository, "bump", "web", "--env", "prod", "--image-tag", "1.2.0", "--commit")


def test_all_services_that_are_refused_are_named_at_once(repository, at):
    at(FRIDAY_NIGHT)
    said = refused(repository, "promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason", "x", "--commit")
    assert "prod is closed for `api`: the deny window" in said
    assert "prod is closed for `web`: the deny window" in said
    at(START + HOUR)
    said = refused(repository, "promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason", "x", "--commit")
    assert "api has been in dev for 0s; prod requires 2h; web has been in dev for 0s; prod requires 2h" in said


def test_the_soak_time_in_a_shallow_clone_is_not_taken_for_the_age_of_a_release(repository, at, tmp_path):
    folder = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.root}", str(folder))
    at(START + 2 * HOUR)
    words = ["promote", "web", "--from", "dev", "--to", "prod", "--offline", "--reason", "x"]
    error = called(SimpleNamespace(root=folder), *words).exception
    assert error.message.endswith("prod requires 2h; this clone is shallow, so it may have been there for longer")
    assert error.hint.startswith("run git fetch --unshallow, or wait ")


def test_a_window_does_not_refuse_what_changes_nothing(repository, at):
    at(FRIDAY_NIGHT)
    assert "nothing to change" in call(repository, "bump", "web", "--env", "prod", "--image-tag", "1.0.0", "--commit")


def test_an_environment_inherits_windows_and_an_own_list_replaces_them(repository, at):
    base = environment("base", more=WINDOWS.split("\n", 1)[1]).replace("{name: base}", "{name: base, abstract: true}")
    repository.write("environments/base.yaml", base)
    heir = "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: prod}\nspec:\n  extends: [base]\n"
    repository.write("environments/prod.yaml", heir)
    repository.commit("share")
    call(repository, "generate")
    repository.commit("generate")
    at(FRIDAY_NIGHT)
    words = ["bump", "web", "--env", "prod", "--image-tag", "1.2.0", "--commit"]
    assert "at environments/base.yaml:8:7 (weekend)" in refused(repository, *words)
    repository.write("environments/prod.yaml", f"{heir}  windows: []\n")
    repository.commit("free")
    call(repository, *words)


SKIPPED = {
    "soak": (["promote", "web", "--from", "dev", "--to", "prod", "--skip-soak"], START + 2 * HOUR, "has been in dev"),
    "downgrade": (["bump", "web", "--env", "dev", "--image-tag", "1.0.0", "--force"], THURSDAY, "is a downgrade"),
}


@pytest.mark.parametrize("gate", SKIPPED)
def test_each_gate_that_was_skipped_is_recorded_once_and_each_that_was_not_is_not(gate, repository, at):
    words, now, refusal = SKIPPED[gate]
    at(now)
    plain = [word for word in words if word not in ("--skip-soak", "--force")]
    more = ["--offline", "--reason", "x"] if gate == "soak" else []
    said = refused(repository, *plain, *more, "--commit")
    assert refusal in said
    assert f"{words[-1]} with --reason" in said, "a hint that is not enough sends the reader round twice"
    more = ["--offline"] if gate == "soak" else []
    call(repository, *words, *more, "--reason", "because", "--commit")
    recorded = [line for line in trailers(repository) if line.startswith("Tiphys-Override")]
    chart = ["Tiphys-Override: chart: because"] if more else []
    assert sorted(recorded) == sorted([f"Tiphys-Override: {gate}: because", *chart])


def test_a_gate_that_would_have_passed_leaves_no_trace(repository, at):
    call(
        repository,
        "bump",
        "web",
        "--env",
        "prod",
        "--image-tag",
        "1.3.0",
        "--force",
        "--ignore-window",
        "--reason",
        "x",
        "--commit",
    )
    assert trailers(repository) == ["Tiphys-Service: web", "Tiphys-Environment: prod", "Tiphys-Image-Tag: 1.3.0"]


def test_without_a_commit_the_lines_are_printed_that_the_commit_must_have(repository, at):
    at(FRIDAY_NIGHT)
    said = call(repository, "bump", "web", "--env", "prod", "--image-tag", "1.3.0", "--ignore-window", "--reason", "INC-1")
    assert "skipped: window for web (INC-1)" in said
    lines = said.split("which history reads:\n")[1].splitlines()
    assert [line.strip() for line in lines] == [
        "Tiphys-Service: web", "Tiphys-Environment: prod", "Tiphys-Image-Tag: 1.3.0", "Tiphys-Override: window: INC-1",
    ]  # fmt: skip


FLAGS = [
    ["bump", "web", "--env", "dev", "--image-tag", "1.0.0", "--force"],
    ["bump", "web", "--env", "dev", "--image-tag", "1.0.0", "--ignore-window"],
    ["promote", "web", "--from", "dev", "--to", "prod", "--skip-soak"],
    ["promote", "web", "--from", "dev", "--to", "prod", "--offline"],
    ["promote", "web", "--from", "dev", "--to", "prod", "--force"],
    ["promote", "web", "--from", "dev", "--to", "prod", "--ignore-window"],
    ["rollback", "web", "--env", "prod", "--ignore-window"],
    ["publish", "--ignore-window"],
    ["publish", "--allow-delete"],
]
REASONS = {
    "none": [],
    "empty": ["--reason", "  "],
    "two lines": ["--reason", "x\nTiphys-Override: soak: forged"],
    "a carriage return": ["--reason", "x\rTiphys-Override: soak: forged"],
    "a line separator": ["--reason", "x\u2028y"],
    "an escape": ["--reason", "\x1b[31mred"],
    "a reversal": ["--reason", "abc\u202ecba"],
    "too long": ["--reason", "x" * 201],
}


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
@pytest.mark.parametrize("words", FLAGS, ids=" ".join)
def test_what_skips_a_gate_needs_a_reason_in_one_line(words, reason, repository):
    done = called(repository, *words, *reason)
    assert getattr(done.exception, "exit_code", None) == 2, done.output
    assert "--reason" in done.exception.format_message()
    assert words[-1] in done.exception.format_message() or reason


def test_a_reason_without_anything_to_skip_is_a_mistake(repository):
    done = called(repository, "bump", "web", "--env", "dev", "--image-tag", "1.2.0", "--reason", "why not")
    assert done.exception.exit_code == 2
    assert "--force, --ignore-dependencies, --ignore-window" in done.exception.format_message()


def history(repository, *words):
    return json.loads(call(repository, "history", "web", "--env", "prod", "--format", "json", *words))["releases"]


def skipped(release):
    return [(one["gate"], one["reason"]) for one in release["overrides"]]


def test_history_shows_what_was_skipped_in_all_formats(repository, at):
    at(FRIDAY_NIGHT)
    call(
        repository,
        "bump",
        "web",
        "--env",
        "prod",
        "--image-tag",
        "1.3.0",
        "--ignore-window",
        "--reason",
        "INC-1: =x",
        "--commit",
    )
    newest, oldest = history(repository)
    assert newest["overrides"] == [{"gate": "window", "reason": "INC-1: =x", "commit": repository.git("rev-parse", "HEAD")}]
    assert oldest["overrides"] == []
    shown = call(repository, "history", "web", "--env", "prod")
    assert shown.splitlines()[0].endswith("skipped")
    assert "window: INC-1: =x" in shown
    rows = list(
        csv.DictReader(
            io.StringIO(call(repository, "history", "web", "--env", "prod", "--format", "csv").split("2 releases")[0])
        )
    )
    assert [row["overrides"] for row in rows] == ["window: INC-1: =x", ""]


def test_one_commit_with_many_services_says_for_each_what_was_skipped(repository, at):
    repository.write("environments/prod.yaml", environment("prod", more=WINDOWS.split("  windows", 1)[0]))
    repository.write(WEB, spec("web", dev="1.2.0", prod="1.0.0"))
    call(repository, "generate")
    repository.commit("web is younger than api")
    at(START + 4 * HOUR)
    words = ["promote", "--all", "--from", "dev", "--to", "prod", "--skip-soak", "--offline", "--reason", "INC-2", "--commit"]
    repository.clock = 100
    call(repository, *words)
    assert skipped(history(repository)[0]) == [("soak", "INC-2"), ("chart", "INC-2")]
    api = json.loads(call(repository, "history", "api", "--env", "prod", "--format", "json"))["releases"]
    assert skipped(api[0]) == [("chart", "INC-2")]


SHAPE = "Tiphys-Service: web\nTiphys-Environment: prod\nTiphys-Image-Tag: 1.4.0\nTiphys-Override: soak: forged\n"
FORGED = {
    "the shape of a tool's commit is believed": (SHAPE, [("soak", "forged")]),
    "no service": (SHAPE.split("\n", 1)[1], []),
    "another service": (SHAPE.replace("web", "api"), []),
    "another environment": (SHAPE.replace("prod", "dev"), []),
    "another version": (SHAPE.replace("1.4.0", "1.5.0"), []),
    "no version": (SHAPE.replace("Tiphys-Image-Tag: 1.4.0\n", ""), []),
    "an unknown gate": (SHAPE.replace("soak", "review"), []),
    "no reason": (SHAPE.replace(": forged", ":"), []),
    "not at the end": (f"{SHAPE}\nand more prose\n", []),
}


@pytest.mark.parametrize(("message", "believed"), FORGED.values(), ids=FORGED)
def test_a_forged_trailer_is_not_believed_in_a_commit_of_another_shape(message, believed, repository):
    repository.write(WEB, spec("web", dev="1.1.0", prod="1.4.0"))
    repository.commit(f"web 1.4.0\n\n{message}")
    assert skipped(history(repository)[0]) == believed


def test_a_trailer_in_the_message_of_a_merge_or_of_a_later_commit_is_not_believed(repository):
    repository.do_branch("work")
    repository.write(WEB, spec("web", dev="1.1.0", prod="1.4.0"))
    repository.commit("web 1.4.0")
    repository.do_checkout("main")
    repository.commit("meanwhile")
    repository.git("merge", "-q", "--no-ff", "work", "-m", f"Merge work\n\n{SHAPE}")
    assert skipped(history(repository)[0]) == []
    repository.write("README.md", "x")
    repository.commit(f"docs\n\n{SHAPE}")
    assert skipped(history(repository)[0]) == []


def test_the_trailer_of_a_merged_commit_belongs_to_the_release_that_the_merge_lands(repository):
    repository.do_branch("work")
    repository.write(WEB, spec("web", dev="1.1.0", prod="1.4.0"))
    repository.commit(f"web 1.4.0\n\n{SHAPE}")
    repository.do_checkout("main")
    repository.commit("meanwhile")
    repository.do_merge("work")
    assert skipped(history(repository)[0]) == [("soak", "forged")]


def status(repository, *words):
    return call(repository, "status", *words)


def test_status_says_what_is_open_now_and_until_when(repository, at):
    at(FRIDAY_NIGHT)
    closed = "prod is closed until Mon 2023-11-20 06:00 Europe/Berlin (2023-11-20 05:00 UTC): deny window, weekend"
    assert closed in status(repository, "web")
    at(THURSDAY)
    said = status(repository).splitlines()
    assert "prod is open for `api` until Thu 2023-11-16 18:00 UTC: allow window" in said
    assert (
        "prod is open for `web` until Fri 2023-11-17 22:00 Europe/Berlin (2023-11-17 21:00 UTC): deny window, weekend" in said
    )
    assert not [line for line in said if line.startswith("dev is")]


def test_status_tells_programs_what_is_open(repository, at):
    at(FRIDAY_NIGHT)
    data = json.loads(status(repository, "web", "--format", "json"))
    assert data["windows"] == [
        {
            "environment": "prod",
            "services": ["web"],
            "open": False,
            "until": "2023-11-20T05:00:00Z",
            "window": {
                "kind": "deny",
                "timeZone": "Europe/Berlin",
                "reason": "weekend",
                "path": "environments/prod.yaml",
                "line": 9,
            },
        }
    ]
    rows = list(csv.DictReader(io.StringIO(status(repository, "web", "--format", "csv"))))
    assert [(row["environment"], row["window"], row["windowUntil"]) for row in rows] == [
        ("dev", "", ""),
        ("prod", "closed", "2023-11-20T05:00:00Z"),
    ]


def test_the_report_shows_windows_and_skipped_gates(repository, at, tmp_path):
    at(FRIDAY_NIGHT)
    words = ["--image-tag", "1.3.0", "--ignore-window", "--reason", "INC-1: <b>payments</b> fail"]
    call(repository, "bump", "web", "--env", "prod", *words, "--commit")
    call(repository, "report", "-o", str(tmp_path / "site"))
    pages = {name: (tmp_path / "site" / name).read_text() for name in ("index.html", "environments.html", "services/web.html")}
    assert "skipped: window: INC-1: &lt;b&gt;payments&lt;/b&gt; fail" in pages["services/web.html"]
    assert pages["index.html"].count('<span class="pill warn">gate skipped</span>') == 1
    assert "As of Fri 2023-11-17 23:00 UTC" in pages["environments.html"]
    assert "Mon 2023-11-20 06:00 Europe/Berlin (2023-11-20 05:00 UTC)" in pages["environments.html"]
    assert "deny window, weekend" in pages["environments.html"]


def test_the_report_of_a_workspace_without_windows_has_no_part_for_them(repository, at, tmp_path):
    repository.write("environments/prod.yaml", environment("prod", more="  promotion: {from: dev}\n"))
    call(repository, "report", "-o", str(tmp_path / "site"))
    assert "Release windows" not in (tmp_path / "site" / "environments.html").read_text()

"""Release windows and recorded overrides on the road of a release, with real Git: bump, promote, publish and history."""

from __future__ import annotations

import json
import subprocess

import pytest

from support.remotes import ENVIRONMENT, clone, git, make_remote, tiphys

pytestmark = pytest.mark.real

PROD = "environments/prod.yaml"
FREEZE = '  windows: [{kind: deny, schedule: "* * * * *", duration: 1h, reason: year-end freeze}]\n'
OPEN = '  windows: [{kind: allow, schedule: "* * * * *", duration: 1h}]\n'
WHY = "INC-4711: payments fail"


@pytest.fixture
def remote(tmp_path):
    """Return a bare repository whose prod is frozen."""
    made = make_remote(tmp_path)
    platform = clone(made, "platform")
    set_windows(platform, FREEZE)
    git(platform, "push", "-q", "origin", "main")
    return made


def set_windows(folder, windows):
    path = folder / PROD
    kept = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith("  windows:")]
    path.write_text("".join(kept) + windows)
    git(folder, "commit", "-qam", "windows of prod")


def succeeds(folder, *words):
    done = tiphys(folder, *words)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done


def refused(folder, *words):
    before = git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain")
    done = tiphys(folder, *words)
    assert done.returncode == 1, (words, done.stdout, done.stderr)
    assert (git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain")) == before
    assert "year-end freeze" in done.stderr
    assert "--ignore-window" in done.stderr
    return done


def overrides(folder, service="web"):
    data = json.loads(succeeds(folder, "history", service, "--env", "prod", "--format", "json").stdout)
    return [(one["gate"], one["reason"]) for one in data["releases"][0]["overrides"]]


def test_a_release_in_a_freeze_is_refused_on_each_step_and_passes_with_a_reason_that_history_tells(remote):
    mine = clone(remote, "mine")
    there = git(remote, "rev-parse", "main")
    succeeds(mine, "bump", "web", "--env", "dev", "--image-tag", "9.1.0", "--commit")
    succeeds(mine, "publish", "--push")
    promote = ["promote", "web", "--from", "dev", "--to", "prod", "--offline", "--reason", WHY, "--commit"]
    refused(mine, *promote)
    succeeds(mine, *promote, "--ignore-window")
    succeeds(mine, "publish", "--push")  # the commit that is pushed records the window, so that nobody is asked twice
    assert git(remote, "rev-parse", "main") == git(mine, "rev-parse", "HEAD") != there
    assert overrides(clone(remote, "on-call")) == [("chart", WHY), ("window", WHY)]
    refused(mine, "rollback", "web", "--env", "prod", "--commit")


def test_a_freeze_that_was_pushed_in_the_meantime_stops_a_publication(remote, tmp_path):
    platform, mine = clone(remote, "platform-2"), clone(remote, "mine")
    set_windows(mine, OPEN)
    git(mine, "push", "-q", "origin", "main")
    git(platform, "pull", "-q", "origin", "main")
    succeeds(mine, "bump", "web", "--env", "prod", "--image-tag", "9.9.0", "--commit")
    set_windows(platform, FREEZE)
    git(platform, "push", "-q", "origin", "main")
    there = git(remote, "rev-parse", "main")
    assert "prod is closed for `web`" in refused(mine, "publish", "--push").stderr
    assert git(remote, "rev-parse", "main") == there
    succeeds(mine, "publish", "--push", "--ignore-window", "--reason", WHY)
    assert git(remote, "log", "-1", "--format=%(trailers:only)", "main").splitlines() == [
        "Tiphys-Service: web",
        "Tiphys-Environment: prod",
        f"Tiphys-Override: window: {WHY}",
    ]
    assert overrides(clone(remote, "on-call")) == [("window", WHY)]


def test_a_publication_of_environments_without_a_freeze_is_not_stopped(remote):
    mine = clone(remote, "mine")
    succeeds(mine, "bump", "api", "--env", "dev", "--image-tag", "9.1.0", "--commit")
    succeeds(mine, "publish", "--push", "--ignore-window", "--reason", "not needed")
    assert "Override" not in git(remote, "log", "-3", "--format=%B", "main")


def test_a_removal_is_published_with_a_reason_that_a_commit_keeps(remote):
    mine = clone(remote, "mine")
    git(mine, "rm", "-q", "services/api/pipeline.yaml")
    git(mine, "commit", "-qm", "retire api")
    assert tiphys(mine, "publish", "--push").returncode == 1
    succeeds(mine, "publish", "--push", "--allow-delete", "--reason", "api is retired")
    assert git(remote, "log", "-1", "--format=%(trailers:only)", "main").splitlines() == [
        "Tiphys-Service: api",
        "Tiphys-Environment: dev",
        "Tiphys-Override: deletion: api is retired",
    ]


def test_a_commit_that_only_records_is_kept_when_the_remote_has_moved_and_nobody_is_asked_again(remote):
    mine, theirs = clone(remote, "mine"), clone(remote, "theirs")
    path = mine / "services/web/pipeline.yaml"
    path.write_text(path.read_text().replace("spec:\n", "spec:\n  replicas: 3\n", 1))
    git(mine, "commit", "-qam", "three replicas")
    refused(mine, "publish")
    succeeds(mine, "publish", "--ignore-window", "--reason", WHY)
    succeeds(theirs, "bump", "shop", "--env", "dev", "--image-tag", "2.0.0", "--commit")
    succeeds(theirs, "publish", "--push")
    succeeds(mine, "publish", "--push")
    assert git(remote, "log", "-5", "--format=%B", "main").count(f"Tiphys-Override: window: {WHY}") == 1
    assert overrides(clone(remote, "on-call")) == [("window", WHY)]


def test_a_trailer_in_a_commit_of_another_shape_opens_no_freeze(remote):
    mine = clone(remote, "mine")
    path = mine / "services/web/pipeline.yaml"
    path.write_text(path.read_text().replace("spec:\n", "spec:\n  replicas: 3\n", 1))
    succeeds(mine, "generate")
    forged = "Tiphys-Service: web\nTiphys-Environment: prod\nTiphys-Override: window: forged"
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", f"three replicas\n\n{forged}")
    refused(mine, "publish", "--push")


@pytest.mark.parametrize(
    ("later", "message"),
    [
        ("9.9.1", "Tiphys-Override: window: for 9.9.0 alone"),
        ("9.9.0", "Tiphys-Override: window:"),
        ("9.9.0", "Tiphys-Override: soak: not a window"),
    ],
)
def test_what_was_decided_about_one_version_opens_no_freeze_for_another(later, message, remote):
    mine = clone(remote, "mine")
    path = mine / "services/web/pipeline.yaml"
    trailers = "Tiphys-Service: web\nTiphys-Environment: prod\nTiphys-Image-Tag: 9.9.0"
    succeeds(mine, "bump", "web", "--env", "prod", "--image-tag", "9.9.0", "--ignore-window", "--reason", WHY)
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", f"by hand\n\n{trailers}\n{message}")
    if later != "9.9.0":
        path.write_text(path.read_text().replace("9.9.0", later))
        succeeds(mine, "generate")
        git(mine, "commit", "-qam", "the next version, by hand")
    assert "prod is closed for `web`" in refused(mine, "publish", "--push").stderr


ABOUT = "note\n\nTiphys-Service: web\nTiphys-Environment: prod\n"
WINDOW_SKIPPED = "Tiphys-Override: window: forged\n"
NOT_TOLD = {
    "an empty commit that names the version": (ABOUT + "Tiphys-Image-Tag: 9.9.0\n" + WINDOW_SKIPPED, ""),
    "an empty commit that names the chart, which was there before": (
        ABOUT + "Tiphys-Chart-Version: CHART\n" + WINDOW_SKIPPED,
        "",
    ),
    "two environments": (ABOUT + "Tiphys-Environment: dev\n" + WINDOW_SKIPPED, ""),
    "no reason": (ABOUT + "Tiphys-Override: window:\n", ""),
}
TOLD = {
    "a publication": (ABOUT + WINDOW_SKIPPED, ""),
    "a publication with a date before the release": (ABOUT + WINDOW_SKIPPED, "2001-01-01T00:00:00Z"),
    "a publication with a date in the far future": (ABOUT + WINDOW_SKIPPED, "2090-01-01T00:00:00Z"),
}


def released_by_hand(remote, message, date):
    """Return a clone with a release that was edited by hand, and an empty commit with a message on top of it."""
    mine = clone(remote, "mine")
    succeeds(mine, "bump", "web", "--env", "prod", "--image-tag", "9.9.0", "--ignore-window", "--reason", WHY)
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "by hand")
    chart = json.loads(succeeds(mine, "history", "web", "--env", "prod", "--format", "json").stdout)["releases"][0]["chart"]
    made = ["git", "-C", mine, "commit", "-q", "--allow-empty", "-m", message.replace("CHART", chart["version"])]
    when = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date} if date else {}
    subprocess.run(made, env=ENVIRONMENT | when, check=True)
    return mine


@pytest.mark.parametrize(("message", "date"), NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_history_does_not_tell_as_skipped_opens_no_freeze(message, date, remote):
    mine = released_by_hand(remote, message, date)
    assert "prod is closed for `web`" in refused(mine, "publish", "--push").stderr
    assert overrides(mine) == []


@pytest.mark.parametrize(("message", "date"), TOLD.values(), ids=TOLD)
def test_what_opens_a_freeze_is_told_by_history_whatever_date_it_says(message, date, remote):
    mine = released_by_hand(remote, message, date)
    succeeds(mine, "publish", "--push")
    assert overrides(clone(remote, "on-call")) == [("window", "forged")]


def test_a_window_for_a_version_opens_no_freeze_for_its_removal_and_one_for_the_removal_is_told(remote):
    mine = clone(remote, "mine")
    succeeds(mine, "bump", "web", "--env", "prod", "--image-tag", "9.9.0", "--ignore-window", "--reason", WHY, "--commit")
    git(mine, "rm", "-q", "services/web/pipeline.yaml")
    git(mine, "commit", "-qm", "retire web")
    skipped = ["--allow-delete", "--reason", "web is retired"]
    assert "prod is closed for `web`" in refused(mine, "publish", *skipped).stderr
    succeeds(mine, "publish", "--push", *skipped, "--ignore-window")
    assert {("deletion", "web is retired"), ("window", "web is retired")} <= {*overrides(clone(remote, "on-call"))}


def test_a_freeze_is_one_however_its_key_is_written(remote):
    platform = clone(remote, "platform-2")
    set_windows(platform, FREEZE.replace("windows", '"w\\x69ndows"'))
    git(platform, "push", "-q", "origin", "main")
    mine = clone(remote, "mine")
    path = mine / "services/web/pipeline.yaml"
    path.write_text(path.read_text().replace("spec:\n", "spec:\n  replicas: 3\n", 1))
    git(mine, "commit", "-qam", "three replicas")
    refused(mine, "publish", "--push")


def test_a_freeze_in_a_folder_of_environments_that_the_remote_has_moved_counts(remote):
    mine, platform = clone(remote, "mine"), clone(remote, "platform-2")
    succeeds(mine, "bump", "web", "--env", "prod", "--image-tag", "9.9.0", "--ignore-window", "--reason", WHY)
    git(mine, "add", "-A")
    git(mine, "commit", "-qm", "by hand")
    git(platform, "mv", "environments", "stages")
    settings = platform / "tiphys.yaml"
    settings.write_text(settings.read_text().replace("spec:\n", "spec:\n  environments: stages\n", 1))
    succeeds(platform, "generate")
    git(platform, "add", "-A")
    git(platform, "commit", "-qm", "stages")
    git(platform, "push", "-q", "origin", "main")
    there = git(remote, "rev-parse", "main")
    assert "year-end freeze" in tiphys(mine, "publish", "--push").stderr
    assert git(remote, "rev-parse", "main") == there

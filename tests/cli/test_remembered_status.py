"""`status` remembers the history that it has read, and says what it would say if it read all of it again."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.history.ledger import standing
from support.trees import write_tree
from support.workspace import workspace

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}, labels: {{team: {team}}}}}
spec:
  image: {{repository: ghcr.io/acme/{name}, tag: "{tag}"}}
  environments:
    dev: {{}}
    prod: {{image: {{tag: "{prod}"}}}}
"""


class Repository:
    """A repository whose history and working tree change at random."""

    def __init__(self, root: Path, chooser: random.Random) -> None:
        self.root, self.chooser, self.number = workspace(root), chooser, 0
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *words: str) -> int:
        self.number += 1
        who = ["-c", "user.name=An Engineer", "-c", "user.email=an@example.com", "-c", "commit.gpgsign=false"]
        date = f"{1_700_000_000 + 60 * self.number} +0000"
        environment = {
            "PATH": "/usr/bin:/bin",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
            "HOME": str(self.root.parent),
        }
        done = subprocess.run(["git", *who, *words], cwd=self.root, env=environment, check=False, capture_output=True)
        return done.returncode

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"change {self.number}")

    def one(self, *choices):
        return self.chooser.choice(choices)

    def spec(self) -> None:
        name = self.one("web", "api", "cart")
        tags = {"tag": self.one("1", "2", "3"), "prod": self.one("1", "2"), "team": self.one("red", "blue")}
        write_tree(self.root, {f"services/{self.one(name, name, name, 'copy')}/pipeline.yaml": SPEC.format(name=name, **tags)})

    def remove(self) -> None:
        found = sorted(self.root.glob("services/*/pipeline.yaml"))
        if found:
            self.one(*found).unlink()

    def rename(self) -> None:
        found = sorted(self.root.glob("services/*/pipeline.yaml"))
        if found:
            path = self.one(*found)
            path.write_text(path.read_text().replace("name: web", "name: shop"))

    def move(self) -> None:
        found = sorted(self.root.glob("services/*"))
        target = self.root / "services" / f"moved-{self.number}"
        if found:
            self.one(*found).rename(target)

    def invalid(self) -> None:
        write_tree(self.root, {"services/web/pipeline.yaml": self.one("a: [", "metadata: {name: web}\n", "")})

    def environment(self) -> None:
        path = self.root / "environments/prod.yaml"
        path.write_text(path.read_text().replace("1.1.0", self.one("1.2.0", "1.1.0")) + "# edited\n")

    def settings(self) -> None:
        more = self.one("", "  specs: [services/web/pipeline.yaml]\n", "  specs: ['services/*/*.yaml']\n")
        text = "apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/config.git\n"
        write_tree(self.root, {"tiphys.yaml": text + more})

    def readme(self) -> None:
        write_tree(self.root, {"README.md": str(self.number)})

    def merge(self) -> None:
        self.git("switch", "-q", "-c", f"side-{self.number}")
        branch = f"side-{self.number - 1}"
        self.spec()
        self.commit()
        self.git("switch", "-q", "main")
        self.readme()
        self.commit()
        self.git("merge", "-q", "--no-ff", "-X", "theirs", "-m", "merge", branch)

    def rewind(self) -> None:
        self.git("reset", "-q", "--hard", self.one("HEAD~1", "HEAD~2", "HEAD~3"))

    def amend(self) -> None:
        self.spec()
        self.git("add", "-A")
        self.git("commit", "-q", "--amend", "--allow-empty", "-m", "amended")

    def other_branch(self) -> None:
        self.git("switch", "-q", "--detach", self.one("HEAD~1", "main", "HEAD"))

    def back(self) -> None:
        self.git("switch", "-q", "-f", "main")

    STEPS = (
        "spec",
        "spec",
        "spec",
        "remove",
        "rename",
        "move",
        "invalid",
        "environment",
        "settings",
        "readme",
        "merge",
        "rewind",
        "amend",
        "other_branch",
        "back",
    )

    def step(self) -> str:
        what = self.one(*self.STEPS)
        getattr(self, what)()
        if self.chooser.random() < 0.7:
            self.commit()
        return what


def told(root: Path, *words: str):
    done = CliRunner().invoke(program, ["-C", str(root), "status", "--format", "json", *words], standalone_mode=False)
    assert done.exception is None or type(done.exception).__module__.startswith("generator."), done.exc_info
    return done.return_value, str(done.exception), done.output


@pytest.mark.parametrize("seed", range(4))
def test_no_history_makes_a_warm_status_say_anything_else_than_a_cold_one(seed, tmp_path, monkeypatch, request):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    repository, done, advanced = Repository(tmp_path / "w", random.Random(seed)), [], []
    advance = standing.Remembered._advanced

    def noted(self, kept, head):
        found = advance(self, kept, head)
        advanced.append(found is not None and found is not kept)
        return found

    monkeypatch.setattr(standing.Remembered, "_advanced", noted)
    for _ in range(300 if request.config.getoption("--exhaustive") else 30):
        done.append(repository.step())
        assert told(repository.root) == told(repository.root, "--no-cache"), done[-9:]
    assert sum(advanced) >= 3, "hardly any commit was read by itself"


def test_a_commit_reads_the_story_of_the_services_that_it_touched_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    repository = Repository(tmp_path / "w", random.Random(0))
    for name in ("api", "cart"):
        write_tree(repository.root, {f"services/{name}/pipeline.yaml": SPEC.format(name=name, team="red", tag="1", prod="1")})
    repository.commit()
    stories: list[str] = []
    story = standing.Story

    def noted(root, workspace, service=""):
        stories.append(service)
        return story(root, workspace, service)

    monkeypatch.setattr(standing, "Story", noted)
    told(repository.root)
    told(repository.root)
    assert stories == [""]
    write_tree(repository.root, {"services/api/pipeline.yaml": SPEC.format(name="api", team="red", tag="2", prod="1")})
    repository.commit()
    assert '"2"' in told(repository.root)[2]
    assert stories == ["", "api"]


def test_a_damaged_memory_is_read_again_from_git(tmp_path, monkeypatch):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    repository = Repository(tmp_path / "w", random.Random(0))
    first = told(repository.root)
    kept = next((tmp_path / "cache").rglob("*.standings"))
    for content in (b"[]", b"{}", b'["x", {}, {"web": ["", "", {"dev": [1]}]}]', b"\xff"):
        standing.Store(str(kept.parent)).put(kept.name, content)
        assert told(repository.root) == first

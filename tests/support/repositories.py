"""Git repositories with a past, made from steps that are data."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from generator.history.ledger import Release
from generator.history.ledger.story import Story
from generator.history.ledger.versions import UnreadableVersionError, Version, Versions

START = 1_700_000_000
HOUR = 3600

ENVIRONMENT = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  argocd: {{project: shop, destination: {{namespace: shop-{name}}}}}
  chart: {{name: service, version: "{chart}", repository: "oci://registry.example.com/{name}"}}
{more}"""

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}}}
spec:
  image: {{repository: ghcr.io/acme/{name}}}
  environments:
{environments}"""


def spec(name: str = "web", **tags: str) -> str:
    """Return a spec with a tag for each environment; a value that starts with a brace is the whole overlay."""
    overlays = {env: tag if tag.startswith("{") else '{image: {tag: "' + tag + '"}}' for env, tag in tags.items()}
    lines = [f"    {env}: {overlay}\n" for env, overlay in overlays.items()]
    return SPEC.format(name=name, environments="".join(lines) or "    {}\n")


def environment(name: str, chart: str = "1.0.0", more: str = "") -> str:
    return ENVIRONMENT.format(name=name, chart=chart, more=more)


class Repository:
    """A repository; every commit is made an hour after the last one, by whom a step says."""

    def __init__(self, folder: Path, below: str = "") -> None:
        self.folder = folder
        self.root = folder / below if below else folder
        self.clock = 0
        self.root.mkdir(parents=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        self.env = kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_EDITOR": "true"}
        self.git("init", "-q", "-b", "main")
        self.write("tiphys.yaml", "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://example.com/r}\n")
        self.write("environments/dev.yaml", environment("dev"))
        self.write("environments/prod.yaml", environment("prod", more="  promotion: {from: dev}\n"))

    def git(self, *arguments: str, who: str = "Ann", ok: bool = True) -> str:
        time = f"{START + self.clock * HOUR} +0000"
        people = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", who), ("EMAIL", f"{who.split()[0].lower()}@example.com"), ("DATE", time))
        }
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=self.root, env=self.env | people, capture_output=True, check=False)
        assert done.returncode == 0 or not ok, (arguments, done.stderr, done.stdout)
        return done.stdout.decode("utf-8", "replace").strip()

    def write(self, path: str, content: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    def commit(self, subject: str, who: str = "Ann") -> str:
        self.clock += 1
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", subject, who=who)
        return self.git("rev-parse", "HEAD")

    def play(self, steps: list[dict]) -> None:
        """Do what the steps of a case say, one after the other."""
        for step in steps:
            (verb, value), *rest = step.items()
            getattr(self, f"do_{verb}")(value, **dict(rest))

    def do_spec(self, value: dict, path: str = "services/web/pipeline.yaml") -> None:
        self.write(path, spec(**value))

    def do_environment(self, value: dict) -> None:
        self.write(f"environments/{value['name']}.yaml", environment(**value))

    def do_write(self, value: str, path: str) -> None:
        self.write(path, value)

    def do_move(self, value: str, to: str) -> None:
        (self.root / to).parent.mkdir(parents=True, exist_ok=True)
        (self.root / value).rename(self.root / to)

    def do_delete(self, value: str) -> None:
        (self.root / value).unlink()

    def do_commit(self, value: str, by: str = "Ann") -> None:
        self.commit(value, by)

    def do_branch(self, value: str) -> None:
        self.git("checkout", "-q", "-b", value)

    def do_checkout(self, value: str) -> None:
        self.git("checkout", "-q", value)

    def do_merge(self, value: str, by: str = "Ann", how: str = "--no-ff") -> None:
        self.clock += 1
        self.git("merge", "-q", how, value, *(["-m", f"Merge {value}"] if how == "--no-ff" else []), who=by)

    def do_squash(self, value: str, by: str = "Ann") -> None:
        self.git("merge", "-q", "--squash", value)
        self.commit(f"Squash {value}", by)

    def do_rebase(self, value: str, by: str = "Ann") -> None:
        self.clock += 1
        self.git("rebase", "-q", value, who=by)


def states(story: Story, service: str, environment: str) -> Iterator[tuple[str, Version | None]]:
    """Yield the commits at which something about a service may have changed, each with the version that it declares."""
    versions = Versions(story.contents)
    for point in story.points(service, environment):
        try:
            yield point.commit.id, versions.version(point.spec, environment, point.environment)
        except UnreadableVersionError:
            continue


def told(release: Release) -> str:
    """Return a release as the cases write it."""
    hour = (release.landed.committed - START) // HOUR
    version = release.version
    text = f"{release.number} {version.image_tag or version.digest[:13]} chart {version.chart_version}"
    text += f", was {release.before.image_tag} chart {release.before.chart_version}" if release.before else ", new"
    text += f"; {release.author} at {hour}: {release.made.subject}"
    if release.promoted_from:
        text += f"; from {release.promoted_from}"
    return text + ("; ended" if release.ended else "")

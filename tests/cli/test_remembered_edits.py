"""Whatever is edited, in whatever order: with what is remembered, the same bytes, findings and exit codes as without."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.pipeline.memory.memory import Memory
from generator.system import clock
from support.at_once import said_at_once
from support.trees import read_tree, write_tree

CHAINS, EDITS = 8, 250
"""Each edit ends a sequence of all those before it."""

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}}}
spec:
  image: {{repository: ghcr.io/acme/{name}, tag: "{tag}"}}
  replicas: {replicas}
  rollout: {rollout}
  environments:
    dev: {{}}
    prod: {{{more}}}
"""
ENVIRONMENT = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  argocd: {{project: default, destination: {{server: https://{name}.example.net, namespace: shop}}}}
  chart: {{name: service, version: "{chart}", repository: "oci://charts.example.net/{name}"}}
  defaults: {{replicas: {replicas}}}
"""
PRESET = """\
apiVersion: tiphys/v1
kind: Strategy
metadata: {{name: mine}}
spec: {{strategy: {{canary: {{steps: [{{setWeight: {weight}}}, {{pause: {pause}}}]}}}}}}
"""
ANALYSIS = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {{name: smoke}}{comment}
spec: {{metrics: [{{name: ok, successCondition: "{condition}", provider: {{web: {{url: "https://example.net"}}}}}}]}}
"""
SETTINGS = """\
apiVersion: tiphys/v1
kind: Workspace
spec:
  repoURL: https://git.example.net/config.git
{more}"""
NAMES = ["api", "cart", "web", "web2"]
ROLLOUTS = [
    "null",
    "{preset: mine}",
    "{preset: blue-green}",
    "{preset: nope}",
    "{strategy: {canary: {steps: [{setWeight: 20}, {setWeight: 10}]}}}",
]
TEXTS = ["", "nonsense: [", "kind: Nothing\n", "\ufeffkind: Pipeline\n", "a: &x {b: *x}\n"]


class Area:
    """A workspace that is edited at random."""

    def __init__(self, root: Path, chooser: random.Random) -> None:
        self.root, self.chooser = root, chooser
        self.old = chooser.random() < 0.5
        write_tree(root, {"tiphys.yaml": SETTINGS.format(more="")})
        subprocess.run(["git", "init", "-q", root], check=True)
        for name in ("dev", "prod"):
            self.environment(name)
        for name in NAMES[:3]:
            self.spec(name)
        self.preset()

    def one(self, *choices):
        return self.chooser.choice(choices)

    def write(self, path: str, content: str) -> None:
        if self.root.joinpath(path).is_dir():
            return
        write_tree(self.root, {path: content})

    def spec(self, name: str = "") -> None:
        name = name or self.one(*NAMES)
        more = self.one("", "replicas: 9", "rollout: {preset: mine}", "image: {tag: '3'}", "nope: 1")
        if self.chooser.random() < 0.3:
            more = "rollout: {strategy: {canary: {analysis: {templates: [{file: ../../shared/smoke.yaml}]}, steps: [{setWeight: 5}]}}}"
        spec = SPEC.format(
            name=self.one(name, name, name, "api"),
            tag=self.one("1", "2"),
            replicas=self.one(1, 2),
            rollout=self.one(*ROLLOUTS),
            more=more,
        )
        if self.chooser.random() < 0.1:
            spec += "  # tiphys: ignore[TP201] because of the test\n"
        self.write(f"services/{name}/pipeline.yaml", spec)

    def environment(self, name: str = "") -> None:
        name = name or self.one("dev", "prod", "stage")
        self.write(
            f"environments/{name}.yaml",
            ENVIRONMENT.format(name=name, chart=self.one("1.0.0", "1.1.0"), replicas=self.one(1, 3)),
        )

    def preset(self) -> None:
        self.write("strategies/mine.yaml", PRESET.format(weight=self.one(10, 50), pause=self.one("{}", "{duration: 1m}")))

    def analysis(self) -> None:
        comment = self.one("", "  # tiphys: ignore[TP301] because of the test")
        self.write("shared/smoke.yaml", ANALYSIS.format(condition=self.one("result == 1", "result =="), comment=comment))

    def settings(self) -> None:
        more = self.one(
            "",
            "  lint: {rules: {TP201: error}}\n",
            "  specs: [services/*/pipeline.yaml]\n",
            "  lint: {failLevel: warning}\n",
            "  output: out\n",
        )
        self.write("tiphys.yaml", SETTINGS.format(more=more))

    def template(self) -> None:
        path = self.root / "templates/root.yaml"
        if path.exists():
            path.unlink()
        else:
            self.write("templates/root.yaml", self.one("a: {{ nope }}\n", "kind: Application\n"))

    def any_file(self, below: str = "") -> Path | None:
        found = [path for path in sorted((self.root / below).rglob("*")) if path.is_file() and ".git" not in path.parts]
        return self.chooser.choice(found) if found else None

    def remove(self) -> None:
        path = self.any_file(self.one("services", "environments", "strategies", "generated", "shared"))
        if path:
            path.unlink()

    def spoil(self) -> None:
        path = self.any_file(self.one("services", "environments", "generated", ""))
        if path:
            path.write_text(self.one(*TEXTS))

    def same_size(self) -> None:
        path = self.any_file(self.one("services", "environments", "generated"))
        if path and path.stat().st_size > 20:
            before, raw = path.stat(), bytearray(path.read_bytes())
            raw[self.chooser.randrange(len(raw))] = self.chooser.randrange(48, 122)
            path.write_bytes(raw)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def swap(self) -> None:
        below = self.one("services", "generated")
        one, other = self.any_file(below), self.any_file(below)
        if one and other and one != other:
            one.rename(self.root / "kept")
            other.rename(one)
            (self.root / "kept").rename(other)

    def move(self) -> None:
        folders = [path for path in sorted((self.root / "services").glob("*")) if path.is_dir()]
        if folders:
            target = self.root / self.one("services/moved", "moved", "services/web")
            if not target.exists():
                self.chooser.choice(folders).rename(target)

    def link(self) -> None:
        path = self.any_file(self.one("services", "generated", "environments"))
        if path and path.parent.name not in ("services", self.root.name):
            folder = self.one(path, path.parent)
            target = self.root.parent / f"away-{self.chooser.random()}"
            folder.rename(target)
            folder.symlink_to(target)

    def unlink(self) -> None:
        for path in sorted(self.root.rglob("*")):
            if path.is_symlink():
                target = path.readlink()
                path.unlink()
                target.rename(path)

    def touch(self) -> None:
        path = self.any_file()
        if path:
            os.utime(path)

    def extra(self) -> None:
        self.write(
            self.one("generated/dev/old/values.yaml", "services/x.yaml", "README.md", "generated/x", "charts/a/Chart.yaml"),
            self.one("", "a: 1\n", "kind: Pipeline\napiVersion: tiphys/v1\n"),
        )

    def repair(self) -> None:
        """Write every input anew, so that not all states are broken ones."""
        for path in sorted(self.root.rglob("*")):
            if path.is_symlink():
                path.unlink()
        for folder in ("services", "environments", "templates", "moved", "strategies", "charts"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.write("tiphys.yaml", SETTINGS.format(more=""))
        self.analysis()
        self.preset()
        for name in ("dev", "prod"):
            self.environment(name)
        for name in NAMES[:3]:
            self.sound(name)

    def sound(self, name: str = "") -> None:
        name = name or self.one(*NAMES[:3])
        rollout = self.one("null", "{preset: blue-green}", "{preset: mine}")
        spec = SPEC.format(name=name, tag=self.one("1", "2"), replicas=self.one(1, 2), rollout=rollout, more="")
        self.write(f"services/{name}/pipeline.yaml", spec)

    def edit(self, *, is_broken: bool) -> str:
        """Do anything; return what. Most often that is a repair where nothing can be generated."""
        what = self.one(
            "spec",
            "spec",
            "spec",
            "environment",
            "preset",
            "analysis",
            "settings",
            "template",
            "remove",
            "spoil",
            "same_size",
            "swap",
            "move",
            "link",
            "unlink",
            "unlink",
            "touch",
            "extra",
            *["sound"] * 6,
        )
        what = "repair" if is_broken and self.chooser.random() < 0.7 else what
        getattr(self, what)()
        return what


def said(folder: Path, *words: str):
    done = CliRunner(env={"GITHUB_ACTIONS": ""}).invoke(program, ["-C", str(folder), *words], standalone_mode=False)
    assert done.exception is None or type(done.exception).__module__.startswith("generator."), done.exc_info
    return done.return_value, str(done.exception), getattr(done.exception, "hint", ""), done.output


@pytest.mark.parametrize("chain", range(CHAINS))
def test_no_sequence_of_edits_makes_a_warm_run_say_anything_else_than_a_cold_one(chain, tmp_path, monkeypatch, request):
    monkeypatch.setenv("TIPHYS_CACHE_DIR", str(tmp_path / "cache"))
    chooser = random.Random(chain)
    area, done = Area(tmp_path / "w", chooser), []
    monkeypatch.setattr("generator.cli.remembering.identity", lambda _store: f"version {area.old}")
    monkeypatch.setattr("generator.cli.at_once.identity", lambda _store: f"version {area.old}")
    monkeypatch.setattr(clock, "nanoseconds", lambda: time.time_ns() + (3_600_000_000_000 if area.old else 0))
    held, is_broken = _counted(monkeypatch), False
    for _ in range(EDITS * (10 if request.config.getoption("--exhaustive") else 1)):
        done.append(area.edit(is_broken=is_broken))
        if chooser.random() < 0.05:
            area.old = not area.old
        if chooser.random() < 0.25:
            words = area.one(["--allow-delete"], ["--hook"], ["--hook", "--allow-delete"])
            done.append("generate " + " ".join(words))
            if chooser.random() < 0.7:
                subprocess.run(["git", "add", "-A", area.one(".", "services", "environments")], cwd=area.root, check=False)
            copy = tmp_path / "copy" / "w"
            shutil.copytree(area.root, copy, symlinks=True)
            warm, cold = said(area.root, "generate", *words), said(copy, "generate", *words, "--no-cache")
            assert _without_folder(warm, area.root) == _without_folder(cold, copy), done[-9:]
            assert read_tree(area.root / "generated") == read_tree(copy / "generated"), done[-9:]
            shutil.rmtree(copy.parent)
        if chooser.random() < 0.3:
            assert said(area.root, "lint") == said(area.root, "lint", "--no-cache"), done[-9:]
        early = said_at_once(["-C", str(area.root), "check"])
        warm, cold = said(area.root, "check"), said(area.root, "check", "--no-cache")
        assert warm == cold, done[-9:]
        assert early in (None, (cold[0], cold[3])), done[-9:]
        held["at once"] += early is not None
        is_broken = warm[0] != 0 and "To fix: " not in warm[3]
    assert min(held.values()) >= 2, "the memory was hardly ever asked"
    assert sum(held.values()) >= EDITS // 10, "the memory was hardly ever asked"


def _without_folder(told: tuple, folder: Path) -> tuple:
    return tuple(part.replace(str(folder), "FOLDER") if isinstance(part, str) else part for part in told)


def _counted(monkeypatch) -> dict[str, int]:
    """Count how often what is remembered held."""
    held = dict.fromkeys(("answers", "at once", "all units", "some units"), 0)
    answer, settled = Memory.answer, Memory.settled

    def answered(self, shape):
        found = answer(self, shape)
        held["answers"] += found is not None
        return found

    def kept(self, inputs, **how):
        found = settled(self, inputs, **how)
        held["all units"] += len(found) == len(inputs.paths)
        held["some units"] += 0 < len(found) < len(inputs.paths)
        return found

    monkeypatch.setattr(Memory, "answer", answered)
    monkeypatch.setattr(Memory, "settled", kept)
    return held

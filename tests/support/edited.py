"""A workspace that is edited at random, in every way that files can change."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

from support.trees import write_tree

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

    def folder(self) -> None:
        path = self.any_file(self.one("services", "generated"))
        if path:
            path.unlink()
            path.mkdir()

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

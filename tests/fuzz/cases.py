"""Cases: from a number to a workspace with some files changed, always the same for the same number."""

from __future__ import annotations

import base64
import json
import random
from typing import NamedTuple

import seeds
from mutations import mutated

IN_WORKSPACE = (
    "specs",
    "environments",
    "presets",
    "templates",
    "profiles",
    "charts",
    "projects",
    "settings",
    "baselines",
    "rules",
)
WEIGHTS = {
    "specs": 30, "environments": 14, "presets": 8, "templates": 8, "profiles": 8, "charts": 3, "projects": 4, "settings": 7,
    "baselines": 2, "rules": 8, "manifests": 10, "packages": 4, "histories": 3, "editor": 5, "playground": 4,
}  # fmt: skip
"""The targets, and how often each has its turn."""


class Case(NamedTuple):
    """One input: what is changed in which workspace, and the number from which all else is drawn."""

    target: str
    number: str
    base: str
    files: dict[str, bytes]

    def tree(self) -> dict[str, bytes]:
        """Return all files."""
        return {**trees[self.base], **self.files} if self.base else dict(self.files)

    def dumped(self) -> str:
        """Return the case as text."""
        files = {path: base64.b64encode(raw).decode() for path, raw in self.files.items()}
        return json.dumps({**self._asdict(), "files": files}, indent=2)


trees: dict[str, dict[str, bytes]] = {}
"""By base, its files with what is generated from them."""


def loaded(text: str) -> Case:
    """Return a case from its text."""
    said = json.loads(text)
    return Case(**{**said, "files": {path: base64.b64decode(raw) for path, raw in said["files"].items()}})


def made(seed: int, index: int, targets: tuple[str, ...]) -> Case:
    """Return the case of a number."""
    number = f"{seed}/{index}"
    chooser = random.Random(number)
    target = chooser.choices(targets, [WEIGHTS[name] for name in targets])[0]
    if target == "manifests":
        count = chooser.choice((1, 1, 1, 2, 3))
        files = {f"{n}.yaml": mutated(chooser, chooser.choice(seeds.manifests())) for n in range(count)}
        return Case(target, number, "", files)
    if target == "packages":
        raw = mutated(chooser, seeds.workspaces()["rich"]["charts/web/Chart.yaml"])
        return Case(target, number, "", {"Chart.yaml": raw})
    kind = target if target in IN_WORKSPACE else chooser.choice(("specs", "specs", "environments", "presets", "settings"))
    base, path = chooser.choice(seeds.by_kind(kind, broken=chooser.random() < 0.2))
    files = {path: mutated(chooser, _start(chooser, kind, seeds.workspaces()[base][path]))}
    if chooser.random() < 0.1:
        other = chooser.choice([name for name in seeds.workspaces()[base] if name != path])
        files[other] = mutated(chooser, seeds.workspaces()[base][other])
    return Case(target, number, base, files)


def _start(chooser: random.Random, kind: str, raw: bytes) -> bytes:
    """Return what a file is before it is changed: now and then one that was hostile once."""
    return chooser.choice(seeds.hostile_specs()) if kind == "specs" and chooser.random() < 0.08 else raw

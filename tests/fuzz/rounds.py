"""What is done with a case: every command that would meet it, and what must hold of each."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import cases
import editors
import histories
import packages
import yaml
from area import Area, Snapshot, differing, snapshot
from calls import Called, Fault, call, weighed
from cases import Case

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")


def run(area: Area, case: Case) -> None:
    """Do what there is to do with a case; raises Fault for what must not be."""
    chooser = random.Random(f"{case.number} round")
    os.chdir(area.folder)
    _ROUNDS.get(case.target, _workspace)(area, case, chooser)
    touched = area.touched()
    if touched:
        raise Fault("written outside", f"outside of the workspace: {touched}")
    weighed("after all")


def _workspace(area: Area, case: Case, chooser: random.Random) -> None:
    base = case.base
    if chooser.random() < 0.15:
        base += " in git"
        area.commit(base, cases.trees[case.base])
    root = area.lay(base, case.tree())
    os.chdir(root)
    before = snapshot(root)
    done = call("generate", *chooser.choice(((), (), ("--allow-delete",), ("--format", chooser.choice(FORMATS)))))
    _nothing_written(done, root, before)
    if done.code == 0:
        _is_clean(root)
    linted = call("lint", *_formats(area, chooser))
    if done.code == 0 and linted.code != 0:
        raise Fault("generate takes what lint refuses", done.story + linted.story)
    now = snapshot(root)
    for _ in range(2 if done.code == 0 else 1):
        chooser.choice(_of_git(base) + (_FURTHER if done.code == 0 or chooser.random() < 0.3 else _ALWAYS))(area, root, chooser)
    if done.code == 0 and chooser.random() < 0.3:
        area.lay(base, {path: raw for path, (_, raw) in now.items()})
        _there_and_back(root, chooser)


def _of_git(base: str) -> tuple[Callable[[Area, str, random.Random], None], ...]:
    return _GIT * 3 if base.endswith("git") else ()


def _formats(area: Area, chooser: random.Random) -> list[str]:
    if chooser.random() < 0.7:
        return ["--format", chooser.choice(FORMATS)]
    return [word for name in FORMATS for word in ("--format", f"{name}={area.at('out', name)}")]


def _nothing_written(done: Called, root: str, before: Snapshot) -> None:
    changed = differing(before, snapshot(root)) if done.code else []
    if changed:
        raise Fault(f"{done.words[0]} writes and fails", f"{done.story}changed: {changed}")


def _is_clean(root: str) -> None:
    written = snapshot(root)
    checked = call("check")
    if checked.code:
        raise Fault("check is not clean after generate", checked.story)
    again = call("generate")
    if again.code or differing(written, snapshot(root)):
        raise Fault("generate twice is not generate once", again.story)


def _reads(area: Area, root: str, *words: str) -> None:
    """Call a command that writes nothing."""
    before = snapshot(root)
    done = call(*words)
    changed = differing(before, snapshot(root))
    if changed:
        raise Fault(f"{words[0]} writes", f"{done.story}changed: {changed}")


def _spec(root: str, chooser: random.Random) -> tuple[str, str, str]:
    """Return the path of a spec, its service and one of its environments; made up where nothing can be read."""
    found = []
    for folder, _, names in os.walk(root):
        if ".git" in folder or "generated" in folder:
            continue
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                raw = file.read()
            if b"kind: Pipeline" in raw:
                found.append(path)
    if not found:
        return "", "web", "prod"
    path = chooser.choice(sorted(found))
    name, environments = os.path.basename(os.path.dirname(path)), ["prod"]
    try:
        with open(path, "rb") as file:
            said = yaml.load(file.read(), yaml.CSafeLoader)
        name = str(said["metadata"]["name"])
        environments = [str(one) for one in said["spec"]["environments"]]
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        pass  # PyYAML itself stumbles over some scalars: `+` with a tag of numbers is an IndexError
    environment = chooser.choice(environments or ["prod"])
    usable = not {"\0"} & set(name + environment) and name.isprintable() and environment.isprintable()
    return (path, name, environment) if usable else ("", "web", "prod")


def _plan(area: Area, root: str, chooser: random.Random) -> None:
    _, name, environment = _spec(root, chooser)
    more = chooser.choice(((), ("--first-deploy",), ("--abort-at", "1"), ("--replicas", "0"), ("--replicas", "10000")))
    _reads(
        area,
        root,
        "plan",
        f"--env={environment}",
        f"--format={chooser.choice(('text', 'json', 'svg', 'mermaid'))}",
        *more,
        "--",
        name,
    )
    _reads(area, root, "plan", f"--env={environment}")


def _render(area: Area, root: str, chooser: random.Random) -> None:
    _, name, environment = _spec(root, chooser)
    _reads(area, root, "render", f"--env={environment}", "--", name)


def _explain(area: Area, root: str, chooser: random.Random) -> None:
    _, name, environment = _spec(root, chooser)
    paths = (
        "image.tag",
        "values",
        "values.env",
        "replicas",
        "rollout",
        "spec",
        "",
        "values.env[0]",
        "a[",
        "chart.version",
        "[0]",
        "…",
    )
    _reads(area, root, "explain", f"--env={environment}", "--", name, chooser.choice(paths))


def _diff(area: Area, root: str, chooser: random.Random) -> None:
    more = chooser.choice(((), ("HEAD",), ("--promote", "dev:prod"), ("HEAD..HEAD",)))
    _reads(area, root, "diff", f"--format={chooser.choice(('text', 'markdown', 'json'))}", *more)


def _affected(area: Area, root: str, chooser: random.Random) -> None:
    _reads(area, root, "affected", "--since", "HEAD", "--format", chooser.choice(("text", "json")))


def _status(area: Area, root: str, chooser: random.Random) -> None:
    _, name, environment = _spec(root, chooser)
    _reads(area, root, "status", "--format", chooser.choice(("table", "json", "csv")))
    _reads(area, root, "history", f"--env={environment}", "--", name)


def _hook(area: Area, root: str, chooser: random.Random) -> None:
    call("generate", "--hook")


def _fix(area: Area, root: str, chooser: random.Random) -> None:
    call("lint", "--fix", *chooser.choice(((), ("--unsafe-fixes",))))
    fixed = snapshot(root)
    again = call("lint", "--fix")
    if differing(fixed, snapshot(root)):
        raise Fault("lint --fix is not done after once", again.story)


def _baseline(area: Area, root: str, chooser: random.Random) -> None:
    done = call("lint", "--baseline", "new-baseline.json", "--write-baseline")
    if done.code == 0 and call("lint", "--baseline", "new-baseline.json").code > 1:
        raise Fault("a baseline that was written is not read", done.story)


def _report(area: Area, root: str, chooser: random.Random) -> None:
    if chooser.random() < 0.35:  # it takes twenty times as long as the others
        before, site = snapshot(root), area.fresh("site", "s")
        done = call("report", "-q", "-o", site)
        if differing(before, snapshot(root)) or (done.code == 2 and os.path.exists(site)):
            raise Fault("report writes what it should not", done.story)


def _only(area: Area, root: str, chooser: random.Random) -> None:
    _, name, environment = _spec(root, chooser)
    _reads(area, root, "check", f"--env={environment}", "--", name)
    _reads(area, root, "generate", "--diff", "--", name)


def _there_and_back(root: str, chooser: random.Random) -> None:
    """Bump a service and bump it back: every byte is as before."""
    path, name, environment = _spec(root, chooser)
    try:
        with open(path, "rb") as file:
            image = yaml.load(file.read(), yaml.CSafeLoader)["spec"]["environments"][environment]["image"]
        tag = image["tag"]
    except (OSError, yaml.YAMLError, ValueError, TypeError, LookupError, RecursionError):
        return
    if not isinstance(tag, str) or "digest" in image:  # a bump drops the digest of the image before
        return
    before = snapshot(root)
    there = call("bump", f"--env={environment}", "--force", "--reason=test", "--image-tag=7.7.7", "--", name)
    _nothing_written(there, root, before)
    if there.code:
        return
    back = call("bump", f"--env={environment}", "--force", "--reason=test", f"--image-tag={tag}", "--", name)
    if back.code or differing(before, snapshot(root)):
        raise Fault("bump there and back changes bytes", f"{there.story}{back.story}{differing(before, snapshot(root))}")


def _manifests(area: Area, case: Case, chooser: random.Random) -> None:
    root = area.lay("manifests", case.files)
    os.chdir(root)
    more = chooser.choice(((), (), ("--strict-references",), ("--fail-level", "warning")))
    _reads(area, root, "lint", "--manifests", *more, *_formats(area, chooser), ".")
    call("lint", "--manifests", "-", stdin=case.files.get("0.yaml", b""))


_GIT: tuple[Callable[[Area, str, random.Random], None], ...] = (_status, _diff, _affected, _hook)
_ALWAYS = (_fix, _baseline, _report, _only, _status)
_FURTHER = (*_ALWAYS, _plan, _plan, _plan, _render, _explain, _explain)
_ROUNDS: dict[str, Callable[[Area, Case, random.Random], None]] = {
    "manifests": _manifests,
    "packages": packages.round_of,
    "histories": histories.round_of,
    "editor": editors.session,
    "playground": editors.playground,
}

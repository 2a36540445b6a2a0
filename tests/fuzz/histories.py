"""Git histories: commits that people, tools and clocks have made badly."""

from __future__ import annotations

import os
import random
import shutil
import subprocess

import cases
import seeds
from area import GIT, Area, differing, snapshot
from calls import Fault, call
from cases import Case
from mutations import mutated

_NAMES = (
    b"Ann",
    b"",
    b"<b>x</b>",
    b"\xff\xfe",
    b"\xe2\x80\xae evil",
    b"\x1b[31mred",
    b"x" * 300,
    b"::error::x",
    b"A\tB",
    b"=cmd()",
)
_MESSAGES = (
    b"start", b"", b"\n\n", b"\xff\xfe", b"Promote\n\nTiphys-From: dev\nTiphys-Image-Tag: 9.9.9\n", b"x" * 5000, b"a\x1b[2Jb\x07",
    b"::set-output name=x::y", b"subject\r\nmore", b"GH-1 @all #2 <script>", b"\xe2\x80\xa8line", b"Tiphys-From: \xff\n", b"%H%n%x00", b"\x01\x02\x1e\x1f",
    b"Rollback\n\nTiphys-Rollback: " + b"0" * 40,
)  # fmt: skip
_DATES = ("1767225600 +0000", "0 +0000", "99999999999999 +0000", "253402300800 +0000", "4102444800 +9999", "1 -1400", "9223372036854775807 +0000", "1767225600 +0530")  # fmt: skip
_MODES = ("100644", "100644", "100644", "100755", "120000")


def round_of(area: Area, case: Case, chooser: random.Random) -> None:
    """Make a history, and ask for it in several ways."""
    root = area.fresh("w", "history")
    os.makedirs(root)
    try:
        _make(root, case, chooser)
        _ask(root, chooser)
    finally:
        os.chdir(area.folder)
        shutil.rmtree(root, ignore_errors=True)


def _make(root: str, case: Case, chooser: random.Random) -> None:
    environment = {**os.environ, **GIT}
    subprocess.run(("git", "init", "-q", "-b", "main"), cwd=root, env=environment, check=True, capture_output=True)
    stream = _stream(case, chooser)
    command = ("git", "fast-import", "--quiet", "--force", "--date-format=raw-permissive")
    subprocess.run(command, cwd=root, env=environment, input=stream, check=False, capture_output=True)
    for name in os.listdir(root):
        if name.startswith("fast_import_crash"):
            os.unlink(os.path.join(root, name))
    subprocess.run(("git", "reset", "-q", "--hard"), cwd=root, env=environment, check=False, capture_output=True)


def _stream(case: Case, chooser: random.Random) -> bytes:
    tree = cases.trees[case.base]
    lines = [_commit(chooser, 1, 0, {path: ("100644", raw) for path, raw in tree.items()})]
    count = chooser.choice((1, 2, 3, 5))
    lines += [
        _commit(chooser, number, chooser.choice((number - 1, number - 1, 1)), _changes(case, chooser))
        for number in range(2, count + 2)
    ]
    lines.append(b"reset refs/heads/main\nfrom :%d\n\n" % (count + 1))
    return b"".join(lines)


def _changes(case: Case, chooser: random.Random) -> dict[str, tuple[str, bytes] | None]:
    changed: dict[str, tuple[str, bytes] | None] = {}
    paths = sorted(seeds.workspaces()[case.base])
    for path in chooser.sample(paths, min(len(paths), chooser.choice((1, 1, 2, 4)))):
        raw = case.files.get(path) if chooser.random() < 0.5 else None
        raw = raw if raw is not None else _moved(chooser, cases.trees[case.base][path])
        changed[path] = None if chooser.random() < 0.1 else (chooser.choice(_MODES), raw)
    if chooser.random() < 0.1:
        changed[chooser.choice(("services/new/pipeline.yaml", "a\\b", "é.yaml", "-x", "services/web"))] = ("160000", b"1" * 40)
    return changed


def _moved(chooser: random.Random, raw: bytes) -> bytes:
    """Return a file with other versions, or changed in any way."""
    if chooser.random() < 0.6:
        version = b"%d.%d.%d" % tuple(chooser.randrange(12) for _ in range(3))
        return raw.replace(b"1.0.0", version) if chooser.random() < 0.5 else raw.replace(b"1.1.0", version)
    return mutated(chooser, raw)


def _commit(chooser: random.Random, mark: int, parent: int, files: dict[str, tuple[str, bytes] | None]) -> bytes:
    def person(what: bytes) -> bytes:
        return what + b" " + chooser.choice(_NAMES).replace(b"<", b"").replace(b">", b"") + b" <%s> %s\n" % (
            chooser.choice((b"a@example.com", b"", b"x y", b"\xff")), chooser.choice(_DATES).encode())  # fmt: skip

    message = chooser.choice(_MESSAGES)
    parts = [b"commit refs/heads/b%d\nmark :%d\n" % (mark, mark), person(b"author"), person(b"committer")]
    if chooser.random() < 0.1:
        parts.append(b"encoding " + chooser.choice((b"latin1", b"none-such", b"UTF-16")) + b"\n")
    parts.append(b"data %d\n%s\n" % (len(message), message))
    if parent:
        parts.append(b"from :%d\n" % parent)
    if parent > 1 and chooser.random() < 0.2:
        parts.append(b"merge :%d\n" % chooser.randrange(1, parent))
    for path, file in files.items():
        quoted = b'"' + path.replace("\\", "\\\\").encode() + b'"'
        if file is None:
            parts.append(b"D " + quoted + b"\n")
        elif file[0] == "160000":
            parts.append(b"M 160000 " + file[1] + b" " + quoted + b"\n")
        else:
            parts.append(b"M %s inline %s\ndata %d\n%s\n" % (file[0].encode(), quoted, len(file[1]), file[1]))
    return b"".join([*parts, b"\n"])


def _ask(root: str, chooser: random.Random) -> None:
    os.chdir(root)
    service = chooser.choice(("web", "hello", "frontend"))
    asked = (
        ("status", "--format", chooser.choice(("table", "json", "csv"))),
        ("metrics", "--since", "3650d", "--format", chooser.choice(("table", "json", "csv"))),
        ("history", "--numbers", "--code", "--format", chooser.choice(("table", "json", "csv"))),
        ("history", service, "--env", chooser.choice(("dev", "prod")), "--format", chooser.choice(("table", "json", "csv"))),
        (
            "diff",
            chooser.choice(("HEAD~1", "HEAD~1..HEAD", "HEAD~2...HEAD")),
            "--format",
            chooser.choice(("text", "markdown", "json")),
        ),
        ("affected", "--since", "HEAD~1", "--format", "json"),
        ("rollback", service, "--env", "prod", "--dry-run", *chooser.choice(((), ("--to", "1"), ("--to", "HEAD~1")))),
        ("promote", "--from", "dev", "--to", "prod", "--all", "--dry-run", "--offline", "--reason=test"),
    )
    before = snapshot(root)
    for words in chooser.sample(asked, 3):
        done = call(*words)
        if differing(before, snapshot(root)):
            raise Fault(f"{words[0]} writes", done.story)

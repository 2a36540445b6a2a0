"""However a workspace is broken, there is a report and no crash: thousands of edits that people and merges make."""

from __future__ import annotations

import random
import shutil

import pytest

from generator.errors import TiphysError
from generator.pipeline.run import Mode, Request, run
from generator.report import FORMATS, Style, render
from support.paths import ROOT
from support.trees import read_tree

TOKENS = [
    b"null", b"{}", b"[]", b'"x"', b"1", b"-1", b"true", b"{{ x }}", b"{{", b"{service}", b"{labels.x}", b"canary", b"blueGreen",
    b": ", b"\n", b"  ", b"- ", b'"', b"{", b"}", b"[", b"|", b"&a ", b"*a", b"!x ", b"\t", b"\xc2\xa0", b"\xff", b"../", b"a" * 300,
    b"environments:", b"preset: gradual-canary", b"strategy: null", b"steps: [null]", b"analysisTemplates: [{}]", b"0", b"99999999999",
]  # fmt: skip


def edited(raw: bytes, chooser: random.Random) -> bytes:
    """Return a file with one line changed the way that slips of the hand change it."""
    lines = raw.split(b"\n")
    at = chooser.randrange(len(lines))
    line = lines[at]
    how = chooser.randrange(6)
    if how == 0:
        lines[at] = line[: len(line) - len(line.lstrip())] + chooser.choice(TOKENS)
    elif how == 1:
        del lines[at]
    elif how == 2:
        lines.insert(at, chooser.choice(lines))
    elif how == 3 and b":" in line:
        lines[at] = line.split(b":")[0] + b": " + chooser.choice(TOKENS)
    elif how == 4 and line:
        column = chooser.randrange(len(line))
        lines[at] = line[:column] + chooser.choice(TOKENS) + line[column:]
    else:
        other = chooser.randrange(len(lines))
        lines[at], lines[other] = lines[other], line
    return b"\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_no_edit_of_any_file_crashes_or_writes(seed, tmp_path, request):
    chooser = random.Random(seed)
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "online-boutique", shop)
    for service in (shop / "services").iterdir():
        if service.name not in ("frontend", "checkoutservice"):
            shutil.rmtree(service)
    shutil.copytree(ROOT / "templates" / "strategies", shop / "strategies")
    shutil.copytree(ROOT / "templates" / "profiles", shop / "templates" / "profiles")
    for name in ("application.yaml", "analysistemplate.yaml"):
        shutil.copy(ROOT / "templates" / name, shop / "templates" / name)
    files = [path for path in sorted(shop.rglob("*.yaml")) if "generated" not in path.parts]
    generated = read_tree(shop / "generated")
    style = Style(lambda _path: "line")
    refused = 0
    for _ in range(2000 if request.config.getoption("--exhaustive") else 100):
        path = chooser.choice(files)
        raw = path.read_bytes()
        changed = raw
        for _ in range(chooser.choice((1, 1, 1, 2, 3))):
            changed = edited(changed, chooser)
        path.write_bytes(changed)
        try:
            outcome = run(Request(str(shop), chooser.choice((Mode.CHECK, Mode.LINT))))
            refused += bool(outcome.errors)
            assert all(render(outcome, form, style) is not None for form in FORMATS)
        except TiphysError:
            refused += 1
        path.write_bytes(raw)
    assert refused > 30
    assert read_tree(shop / "generated") == generated

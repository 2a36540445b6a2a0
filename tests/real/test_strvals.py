"""`--set` as the real Helm reads it."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from generator.syntax import strvals
from generator.syntax.secrets.given import of_flags
from support.trees import write_tree

BASE = {"a": {"b": 1, "l": [1, {"x": 2}]}, "s": "t"}
TEXTS = [
    "a.b=2", "a.b=true", "a.c=1.5", "a.c=007", "n=-3", "n=1e3", "s=", "s=x=y", r"a\.b=1", r"s=1\,2", "l={a,b,3}", "l={}", "l={a}",
    "a.l[0]=9", "a.l[1].x=9", "a.l[2]=9", "m[0].y=1", "m[1]=1", "x.y.z=true", "v=TRUE", "v=12345678901234567890",
    "q=a b", "a.l[0].z=1", "g={1,true,x y}", "f.g[0][1]=2", "v=0x10",
]  # fmt: skip


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    template = "apiVersion: v1\nkind: X\nmetadata: {name: x}\nvalues: {{ toJson .Values | quote }}\n"
    chart = "apiVersion: v2\nname: probe\nversion: 1.0.0\n"
    return write_tree(tmp_path_factory.mktemp("probe"), {"Chart.yaml": chart, "templates/x.yaml": template})


@pytest.mark.parametrize("flag", ["--set", "--set-string"])
def test_parameters_mean_what_they_mean_to_helm(flag, helm, probe):
    values = probe.parent / "base.json"
    values.write_text(json.dumps({f"t{number}": BASE for number in range(len(TEXTS))}))
    flags = [part for number, text in enumerate(TEXTS) for part in (flag, f"t{number}.{text}")]
    command = [helm, "template", str(probe), "--values", str(values), *flags, flag, "p=1,q=2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    theirs = json.loads(yaml.safe_load(done.stdout)["values"])
    for number, text in enumerate(TEXTS):
        assert strvals.applied(BASE, text, strings=flag == "--set-string") == theirs[f"t{number}"], text
    assert strvals.applied({}, "p=1,q=2", strings=flag == "--set-string") == {"p": theirs["p"], "q": theirs["q"]}


@pytest.mark.parametrize("text", ["a", "a[x]=1", "a={1", "a[99999999]=1"])
def test_what_helm_refuses_is_refused(text, helm, probe):
    done = subprocess.run([helm, "template", str(probe), "--set", text], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    with pytest.raises(strvals.SetError):
        strvals.applied({}, text, strings=False)


@pytest.mark.parametrize(
    "text",
    ["a" + "[0]" * 5_000 + "=x", f"a[{'9' * 5_000}]=x", "a[65537]=x", ",".join(f"a{n}[65536]=x" for n in range(2_000))],
    ids=["lists in lists", "digits", "an index", "long lists"],
)
def test_parameters_that_would_fill_the_memory_are_an_error_and_no_crash(text):
    with pytest.raises(strvals.SetError):
        strvals.applied({}, text, strings=False)
    assert all(word in f"{text},password=hunter2" for word in of_flags([f"--set={text},password=hunter2"]))

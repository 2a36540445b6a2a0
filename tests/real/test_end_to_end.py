"""From the spec's bytes to what Helm reads: whatever a developer can write arrives as it was written."""

from __future__ import annotations

import base64
import json
import subprocess

import yaml

from generator.errors import Rejected
from generator.pipeline.run import Mode, Request, run
from generator.syntax.emit import emit
from generator.syntax.reader import parse
from support.paths import DATA
from support.strings import everyday_strings, swept_strings
from support.workspace import workspace


def readable(strings):
    """Return the strings that a spec may hold at all."""
    kept = []
    for text in dict.fromkeys(strings):
        try:
            parse("f", emit({"a": text}).encode())
        except Rejected:
            continue
        kept.append(text)
    return kept


def test_any_string_as_key_or_value_or_annotation_reaches_helm_and_argo_unchanged(helm, tmp_path):
    strings = readable(everyday_strings() + swept_strings(2, 3))
    assert len(strings) > 1500
    keys = {text: number for number, text in enumerate(strings) if len(text) <= 256}
    folder = workspace(tmp_path / "w")
    spec = yaml.safe_load((folder / "services/web/pipeline.yaml").read_text())
    spec["spec"]["chart"] = {"version": "99.0.0"}  # none at hand, so that its values can be anything
    spec["spec"]["values"] = {"probe": {"strings": strings, "keys": keys}}
    annotations = {f"a/{number}": text for number, text in enumerate(strings)}
    spec["spec"]["argocd"] = {"annotations": annotations}
    (folder / "services/web/pipeline.yaml").write_bytes(emit(spec).encode())
    outcome = run(Request(str(folder), Mode.WRITE))
    assert outcome.diagnostics == []
    values = folder / "generated/prod/web/values.yaml"
    done = subprocess.run(
        [helm, "template", "x", str(DATA / "probe"), "-f", str(values)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    printed = yaml.safe_load(done.stdout)
    assert json.loads(base64.b64decode(printed["values"])) == {"strings": strings, "keys": keys}
    assert set(printed["kinds"]) == {"s"}
    application = yaml.safe_load((folder / "generated/prod/applications/web.yaml").read_bytes())
    assert annotations.items() <= application["metadata"]["annotations"].items()

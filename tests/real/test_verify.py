"""What verify finds with the real Helm, whole reports; and what it proves of the examples."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from support.paths import ROOT
from support.transcript import transcript
from support.trees import read_tree, write_tree
from support.workspace import workspace

HERE = Path(__file__).with_name("verify")
CASES = sorted(path.name for path in HERE.iterdir())


@pytest.fixture(autouse=True)
def _real_programs(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(helm).parent}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.both_helms
@pytest.mark.parametrize("case", CASES)
def test_what_would_break_in_the_cluster_is_found_at_the_line_of_the_spec(case, tiphys, tmp_path, golden):
    folder = workspace(tmp_path / "w", HERE / case)
    before = read_tree(folder)
    done = tiphys("verify", "--offline", cwd=folder)
    assert "Traceback" not in done.stderr
    assert done.stdout
    assert done.returncode == (": error[" in done.stdout)
    assert read_tree(folder) == before
    said = re.sub(r"\bHelm [34]\.[\d.]+", "Helm VERSION", transcript(done).replace(str(folder), "WORKSPACE"))
    golden(said, HERE / case / "expected.txt")


@pytest.mark.both_helms
@pytest.mark.parametrize(("example", "placeholders"), [("online-boutique", 4), ("quickstart", 5)])
def test_the_examples_hold_together(example, placeholders, tiphys):
    done = tiphys("-C", ROOT / "examples" / example, "verify", "--format", "json")
    found = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == 0
    assert [item["rule"] for item in found] == ["TP048"] * placeholders, "nothing but the addresses that init writes"
    assert f"{placeholders} notes in {placeholders} files" in done.stderr


def combined():
    """Yield (name, what differs from the plainest service) of every combination."""
    data = yaml.safe_load(Path(__file__).with_name("verify.yaml").read_text())
    for strategy, how in data["strategies"].items():
        for size, number in data["sizes"].items():
            ways = (
                {**data["routes"], **data["beside"]} if how.get("routes") else {"own": {}, "all": data["beside"]["everything"]}
            )
            for way, by in ways.items():
                name = f"{strategy}-{size}-{way}"
                parts = {**number, "rollout": how["rollout"], "values": {**how.get("values", {}), **by.get("values", {})}}
                yield name, json.loads(json.dumps(parts).replace("NAME", name))


def test_every_way_to_roll_out_size_and_route_holds_together(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    (folder / "services/web/pipeline.yaml").unlink()
    specs = dict(combined())
    assert len(specs) >= 150
    probe = {"readinessProbe": {"httpGet": {"path": "/", "port": "http"}}, "serviceMonitor": {"enabled": True}}
    for name, parts in specs.items():
        values = {
            **probe,
            "networkPolicy": {"enabled": True, "fromNamespaces": ["gateways"]},
            "config": {"A": "b"},
            **parts.pop("values"),
        }
        spec = {"image": {"repository": "ghcr.io/acme/x"}, **parts, "values": values}
        spec["environments"] = {"prod": {"image": {"tag": "v1"}}}
        text = {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": name}, "spec": spec}
        write_tree(folder, {f"services/{name}/pipeline.yaml": json.dumps(text, indent=1)})
    done = tiphys("verify", "--offline", "--format", "concise", cwd=folder)
    known = ("TP637", "TP673")  # these autoscalers have no requests, and some routers are retired
    found = [line for line in done.stdout.splitlines() if not any(rule in line for rule in known)]
    assert (done.returncode, found) == (0, [])
    told = re.match(r"([\d,]+) applications, ([\d,]+) objects", done.stderr).groups()
    applications, objects = (int(number.replace(",", "")) for number in told)
    assert (applications, objects > 8 * len(specs)) == (len(specs), True)


def test_without_helm_it_says_where_to_get_it(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    done = tiphys("verify", "--helm", "no-such-helm", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tiphys: Helm does not exist at no-such-helm\n  = hint: install Helm 3.14 or newer")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo v3.9.0", "is Helm 3.9.0; Tiphys needs 3.14 or newer"),
        ("echo v3.13", "is Helm 3.13; Tiphys needs 3.14 or newer"),
        ("echo v1234.5.6.7", "does not look like Helm"),
        ("echo hello", "does not look like Helm"),
        ("exit 3", "does not look like Helm"),
    ],
)
def test_another_program_or_an_old_helm_is_not_trusted(script, said, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    fake = tmp_path / "helm"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    done = tiphys("verify", "--helm", fake, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_chart_that_is_not_released_yet_is_tried_with_the_values_of_those_who_use_it(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    candidate = tmp_path / "candidate"
    subprocess.run(["cp", "-r", ROOT / "templates" / "chart", candidate], check=True)
    assert tiphys("verify", "--chart", candidate, cwd=folder).returncode == 0
    schema = json.loads((candidate / "values.schema.json").read_text())
    del schema["properties"]["replicaCount"]
    (candidate / "values.schema.json").write_text(json.dumps(schema))
    done = tiphys("verify", "--chart", candidate, cwd=folder)
    assert done.returncode == 1
    assert "the chart has no value `replicaCount`" in done.stdout


@pytest.mark.both_helms
def test_what_argo_cd_would_apply_can_be_read_before(tiphys):
    done = tiphys("-C", ROOT / "examples" / "online-boutique", "render", "frontend", "--env", "prod", "--helm")
    assert done.returncode == 0
    kinds = [document["kind"] for document in yaml.safe_load_all(done.stdout)]
    assert {"Rollout", "Service", "HTTPRoute", "HorizontalPodAutoscaler", "AnalysisTemplate"} <= set(kinds)
    assert "Pod" not in kinds, "the pod of helm test, which Argo CD never applies"


def test_what_helm_said_is_remembered_and_never_of_another_chart(tiphys, tmp_path, helm):
    folder = workspace(tmp_path / "w", HERE / "wrong-service-in-strategy")
    spec = folder / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace("cannary", "canary").replace("wep", "web"))
    calls = tmp_path / "calls"
    counting = tmp_path / "helm"
    counting.write_text(f'#!/bin/sh\necho "$1" >> {calls}\nexec {helm} "$@"\n')
    counting.chmod(0o755)

    def asked():
        calls.write_text("")
        code = tiphys("verify", "--helm", counting, cwd=folder).returncode
        return code, sorted(calls.read_text().split())

    assert asked() == (0, ["lint", "template", "version"])
    assert asked() == (0, ["version"])
    for entry in (tmp_path / "cache/tiphys/helm").iterdir():
        entry.write_bytes(b"torn")
    assert asked() == (0, ["lint", "template", "version"]), "a torn entry is none"
    template = folder / "charts/own/templates/all.yaml"
    template.write_text(template.read_text().replace("name: http, containerPort", "name: web, containerPort"))
    assert asked() == (1, ["lint", "template", "version"]), "another chart, another answer"
    spec.write_text(spec.read_text().replace("tag: v1", "tag: v2"))
    assert asked()[1] == ["lint", "template", "version"], "other values, too"
    done = tiphys("verify", "--helm", counting, "--no-cache", cwd=folder)
    assert "no container of Rollout web has" in done.stdout


def test_shards_together_verify_what_one_run_verifies(tiphys, tmp_path):
    folder = tmp_path / "w"
    write_tree(folder, read_tree(ROOT / "examples" / "online-boutique"))
    spec = folder / "services/frontend/pipeline.yaml"
    spec.write_text(spec.read_text().replace("  values:\n", "  values:\n    nothingReadsThis: 1\n", 1))

    def said(*words):
        done = tiphys("verify", "--offline", "--format", "json", *words, cwd=folder)
        return done.returncode, json.loads(done.stdout), done.stderr

    code, whole, _ = said(f"--timings={tmp_path / 'times.json'}")
    times = json.loads((tmp_path / "times.json").read_text())
    assert {"build", "verify"} <= {one["name"] for one in times["stages"]}
    assert {one["name"]: one["calls"] for one in times["programs"]}["helm"] > 1
    parts = [said("--shard", f"{number}/3") for number in (1, 2, 3)]
    assert max(part for part, _, _ in parts) == code
    found = {json.dumps(one, sort_keys=True) for _, data, _ in parts for one in data["diagnostics"]}
    assert found == {json.dumps(one, sort_keys=True) for one in whole["diagnostics"]}
    assert any("nothingReadsThis" in one for one in found), "Helm rendered it"
    numbers = [data["summary"]["services"] for _, data, _ in parts]
    assert sum(numbers) == whole["summary"]["services"]
    assert max(numbers) - min(numbers) <= 2, "what lies between services takes little beside Helm"
    done = tiphys("verify", "--offline", "--against", "kubernetes=1.33", "--shard", "2/3", cwd=folder)
    assert done.returncode in (0, 1)
    assert "shard 2/3: found with Kubernetes 1.33 only" in done.stderr

"""Real Helm agrees about every range of versions."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from support.paths import DATA

CASES = yaml.safe_load((DATA / "semver" / "cases.yaml").read_text())


@pytest.mark.parametrize(("version", "constraint", "within"), [case for case in CASES if case[1]])
def test_real_helm_agrees_about_every_range(version, constraint, within, helm, tmp_path):
    chart = {"apiVersion": "v2", "name": "probe", "version": "1.0.0", "kubeVersion": constraint}
    (tmp_path / "Chart.yaml").write_text(yaml.safe_dump(chart))
    command = [helm, "template", "x", str(tmp_path), "--kube-version", version]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is bool(within), done.stderr

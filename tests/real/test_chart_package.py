"""Helm takes a package of ours for the chart that it is."""

from __future__ import annotations

import shutil
import subprocess

from generator.system.charts import package as chart_package
from support.paths import ROOT
from support.trees import read_tree


def test_helm_takes_the_package_for_the_chart_that_it_is(helm, tmp_path):
    shutil.copytree(ROOT / "templates" / "chart", tmp_path / "service")
    subprocess.run([helm, "package", "service"], cwd=tmp_path, check=True, capture_output=True)
    files = chart_package.opened((tmp_path / "service-1.1.0.tgz").read_bytes())
    assert not [path for path in files if path.startswith("ci/")], ".helmignore counts"
    ours = tmp_path / "ours.tgz"
    ours.write_bytes(chart_package.packed("service", files))
    values = ROOT / "templates" / "chart" / "ci" / "canary-values.yaml"
    rendered = [
        subprocess.run([helm, "template", "x", chart, "-f", values], check=True, capture_output=True).stdout
        for chart in (ours, ROOT / "templates" / "chart")
    ]
    assert rendered[0] == rendered[1]
    subprocess.run([helm, "lint", "--strict", ours], check=True, capture_output=True)
    subprocess.run(["tar", "xzf", ours, "-C", tmp_path, "--one-top-level=open"], check=True)
    assert read_tree(tmp_path / "open" / "service") == files

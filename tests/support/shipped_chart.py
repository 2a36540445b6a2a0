"""The shipped chart: what real Helm makes of values, and what must hold of all that it makes."""

from __future__ import annotations

import subprocess

import yaml

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.engine import dispatch, examine
from generator.lint.registry import rendered_rules
from generator.lint.schemas import Schemas
from support.paths import ROOT

CHART = ROOT / "templates" / "chart"
CI = sorted((CHART / "ci").glob("*-values.yaml"))
SCHEMAS = Schemas("1.31")
SELECTOR = {"app.kubernetes.io/name", "app.kubernetes.io/instance"}


def template(helm, name, *values):
    """Return the objects that `helm template` makes of values files."""
    arguments = [part for path in values for part in ("-f", str(path))]
    done = subprocess.run([helm, "template", name, str(CHART), *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [document for document in yaml.load_all(done.stdout, yaml.CSafeLoader) if document]


def of(objects, kind):
    return [item for item in objects if item["kind"] == kind]


def check_together(objects):
    """Assert what must hold of the objects of one release, and between them."""
    items = [KubeObject(item) for item in objects]
    wrong = [(item.title, problem.message) for item in items for problem in SCHEMAS.problems(item) or ()]
    wrong += [
        (one.object.title, one.finding.message)
        for one in examine(Objects(items, complete=True, namespace="default"), dispatch(rendered_rules()))
    ]
    assert wrong == []
    for service in of(objects, "Service"):
        assert set(service["spec"]["selector"]) == SELECTOR, "nothing that may ever change"

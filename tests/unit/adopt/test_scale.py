"""Replicas and autoscaling in the values of a chart become fields of a spec; the chart's defaults count where they are read."""

from __future__ import annotations

import pytest

from generator.adopt.fields import Map, counts
from generator.adopt.inferring import inferred
from generator.adopt.merging import merged
from generator.kubernetes.objects import KubeObject

KNOWN = Map(
    replicas=("pods",),
    autoscaling={
        "minReplicas": ("hpa", "min"),
        "maxReplicas": ("hpa", "max"),
        "targetCPUUtilizationPercentage": ("hpa", "cpu"),
    },
    enabled=("hpa", "on"),
)
DEFAULTS = {"pods": 1, "hpa": {"on": False, "min": 1, "max": 100, "cpu": 80}}
ON = {"minReplicas": 2, "maxReplicas": 100, "targetCPUUtilizationPercentage": 80}


@pytest.mark.parametrize(
    ("values", "tidy", "left", "fields"),
    [
        ({"pods": 3}, False, {}, {"replicas": 3}),
        ({"pods": 3, "hpa": {"on": True, "min": 2}}, True, {}, {"autoscaling": ON}),
        ({"pods": 3, "hpa": {"on": True, "min": 2}}, False, {"pods": 3}, {"autoscaling": ON}),
        ({"pods": 3, "hpa": {"on": False, "min": 2}}, True, {"hpa": {"on": False}}, {"replicas": 3}),
        ({"pods": 3, "hpa": {"min": 2}}, False, {"hpa": {"min": 2}}, {"replicas": 3}),
    ],
)
def test_what_a_chart_scales_by(values, tidy, left, fields):
    assert counts(KNOWN, values, DEFAULTS, tidy=tidy) == (left, fields)


def render(values):
    given = merged([DEFAULTS, values])
    hpa, pods = given["hpa"], {} if given["hpa"]["on"] else {"replicas": given["pods"]}
    objects = [KubeObject({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "spec": {**pods}})]
    if hpa["on"]:
        cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": hpa["cpu"]}}}
        spec = {"minReplicas": hpa["min"], "maxReplicas": hpa["max"], "metrics": [cpu]}
        scaler = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "x"}, "spec": spec}
        objects.append(KubeObject(scaler))
    return objects


def test_the_autoscaler_of_an_unknown_chart_is_found_by_its_numbers_and_its_switch():
    values = merged([DEFAULTS, {"hpa": {"on": True, "min": 2, "max": 2}}])
    found = inferred(values, render(values), render)
    assert (found.autoscaling, found.enabled, found.replicas) == (KNOWN.autoscaling, KNOWN.enabled, ())
    off = inferred(DEFAULTS, render(DEFAULTS), render)
    assert (off.autoscaling, off.enabled, off.replicas) == ({}, (), ("pods",))


def test_an_autoscaler_without_a_switch_stays_in_the_values():
    values = merged([DEFAULTS, {"hpa": {"on": True}}])
    always = inferred(values, render(values), lambda given: render(merged([given, {"hpa": {"on": True}}])))
    assert (always.autoscaling, always.knows_anything) == ({}, False)

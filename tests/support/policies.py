"""Admission policies with their bindings, and what they say of objects."""

from __future__ import annotations

import time

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint import policies
from generator.lint.users import MOST_TOGETHER
from generator.syntax.budget import Budget

GROUP = "admissionregistration.k8s.io/v1"
MAPS = {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}]}


def policy(name, **spec):
    """Return a policy about ConfigMaps, or one with other constraints."""
    whole = {"matchConstraints": MAPS, "validations": [{"expression": "true"}], **spec}
    return KubeObject({"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name}, "spec": whole})


def binding(name, of, **spec):
    """Return a binding of a policy."""
    whole = {"policyName": of, "validationActions": ["Deny"], **spec}
    return KubeObject(
        {"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name}, "spec": whole}
    )


def bound(name, **spec):
    """Return a policy with a binding."""
    return [policy(name, **spec), binding(name, name)]


def config_maps(count):
    """Return ConfigMaps."""
    return [
        KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"a{n}"}, "data": {"a": "b"}})
        for n in range(count)
    ]


def judged(items, objects):
    """Return what policies say of objects, and the processor time that it took in seconds."""
    began = time.process_time()
    rules = policies.of(items, Budget(MOST_TOGETHER)).rules
    known = Objects(objects)
    found = [one for item in objects for rule in rules for one in rule.check(item, known)]
    return found, time.process_time() - began

"""The rule TP804, chart-address."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The address of a chart in an OCI registry must not start with `oci://`.

    For a source with `chart`, Argo CD adds the scheme itself; an address with `oci://` is for a different type
    of source, one with a path.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "oci://registry.example.com/charts", chart: web, targetRevision: 1.2.3}
    Right:
        kind: Application
        spec:
          source: {repoURL: registry.example.com/charts, chart: web, targetRevision: 1.2.3}
    Source: argo-cd, docs/user-guide/helm.md, docs/user-guide/oci.md; issues 5558, 9528
    """
    for pointer, source in sources(item):
        address = source.get("repoURL")
        if source.get("chart") and isinstance(address, str) and address.startswith("oci://"):
            hint = f"write {address.removeprefix('oci://')}"
            yield Finding((*pointer, "repoURL"), "the address of a chart must not start with `oci://`", hint)

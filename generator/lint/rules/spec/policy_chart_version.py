"""The rule TP411, policy-chart-version."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax import semver


def check(built: Built) -> Iterator[Finding]:
    """Where the environment requires it, a chart version must be an exact version and not a range.

    With a range, the chart repository can change what runs without a commit: Git does not record what ran
    before, and there is nothing to roll back to.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {chartVersion: pinned}
        # services/web/pipeline.yaml
        spec:
          chart: {version: ^1.0.0}
    Right:
        # environments/prod.yaml
        spec:
          policy: {chartVersion: pinned}
        # services/web/pipeline.yaml
        spec:
          chart: {version: "1.0.0"}
    Source: docs/spec.md, Layers
    """
    if built.resolved.environment.policy.get("chartVersion", "pinned") != "pinned":
        return
    version = built.resolved.data.get("chart", {}).get("version")
    if version is not None and semver.is_range(version):
        where = built.resolved.environment.name
        message = f'the chart version "{version}" is a range; {where} requires an exact version'
        yield Finding(("chart", "version"), message, 'write an exact version, such as "1.4.2"')

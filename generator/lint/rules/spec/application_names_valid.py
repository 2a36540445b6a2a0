"""The rule TP403, application-names-valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.helm_sources import helm_sources
from generator.kubernetes.names import KEY, LABEL_VALUE
from generator.kubernetes.rollouts import table
from generator.kubernetes.strategy import services
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.resolve import ITSELF
from generator.syntax.merge import lookup
from generator.syntax.names import is_label, is_subdomain
from generator.workspace.model import SHIPPED


def check(built: Built) -> Iterator[Finding]:
    """Names and labels with placeholders must become what Kubernetes and Helm accept.

    An uppercase letter or an underscore is valid in a label, but not in a namespace. Kubernetes would
    reject the Application, or Argo CD the namespace, after the commit. Helm accepts at most 53 characters as
    the name of a release. Workers and jobs of the shipped chart are called after the service, and the names of
    cron jobs must leave room for what Kubernetes adds.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, destination: {namespace: "{labels.team}"}}
        # services/web/pipeline.yaml
        metadata: {name: web, labels: {team: Shop_A}}
    Right:
        # environments/prod.yaml
        spec:
          argocd: {project: shop, destination: {namespace: "{labels.team}"}}
        # services/web/pipeline.yaml
        metadata: {name: web, labels: {team: shop-a}}
    Source: kubernetes.io, Object Names and IDs
    """
    for field, name, accepts, longest, what in _names(built):
        if not name or accepts(name, longest):
            continue
        message = f'argocd.{field} becomes "{name}", which is not a valid {what}'
        short = f"use at most {longest} characters: " if len(name) > longest else ""
        at: Pointer = ("argocd", *field.split("."))
        if lookup(built.resolved.data, at)[0]:
            yield Finding(at, message, f"{short}change argocd.{field}, or the label that it uses")
        else:
            where = built.resolved.environment.part(("spec", "argocd", *field.split("."))).path
            yield Finding((), message, f"{short}change the label that it uses, or argocd.{field} in {where}")
    yield from _labels(built)
    yield from _objects(built)
    yield from _components(built)


def _labels(built: Built) -> Iterator[Finding]:
    """Yield a finding for each label of the Application, and each name of an annotation, that Kubernetes refuses."""
    resolved, metadata = built.resolved, table(built.deployed, "metadata")
    for field, what in (("labels", "a label"), ("annotations", "an annotation")):
        for key, value in table(metadata, field).items():
            wrong = ""
            if not KEY.fits(str(key) if field == "labels" else str(key).lower()):
                wrong, hint = f"`{key}` is not a valid name for {what}", KEY.hint
            elif field == "labels" and isinstance(value, str) and not LABEL_VALUE.fits(value):
                wrong, hint = f'argocd.labels.{key} becomes "{value}", which is not a valid label value', LABEL_VALUE.hint
            if wrong:
                at: Pointer = ("argocd", field, key)
                own = lookup(resolved.data, at)[0]
                where = resolved.environment.part(("spec", *at))
                span = where.span_of(("spec", *at))
                shared = not own and lookup(where.data, ("spec", *at))[0]
                elsewhere = f"; see {where.path}:{span.line}:{span.column}" if shared else ""
                yield Finding(at if own else (), wrong, f"{hint}{elsewhere}")


def _names(built: Built) -> Iterator[tuple[str, str, Callable[[str, int], bool], int, str]]:
    """Yield the names in the generated Application: field, name, what accepts it, its maximum length, and what it is."""
    metadata, spec = table(built.deployed, "metadata"), table(built.deployed, "spec")
    kubernetes = "Kubernetes name"
    yield "applicationName", str(metadata.get("name") or ""), is_subdomain, 253, kubernetes
    yield "namespace", str(metadata.get("namespace") or ""), is_label, 63, kubernetes
    yield "project", str(spec.get("project") or ""), is_subdomain, 253, kubernetes
    yield "destination.namespace", str(table(spec, "destination").get("namespace") or ""), is_label, 63, kubernetes
    for source in helm_sources(built.rendered_from):
        yield "releaseName", source.release, is_subdomain, 53, "Helm release name"


def _objects(built: Built) -> Iterator[Finding]:
    """Yield a finding if the objects of the chart cannot be called as the spec, or the chart itself, would call them."""
    name, forced = built.chart.fullname, (built.resolved.data.get("chart") or {}).get("fullname") is not None
    change = "change chart.fullname" if forced else "change argocd.releaseName"
    longest = _LONGEST_OF_SHIPPED if forced and built.profile.name == SHIPPED else 63
    accepts = is_label if forced else is_subdomain  # a chart without a Service may take dots from its release
    if not accepts(name, longest):
        short = f"use at most {longest} characters: " if len(name) > longest else ""
        what = "chart.fullname becomes" if forced else "the chart calls its objects"
        message = f'{what} "{name}", which is not a valid Kubernetes name'
        yield Finding(ITSELF, message, f"{short}{change}")
        return
    for service in services(built.strategy):
        if service.startswith(name) and not is_label(
            service, 63
        ):  # any other name is written in the strategy, and checked there
            shorter = f"use at most {63 - len(service) + len(name)} characters for the objects of the chart: "
            message = f'a Service of the strategy becomes "{service}", which is not a valid Kubernetes name'
            yield Finding(ITSELF, message, f"{shorter if len(service) > 63 else ''}{change}")


_COMPONENTS = {"workers": 63, "jobs": 63, "cronJobs": 52}
"""What the shipped chart runs besides the service, with the longest names of the objects."""


def _components(built: Built) -> Iterator[Finding]:
    """Yield a finding for each worker and job of the shipped chart that its objects cannot be called after."""
    values = built.resolved.data.get("values") or {}
    for kind, longest in _COMPONENTS.items() if built.profile.name == SHIPPED else ():
        for key in table(values, kind):
            name, at = f"{built.chart.fullname}-{key}", ("values", kind, key)
            if not is_label(key, len(key)) or not key[0].isalpha():
                hint = "use lowercase letters, digits and hyphens, and begin with a letter"
                yield Finding(at, f"`{key}` is not a valid name in `{kind}`", hint)
            elif len(name) > longest:
                message = f'the objects of `{kind}.{key}` are called "{name}", which has more than {longest} characters'
                yield Finding(at, message, f"use at most {longest - len(name) + len(key)} characters")


_LONGEST_OF_SHIPPED = 52
"""The chart that ships with Tiphys refuses longer names: its suffixes must fit into 63 characters."""

"""The names of a chart's objects and the labels of its pods, as its profile gives them for one service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.errors import Rejected
from generator.service.analyses import UnbuildableError
from generator.service.resolve import ITSELF
from generator.syntax import placeholders
from generator.syntax.merge import lookup
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.schema.validate import incomplete
from generator.syntax.template.lookups import ShapeError
from generator.syntax.template.templates import Template
from generator.workspace.model import Problem, Profile, Resolved

FindTemplate = Callable[[str], Template]

_KINDS = ("StatefulSet", "Rollout")

SETTINGS = ("scaleDown", "minReadySeconds", "progressDeadlineSeconds", "progressDeadlineAbort", "revisionHistoryLimit")
"""The settings of a workload in a profile, in addition to its name."""


class ChartObjects(NamedTuple):
    """The objects of a chart that a Rollout and Services outside it must match."""

    fullname: str
    """What the objects of the chart, and those outside it, are called."""
    workload: str
    """The name of its Deployment, StatefulSet or Rollout."""
    kind: str
    """What runs its pods where no rollout strategy is set: Deployment, StatefulSet, or a Rollout with a strategy of its own."""
    services: dict[str, str]
    """The names of its Services by role: stable, canary, active, preview."""
    settings: dict[str, Any]
    """The settings that a Rollout outside the chart copies from its Deployment. This and the rest are empty without one."""
    selector: dict[str, str]
    """The labels of its pods; empty if the profile does not set them."""
    ports: list[dict[str, Any]]
    """The ports of its Service; empty if neither the profile nor the values set them."""
    others: frozenset[str] = frozenset()
    """The names of further Services that it has."""

    @property
    def own_services(self) -> frozenset[str]:
        """The Services that a chart which only has a Deployment renders itself."""
        return self.others | {self.services["stable"], self.services["active"]}


def chart_objects(profile: Profile, resolved: Resolved, context: dict[str, Any], find_template: FindTemplate) -> ChartObjects:
    """Evaluate a profile for a service; raises Rejected, or UnbuildableError for what its chart cannot do."""
    spec, referenced = profile.spec, context["workload"]["referenced"]
    forced, release = context["fullnameOverride"], context["release"]
    if profile.varies and (referenced or profile.asks or forced is None):
        path = f"{profile.folder}/profile.yaml"
        spec = _spec_of(find_template(path), rendered(path, resolved, context, find_template, names=not referenced))
    problems = list(_refused(spec, referenced=referenced))
    if spec is not profile.spec and not problems:
        asked = {key: spec[key] for key in (spec if referenced else _ALWAYS) if key in spec and key in profile.varying}
        if forced is not None and (spec.get("fullname") or {}).get("override", True):
            asked.pop("fullname", None)  # the chart's own name is not used
        problems = list(_misshapen(asked, profile)) if asked else []
    if problems:
        raise UnbuildableError(problems)
    workload, known = spec.get("workload") or {}, {**resolved.known, "release": release}
    known["fullname"] = fullname = _fullname(spec.get("fullname") or {}, forced, known, resolved)
    return ChartObjects(
        fullname,
        placeholders.expand_known(workload["name"], known) if workload.get("name") else fullname,
        workload["kind"] if workload.get("kind") in _KINDS else "Deployment",
        _services(fullname) | placeholders.expand_known(spec.get("services") or {}, known),
        {name: workload[name] for name in SETTINGS if name in workload} if referenced else {},
        placeholders.expand_known(spec.get("selector") or {}, known) if referenced else {},
        placeholders.expand_known(spec.get("ports") or [], known) if referenced else [],
    )


def _services(fullname: str) -> dict[str, str]:
    """Return the names of Services where the profile has no others."""
    return {"stable": fullname, "canary": f"{fullname}-canary", "active": fullname, "preview": f"{fullname}-preview"}


def _fullname(naming: dict[str, Any], forced: str | None, known: dict[str, str], resolved: Resolved) -> str:
    """Return what the objects of a chart are called; raises UnbuildableError for a name that it cannot take."""
    overrides = naming.get("override", True)
    if forced is not None and overrides:
        return forced
    own: str = placeholders.expand_known(naming.get("own") or "{release}", known)
    if forced not in (None, own) and lookup(resolved.data, ITSELF)[0]:
        message = f"the chart always names its objects `{own}`, after the release"
        hint = f"remove it, or set argocd.releaseName to `{forced}`"
        raise UnbuildableError([Problem("TP311", ITSELF, message, hint)])
    return own


_ALWAYS = ("mode", "fullname", "services", "refuses")
"""The fields of a profile that matter even without a Rollout outside the chart."""


def _spec_of(template: Template, data: dict[str, Any]) -> dict[str, Any]:
    """Return the evaluated `spec` of a profile; raises Rejected if it is malformed."""
    spec = data.get("spec")
    if not isinstance(spec, dict):
        raise template.rejected([(("spec",), "`spec` must be a mapping", "write the fields of the profile below it")])
    refuses = spec.get("refuses") or []
    faults = template.own and [
        (("spec", "refuses", index, field), f"`{field}` must be a string", "change the expression to give a string")
        for index, item in enumerate(refuses if isinstance(refuses, list) else [{}])
        for field in ("at", "message", "hint")
        if not (isinstance(item, dict) and isinstance(item.get(field), str))
    ]
    if faults:
        raise template.rejected(faults)
    return {**spec, "refuses": [{**item, "when": bool(item.get("when"))} for item in refuses]} if refuses else spec


def rendered(
    path: str, resolved: Resolved, context: dict[str, Any], find_template: FindTemplate, *, names: bool = False
) -> dict[str, Any]:
    """Render a template of a profile; raises Rejected, or UnbuildableError if the values cause the error.

    They do if they lack the structure of the chart's values, which only shows when the profile reads them.
    """
    try:
        return find_template(path).render(context, names=names)
    except Rejected as rejected:
        cause = rejected.__cause__
        if not isinstance(cause, ShapeError):
            raise
        hint = f"{cause.hint}; read by {rejected.diagnostics[0].path}"
        raise UnbuildableError([Problem("TP312", _place(cause, resolved), str(cause), hint)]) from None


def _place(error: ShapeError, resolved: Resolved) -> Pointer:
    """Return the pointer of the faulty value; that of all values if it is unknown."""
    inside = next((pointer for pointer, node in _maps(resolved.data.get("values"), ("values",)) if node is error.inside), None)
    pointer: Pointer = (*inside, *error.path) if inside else ("values",)
    return pointer if lookup(resolved.data, pointer)[0] else ("values",)


def _maps(node: Any, at: Pointer) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    if isinstance(node, dict):
        yield at, node
    items: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from _maps(value, (*at, key))


def _refused(spec: dict[str, Any], *, referenced: bool) -> Iterator[Problem]:
    """Yield what the profile refuses, at the setting that requests it."""
    for item in spec.get("refuses") or []:
        if (referenced or "mode" not in item) and item["when"]:
            yield Problem("TP311", tuple(item["at"].split(".")), item["message"], item["hint"])


def _misshapen(spec: dict[str, Any], profile: Profile) -> Iterator[Problem]:
    """Yield the selectors, ports and names that are invalid after the profile's expressions were evaluated."""
    document = {**profile.source.data, "spec": spec}
    for _, pointer, message, _ in incomplete("profile", document):
        where = dotted(pointer[1:])
        hint = f"use the settings of the chart's own Service; read by {profile.source.path}"
        yield Problem("TP312", ("values",), f"the values do not give a valid {where}: {message}", hint)


def reference_problems(chart: ChartObjects, profile: Profile, resolved: Resolved, *, services: bool) -> Iterator[Problem]:
    """Yield what is missing for a Rollout outside the chart, and for the Services of its strategy."""
    if "replicas" not in resolved.data and "autoscaling" not in resolved.data:
        message = "without `replicas` or `autoscaling`, a Rollout outside the chart would run one pod"
        yield Problem("TP313", ("rollout",), message, "add `replicas` or `autoscaling`")
    if not chart.selector:
        message = f"profile `{profile.name}` does not set the labels by which the chart selects its pods"
        yield Problem("TP313", ("rollout",), message, f"add `selector` to {profile.source.path}")
    if services and not chart.ports and profile.varies:
        message = "the strategy switches between Services, but the chart has none with these values"
        yield Problem("TP313", ("rollout",), message, "set the ports of the chart's Service in `values`")
    elif services and not chart.ports:
        message = f"profile `{profile.name}` does not set the ports of the chart's Service"
        yield Problem("TP313", ("rollout",), message, f"add `ports` to {profile.source.path}")

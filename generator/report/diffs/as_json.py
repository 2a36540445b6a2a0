"""The comparison for programs; schemas/diff.schema.json says what is in it."""

from __future__ import annotations

from typing import Any

from generator.diagnostics import Diagnostic
from generator.diff import Comparison, Entry, Where
from generator.diff.model import Change
from generator.diff.rendered.model import Cluster, Default, ObjectEntry, Upgrade
from generator.diff.risks import Level
from generator.report import table
from generator.report.as_json import diagnostic
from generator.syntax.labels import label_parts
from generator.syntax.leaves import ABSENT


def as_json(comparison: Comparison) -> str:
    """Return one versioned JSON object, which only ever grows."""
    places = comparison.places
    data: dict[str, Any] = {
        "version": 1,
        "base": comparison.base,
        "head": comparison.head,
        "changes": [_entry(entry) for entry in comparison.entries],
        "moved": [{"service": service, "before": old, "after": new} for service, old, new in comparison.moved],
        "renamed": [{"spec": path, "before": old, "after": new} for path, old, new in comparison.renamed],
        "staying": [
            {"service": service, "environment": environment, "paths": list(paths)}
            for service, environment, paths in comparison.staying
        ],
        "confirmations": [
            {
                "environment": one.environment,
                "root": one.root or None,
                "applications": list(one.applications),
                "commands": list(one.commands),
            }
            for one in comparison.confirmations
        ],
        "incomparable": [
            {
                "side": failure.side,
                "pairs": [{"service": service, "environment": environment} for service, environment in failure.pairs],
                "diagnostics": [_diagnostic(item) for item in failure.diagnostics],
            }
            for failure in comparison.failures
        ],
        "summary": {
            "services": len({place.service for place in places if place.service}),
            "environments": len({place.environment_name for place in places}),
            "production": len({(place.service, place.environment_name) for place in places if place.production}),
            **{level.value: comparison.count(level) for level in Level},
        },
    }
    if comparison.cluster is not None:
        data["cluster"] = _cluster(comparison.cluster)
    if comparison.versions is not None:
        data["diagnostics"] = [diagnostic(item) for item in comparison.versions.findings]
        data["charts"] = list(map(_upgrade, comparison.versions.upgrades))
        data["remarks"] = list(comparison.versions.remarks)
    return table.as_json(data)


def _entry(entry: Entry) -> dict[str, Any]:
    return {**_change(entry.change), **_risk(entry), "where": list(map(_where, entry.where))}


def _change(change: Change) -> dict[str, Any]:
    sides = {name: side for name, side in (("before", change.before), ("after", change.after)) if side is not ABSENT}
    return {"sentence": change.sentence, "path": change.path, **sides}


def _risk(entry: Entry | ObjectEntry) -> dict[str, Any]:
    return {"risk": {"id": entry.risk.id, "level": entry.level.value, "why": entry.risk.why}}


def _where(place: Where) -> dict[str, Any]:
    return {"service": place.service or None, **_place(place.environment), "production": place.production}


def _cluster(cluster: Cluster) -> dict[str, Any]:
    """Return what changes of the objects in the cluster."""
    return {
        "objects": [_object(entry) for entry in cluster.entries],
        "noise": dict(cluster.noise),
        "unrendered": [{**_where(one.where), "side": one.side, "why": one.why} for one in cluster.unrendered],
        "why": cluster.why,
        "tools": cluster.tools,
        "summary": {
            "applications": cluster.applications,
            "objects": cluster.objects,
            "unchanged": cluster.unchanged,
            "refused": len(cluster.refused),
        },
    }


def _object(entry: ObjectEntry) -> dict[str, Any]:
    one = entry.difference
    change = _change(one.change)
    return {
        "kind": one.kind,
        "name": one.name,
        "namespace": one.namespace or None,
        **change,
        "path": change["path"].partition(": ")[2],
        **_risk(entry),
        "effect": one.effect.value if one.effect else None,
        "noise": one.noise or None,
        "causes": [{"what": cause.what, "path": cause.path or None, "line": cause.line or None} for cause in entry.causes],
        "where": list(map(_where, entry.where)),
    }


def _upgrade(one: Upgrade) -> dict[str, Any]:
    return {
        "chart": one.chart,
        "before": one.before,
        "after": one.after,
        "users": list(map(_where, one.users)),
        "defaults": [_default(default) for default in one.defaults],
        "dead": [
            {
                "value": dead.name,
                "where": list(map(_where, dead.where)),
                "places": [{"path": place.path, "line": place.line} for place in dead.places],
            }
            for dead in one.dead
        ],
    }


def _default(one: Default) -> dict[str, Any]:
    change = _change(one.change)
    given = {"setBy": list(map(_where, one.given))} if one.given else {}
    return {**change, "path": change["path"].partition(": ")[2], **given}


def _place(label: str) -> dict[str, str]:
    """Return an environment, and its destination if it has several."""
    environment, destination = label_parts(label)
    return {"environment": environment, **({"destination": destination} if destination else {})}


def _diagnostic(item: Diagnostic) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "message": item.message,
        "hint": item.hint,
        "path": item.path,
        "line": item.span.line,
        "column": item.span.column,
    }

"""The numbers of releases, as a table, JSON or CSV."""

from __future__ import annotations

from typing import Any

from generator.history.gates import GATES
from generator.history.metrics import DEFINITIONS, Line, Measures, Metrics, Spread
from generator.report.table import as_csv, as_json, table
from generator.syntax.calendar import DAY, iso

HEADS = ("releases", "per day", "lead (code)", "lead (first env)", "rollbacks", "failed", "failure rate", "restore", "skipped")
"""The columns for people, after the service and the environment."""
HEADS_OF = {
    "releases": "releases, per day",
    "leadTimeFromCode": "lead (code)",
    "leadTimeFromFirst": "lead (first env)",
    "changeFailureRate": "failed, failure rate",
    "timeToRestore": "restore",
    "overrides": "skipped",
}
"""The columns that each definition is about."""
COLUMNS = (
    "service", "environment", "since", "until", "releases", "perDay", "leadTimeFromCode", "leadTimeFromCodeCount",
    "leadTimeFromFirst", "leadTimeFromFirstCount", "rollbacks", "failed", "changeFailureRate", "timeToRestore",
    "timeToRestoreCount", *(f"overrides:{gate}" for gate in GATES),
)  # fmt: skip
_MINUTE, _HOUR = 60, 3600


def cells(measures: Measures) -> list[str]:
    """Return the numbers for people, by HEADS."""
    rate = measures.failure_rate
    return [
        f"{measures.releases:,}",
        f"{measures.per_day:.2f}",
        length(measures.lead_from_code),
        length(measures.lead_from_first),
        f"{measures.rollbacks:,}",
        f"{measures.failed:,}",
        "–" if rate is None else f"{100 * rate:.0f} %",
        length(measures.restore),
        ", ".join(f"{number} {gate}" for gate, number in measures.overrides.items()),
    ]


def length(spread: Spread) -> str:
    """Return a median in two units at most: `3d 4h`, `2h 5m`, `40s`; a dash for none."""
    if spread.median is None:
        return "–"
    seconds = spread.median
    for unit, name, smaller, below in ((DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "m")):
        if seconds >= unit:
            rest = seconds % unit // smaller
            return f"{seconds // unit}{name}" + (f" {rest}{below}" if rest else "")
    return f"{seconds // _MINUTE}m" if seconds >= _MINUTE else f"{seconds}s"


def total_name(metrics: Metrics) -> str:
    """Return what the total is about: the environments at the ends of chains."""
    return ", ".join(metrics.ends) or "all"


def metrics_table(metrics: Metrics, width: int) -> str:
    """Return the total, a line for each environment, and one for each service in it."""
    rows = [["all", total_name(metrics), *cells(metrics.total)]] if len(metrics.ends) != 1 else []
    rows += [["all", line.environment, *cells(line.measures)] for line in metrics.environments]
    rows += [[line.service, line.environment, *cells(line.measures)] for line in metrics.services]
    return table(["service", "env", *HEADS], rows, width)


def metrics_json(metrics: Metrics) -> str:
    """Return the numbers as one versioned JSON object, which only ever grows; schemas/metrics.schema.json describes it."""
    data: dict[str, Any] = {
        "version": 1,
        "source": "declared in Git, not what runs in the cluster",
        "since": iso(metrics.since),
        "until": iso(metrics.until),
        "days": round((metrics.until - metrics.since) / DAY, 3),
        "complete": metrics.complete,
        "definitions": [
            {"name": name, "definition": definition, "unknown": unknown} for name, (definition, unknown) in DEFINITIONS.items()
        ],
        "total": {"environments": list(metrics.ends), **_measures(metrics.total)},
        "environments": [{"environment": line.environment, **_measures(line.measures)} for line in metrics.environments],
        "services": [
            {"service": line.service, "environment": line.environment, **_measures(line.measures)} for line in metrics.services
        ],
    }
    return as_json(data)


def _measures(measures: Measures) -> dict[str, Any]:
    rate = measures.failure_rate
    return {
        "releases": measures.releases,
        "perDay": round(measures.per_day, 4),
        "leadTimeFromCode": _spread(measures.lead_from_code),
        "leadTimeFromFirst": _spread(measures.lead_from_first),
        "rollbacks": measures.rollbacks,
        "failed": measures.failed,
        "changeFailureRate": None if rate is None else round(rate, 4),
        "timeToRestore": _spread(measures.restore),
        "overrides": dict(measures.overrides),
    }


def _spread(spread: Spread) -> dict[str, int | None]:
    return {"medianSeconds": spread.median, "count": spread.number}


def metrics_csv(metrics: Metrics) -> str:
    """Return a line for each service and environment, with a header; what is about all services names none."""
    lines = [Line("", total_name(metrics), metrics.total)] if len(metrics.ends) != 1 else []
    period = [iso(metrics.since), iso(metrics.until)]
    return as_csv(COLUMNS, (_row(line, period) for line in [*lines, *metrics.environments, *metrics.services]))


def _row(line: Line, period: list[str]) -> list[str]:
    measures, rate = line.measures, line.measures.failure_rate
    spreads = (measures.lead_from_code, measures.lead_from_first, measures.restore)
    code, first, restore = (["" if one.median is None else str(one.median), str(one.number)] for one in spreads)
    return [
        line.service, line.environment, *period, str(measures.releases), f"{measures.per_day:.4f}", *code, *first,
        str(measures.rollbacks), str(measures.failed), "" if rate is None else f"{rate:.4f}", *restore,
        *(str(measures.overrides.get(gate, 0)) for gate in GATES),
    ]  # fmt: skip

"""The families of ids, which group JUnit suites, the manual and its index."""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """The ids of one subject."""

    key: str
    """Name of the JUnit suite and of the page in docs/rules/."""
    title: str
    prefixes: tuple[str, ...]
    """What its ids start with. The longest matching prefix of all families wins."""


FAMILIES = (
    Family("reading", "Reading files", ("TP00", "TP01")),
    Family("schema", "Fields and their values", ("TP02",)),
    Family("workspace", "The workspace: names, references, templates", ("TP03", "TP04", "TP05", "TP07", "TP5")),
    Family("service", "A service and its environment's policy", ("TP1",)),
    Family("values", "Values and chart profiles", ("TP3",)),
    Family("rollout", "Rollouts and the workloads that they manage", ("TP2", "TP7")),
    Family("analysis", "Analyses and experiments", ("TP22", "TP75", "TP76", "TP77")),
    Family("application", "Argo CD Applications", ("TP4", "TP8")),
    Family("project", "AppProjects", ("TP83", "TP84")),
    Family("applicationset", "ApplicationSets", ("TP85",)),
    Family("repository", "A repository as a whole", ("TP86",)),
    Family("verify", "Rendered charts and plain manifests", ("TP60", "TP66")),
    Family("between", "Objects that refer to each other", ("TP6",)),
    Family("versions", "The versions that run", ("TP67",)),
    Family("own-rules", "Rules of your own", ("TP69",)),
    Family("release", "Released charts", ("TP65",)),
    Family("drift", "Drift of generated files", ("TP9",)),
)


def family_of(id_: str) -> Family:
    """Return the family of an id; raises LookupError for an id outside all families."""
    found = [(len(prefix), family) for family in FAMILIES for prefix in family.prefixes if id_.startswith(prefix)]
    if not found:
        raise LookupError(id_)
    return max(found, key=lambda item: item[0])[1]

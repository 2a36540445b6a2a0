"""What a service in an environment offers to on-call: the commands to stop or undo a release, and links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Any, NamedTuple

from generator.report.plans.of_built import is_known
from generator.service.build import Built
from generator.syntax.labels import label_parts
from generator.syntax.secrets.addresses import holds_credentials

MANAGED_BY = "argocd.argoproj.io/managed-by-url"
"""The annotation of an Application with the address of the Argo CD that manages it."""
_EXTERNAL = "link.argocd.argoproj.io/"
"""How the annotations begin that Argo CD shows as links."""
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[^\s\"'<>\\`{}|^]*)?")
_MOST = 2_000
_LONGEST_TITLE = 60


class Command(NamedTuple):
    """A command, what it is for, and what else happens then."""

    what: str
    line: str
    note: str


class Link(NamedTuple):
    """A page elsewhere."""

    title: str
    address: str


def link_of(title: str, text: Any) -> Link | None:
    """Return a link to an address; None for what is not one, or has credentials."""
    is_address = isinstance(text, str) and len(text) <= _MOST and _LINK.fullmatch(text)
    return Link(title[:_LONGEST_TITLE], text) if is_address and not holds_credentials(text) else None


def links_of(built: Built) -> tuple[Link, ...]:
    """Return the pages that the Application of a service leads to: Argo CD, and those of its annotations and info."""
    application = built.application
    annotations: Mapping[str, Any] = application["annotations"] or {}
    address = str(annotations.get(MANAGED_BY) or "").rstrip("/")
    own = f"{address}/applications/{application['namespace']}/{application['name']}" if address else ""
    found = [link_of("Argo CD", own)]
    for key, value in annotations.items():
        if key.startswith(_EXTERNAL):
            title, bar, page = str(value).partition("|")
            found.append(link_of(title if bar else key.removeprefix(_EXTERNAL), page if bar else value))
    found += [link_of(str(item.get("name", "")), item.get("value")) for item in application["info"] or ()]
    return tuple(link for link in found if link)


def commands_of(built: Built) -> tuple[Command, ...]:
    """Return the commands to watch, abort, undo and roll back a release."""
    application = built.application
    namespace = (application.get("destination") or {}).get("namespace")
    where = f" -n {quote(str(namespace))}" if namespace else ""
    environment = label_parts(built.resolved.environment.label)[0]
    back = f"tiphys rollback {quote(built.resolved.service)} --env {quote(environment)} --commit"
    in_git = Command("Roll back in Git", back, "an earlier release as a new commit; push it, or open a pull request")
    return (*_in_cluster(built, where, _until(application)), in_git)


def _in_cluster(built: Built, where: str, until: str) -> Iterator[Command]:
    if not is_known(built):
        return
    if built.strategy or built.chart.kind == "Rollout":
        name = quote(built.rollout_name if built.strategy else built.chart.workload)
        plugin = "kubectl argo rollouts"
        yield Command("Watch", f"{plugin} get rollout {name}{where} --watch", "")
        stays = "traffic goes back to the old pods; it stays Degraded until the spec changes or the rollout is retried"
        yield Command("Abort", f"{plugin} abort {name}{where}", stays)
        yield Command("Undo", f"{plugin} undo {name}{where}", until)
        return
    workload = f"{built.chart.kind.lower()}/{quote(built.chart.workload)}"
    yield Command("Watch", f"kubectl rollout status {workload}{where}", "")
    yield Command("Undo", f"kubectl rollout undo {workload}{where}", until)


def _until(application: Mapping[str, Any]) -> str:
    """Return how long a change in the cluster lasts that Git does not have."""
    automated = (application.get("syncPolicy") or {}).get("automated")
    if isinstance(automated, dict) and automated.get("selfHeal"):
        return "Argo CD reverts it at once, because self-heal is on: roll back in Git"
    return "until the next sync of Argo CD: roll back in Git as well"

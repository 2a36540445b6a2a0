"""What waits in Argo CD for a manual confirmation after Applications were removed from Git.

Before a sync creates or changes anything, it looks for objects to prune that carry `Prune=confirm`. With one of them it
waits, even if the sync does not prune, and the Application that is synced gets no newer commit until then.
Source: argo-cd, gitops-engine/pkg/sync/sync_context.go, runTasks
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Any

from generator.kubernetes.objects import at
from generator.service.application import GUARDS, SYNC_OPTIONS
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.wording import listed

_USUAL = "argocd"
"""The namespace in which the argocd command looks for Applications by itself."""


class Confirmation(NamedTuple):
    """The removal of Applications that the sync of a root Application waits for."""

    environment: str
    root: str
    """The name of the root Application; with its namespace before a slash, if that is not the usual one. Empty if it is
    removed as well."""
    applications: tuple[str, ...]
    prunes: bool
    """Whether the root Application prunes by itself."""

    @property
    def commands(self) -> tuple[str, ...]:
        """What to run, in this order; nothing without a root Application."""
        if not self.root:
            return ()
        root = quote(self.root)
        confirm = f"argocd app confirm-deletion {root}"
        return (confirm,) if self.prunes else (f"argocd app sync {root} --prune --async", confirm)

    @property
    def message(self) -> str:
        """What waits, in a sentence."""
        names = listed(self.applications, most=4)
        several = len(self.applications) > 1
        if not self.root:
            return (
                f"{self.environment} has no services any more, so nothing prunes {names}: "
                f"delete {'them' if several else 'it'} in Argo CD, with the root Application"
            )
        return (
            f"the sync of {self.root} waits for a confirmation to remove {names} (Prune=confirm); "
            "until then it creates and changes no Application, whatever is committed"
        )

    @property
    def advice(self) -> str:
        """What a person has to do."""
        if not self.root:
            return ""
        why = "" if self.prunes else f", because {self.root} does not prune by itself"
        return f"after the merge, run: {' && '.join(self.commands)}{why}"


def asks(application: Mapping[str, Any] | None) -> bool:
    """Tell whether Argo CD asks before it prunes an Application."""
    options = at(application, "metadata", "annotations", SYNC_OPTIONS) if application else None
    return isinstance(options, str) and GUARDS[0] in {option.strip() for option in options.split(",")}


def confirmation(environment: str, root: Mapping[str, Any] | None, removed: Iterable[Mapping[str, Any]]) -> Confirmation | None:
    """Return what waits after the removal of Applications; None if Argo CD asks for none of them. Without `root`, the environment loses its root Application."""
    names = tuple(sorted(str(at(one, "metadata", "name")) for one in removed if asks(one)))
    if not names:
        return None
    if root is None:
        return Confirmation(environment, "", names, False)
    name, namespace = at(root, "metadata", "name"), at(root, "metadata", "namespace")
    whole = f"{namespace}/{name}" if namespace not in (None, _USUAL) else str(name)
    return Confirmation(environment, whole, names, at(root, "spec", "syncPolicy", "automated", "prune") is True)

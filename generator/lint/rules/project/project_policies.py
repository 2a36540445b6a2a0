"""The rule TP843, project-policies."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import KubeObject, Objects, maps, texts
from generator.lint.rules.rule import Finding
from generator.syntax.wording import listed

_FORM = "write p, proj:{0}:{1}, applications, sync, {0}/*, allow"


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A policy of a project role must be `p, proj:<project>:<role>, <resource>, <action>, <project>/<object>, allow` or deny.

    A policy with another form, or for a different project or role, has no effect. The API of Argo CD refuses to
    save such a project; what Git or kubectl applies is not checked.
    Wrong:
        kind: AppProject
        metadata: {name: shop}
        spec:
          roles: [{name: ci, policies: ["p, proj:shop:ci, applications, sync, other/*, allow"]}]
    Right:
        kind: AppProject
        metadata: {name: shop}
        spec:
          roles: [{name: ci, policies: ["p, proj:shop:ci, applications, sync, shop/*, allow"]}]
    Source: argo-cd, pkg/apis/application/v1alpha1/app_project_types.go, validatePolicy
    """
    names: set[str] = set()
    for index, role in maps(item.spec.get("roles")):
        name = str(role.get("name"))
        if name in names:
            yield Finding(("spec", "roles", index, "name"), f"two roles are named `{name}`", "rename one of the two")
        names.add(name)
        yield from _groups(role.get("groups"), ("spec", "roles", index, "groups"))
        seen: set[str] = set()
        for number_, policy in texts(role.get("policies")):
            wrong = "is in the list twice" if policy in seen else _wrong(policy, item.name, name)
            seen.add(policy)
            if wrong:
                yield Finding(
                    ("spec", "roles", index, "policies", number_), f"the policy {wrong}", _FORM.format(item.name, name)
                )


def _groups(groups: object, here: Pointer) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, group in texts(groups):
        if group in seen:
            yield Finding((*here, index), f"group `{group}` is in the list twice", "remove one of the two")
        elif "," in group or group.strip() != group:
            yield Finding(
                (*here, index), f"`{group}` is not a valid name of a group", "list each group by itself, without spaces"
            )
        seen.add(group)


_RESOURCES = ("applications", "applicationsets", "repositories", "clusters", "logs", "exec")


def _wrong(policy: str, project_: str, role: str) -> str:
    """Return the problem with a policy; empty if it is valid."""
    parts = [part.strip() for part in policy.split(",")]
    if len(parts) != 6 or parts[0] != "p":
        return "does not have six parts that start with `p`"
    if parts[1] != f"proj:{project_}:{role}":
        return f"is for `{parts[1]}`, not for this role"
    if not parts[4].startswith(f"{project_}/"):
        return f"is for `{parts[4]}`, which is outside this project"
    if parts[2] not in _RESOURCES:
        return f"is for `{parts[2]}`, which roles of a project cannot have: use {listed(_RESOURCES, last='or')}"
    return "" if parts[5] in ("allow", "deny") else f"ends in `{parts[5]}`, not in allow or deny"

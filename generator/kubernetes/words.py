"""The words that Argo CD reads in options and annotations; it ignores all others without a message.

Source: gitops-engine, pkg/sync/common/types.go, pkg/sync/hook and pkg/sync/syncwaves; argo-cd,
docs/user-guide/sync-options.md and compare-options.md
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.syntax.wording import closest, listed

Options = Mapping[str, tuple[str, ...]]
"""The values that each option can have."""

_SWITCH = ("true", "false")
_ON = ("true",)

SYNC_OPTIONS: Options = {
    "Validate": _SWITCH,
    "CreateNamespace": _SWITCH,
    "PruneLast": _ON,
    "ApplyOutOfSyncOnly": _SWITCH,
    "PrunePropagationPolicy": ("foreground", "background", "orphan"),
    "RespectIgnoreDifferences": _ON,
    "SkipDryRunOnMissingResource": _ON,
    "Replace": _SWITCH,
    "FailOnSharedResource": _ON,
    "ServerSideApply": _SWITCH,
    "ClientSideApplyMigration": _SWITCH,
    "Prune": ("false", "confirm"),
    "Delete": ("false", "confirm"),
}
OF_OBJECTS: Options = {**SYNC_OPTIONS, "Force": _ON}
"""The sync options in the annotation of an object."""

COMPARE_OPTIONS: Options = {
    "IgnoreExtraneous": (),
    "IncludeMutationWebhook": _ON,
    "ServerSideDiff": _SWITCH,
}


def wrong(option: str, known: Options) -> str:
    """Return what to do about an option that Argo CD does not read; empty for one that it does.

    What is suggested never has the opposite effect: a value is only corrected where it is misspelt.
    """
    plain = option.replace(" ", "")
    name, _, value = plain.partition("=")
    if plain == option and name in known and value in (known[name] or ("",)):
        return ""
    meant = name if name in known else closest(name, known)
    if not meant:
        return "remove it; Argo CD's manual lists the options"
    values = known[meant]
    if not values:
        return f"did you mean `{meant}`?"
    if value in values:
        return f"did you mean `{meant}={value}`?"
    if value in _SWITCH:
        return f"remove it: {value} is the default of `{meant}`" if meant == name else f"remove it; {_form(meant, values)}"
    near = closest(value, values)
    return f"did you mean `{meant}={near}`?" if near else _form(meant, values)


def _form(name: str, values: tuple[str, ...]) -> str:
    return f"`{name}` can be {listed(values, last='or')}"

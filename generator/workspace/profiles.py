"""Find the chart profiles of a workspace, by name or by the chart that they are for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from generator.diagnostics import Diagnostic, Severity
from generator.syntax import shipped
from generator.syntax.reader import Source
from generator.syntax.wording import is_slip
from generator.system.files import Folder, UnreadableFileError
from generator.system.files.once import Once
from generator.workspace.model import NO_PROFILE, Profile

FOLDER = "profiles"


class Reads(Protocol):
    """The reader of the files, which collects their problems."""

    folder: Folder

    def report(self, *problems: Diagnostic) -> None:
        """Add problems of a file."""

    def source(self, path: str, kind: str) -> Source | None:
        """Return a file of the workspace; None if it is invalid."""

    def blocked(self, error: UnreadableFileError) -> None:
        """Report why a folder cannot be listed."""

    def shipped(self, *parts: str, kind: str) -> Source | None:
        """Return a file that ships with Tiphys; None if it is invalid."""


class Profiles:
    """Finds profiles, and reads each once. Those of the workspace override the shipped ones."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader
        self._found = Once[str, Profile | None]()
        self._of_chart = Once[str, Profile | None]()
        self._used_for = Once[str, Profile | None]()
        self._claims = Once[None, dict[str, Profile]]()

    def named(self, name: str) -> Profile | None:
        """Return the profile with a name; None if it does not exist or has reported errors."""
        return self._found(name, lambda: self._read(name))

    def of_chart(self, name: str) -> Profile | None:
        """Return the profile that has the name of a chart, or that lists the chart.

        All profiles are read only if none has the name of the chart.
        """
        return self._of_chart(name, lambda: self.named(name) if self.exists(name) else self.claims().get(name))

    def used_for(self, name: str) -> Profile | None:
        """Return the profile of a chart, or else the one of charts without a profile.

        None for a profile with reported errors, and for a name that is one slip away from a chart with a profile.
        """
        return self._used_for(name, lambda: self.of_chart(name) or (None if self.exists(name) else self._passing(name)))

    def charts(self) -> set[str]:
        """Return the names of the charts that a profile is for."""
        return {*self.names(), *self.claims()} - {NO_PROFILE}

    def _passing(self, name: str) -> Profile | None:
        """Return the profile of charts without one, unless the name of the chart is mistyped."""
        return None if any(is_slip(name, known) for known in self.charts()) else self.named(NO_PROFILE)

    def exists(self, name: str) -> bool:
        """Tell whether a profile with a name exists, valid or not."""
        return self._is_own(name) or shipped.is_file("templates", FOLDER, name, "profile.yaml")

    def names(self) -> list[str]:
        """Return the names of all profiles."""
        names = set(shipped.names("templates", FOLDER))
        try:
            names.update(name for name, _ in self._reader.folder.entries(f"templates/{FOLDER}"))
        except UnreadableFileError as error:
            self._reader.blocked(error)
        return sorted(name for name in names if self.exists(name))

    def claims(self) -> dict[str, Profile]:
        """Return the profiles by the names of charts that they list."""
        return self._claims(None, self._claimed)

    def _claimed(self) -> dict[str, Profile]:
        claims: dict[str, Profile] = {}
        for name in sorted(self.names(), key=lambda name: not self._is_own(name)):
            profile = self.named(name)
            if profile is not None:
                self._claim(profile, claims)
        return claims

    def _claim(self, profile: Profile, claims: dict[str, Profile]) -> None:
        for index, chart in enumerate(profile.spec.get("charts") or []):
            first = claims.setdefault(chart, profile)
            if first is not profile and self._is_own(profile.name):
                at = ("spec", "charts", index)
                message = f"chart `{chart}` is already listed by profile `{first.name}`"
                span, hint = profile.source.span_of(at), "remove it from one of the two"
                self._reader.report(Diagnostic(profile.source.path, span, "TP044", Severity.ERROR, message, hint, at))

    def _is_own(self, name: str) -> bool:
        return self._reader.folder.exists(f"templates/{FOLDER}/{name}/profile.yaml")

    def _read(self, name: str) -> Profile | None:
        folder = f"{FOLDER}/{name}"
        if self._is_own(name):
            source = self._reader.source(f"templates/{folder}/profile.yaml", "profile")
        elif self.exists(name):
            source = self._reader.shipped("templates", folder, "profile.yaml", kind="profile")
        else:
            return None
        if source is None:
            return None
        spec = source.data["spec"]
        workload = spec.get("workload") or {}
        named = [*(spec.get("services") or {}).values(), str(workload.get("name")), str(workload.get("kind"))]
        # Without a value for another name, the chart alone decides what its objects are called.
        fixed = (spec.get("fullname") or {}).get("override") is False
        asks = fixed or any("{{" in text for text in named) or any("mode" not in item for item in spec.get("refuses") or [])
        selector = str(spec.get("selector") or "")
        by_chart = bool(selector) and not any(word in selector for word in ("fullname", "service"))
        return Profile(name, source, spec, folder, "{{" in source.text, asks, _varying(spec), by_chart)


def _varying(spec: Mapping[str, Any]) -> frozenset[str]:
    refuses = [{**item, "when": True} for item in spec.get("refuses") or []]
    return frozenset(key for key, value in {**spec, "refuses": refuses}.items() if _holds_expression(value))


def _holds_expression(node: Any) -> bool:
    if isinstance(node, dict):
        return any(_holds_expression(part) for item in node.items() for part in item)
    if isinstance(node, list):
        return any(map(_holds_expression, node))
    return isinstance(node, str) and ("{{" in node or "{%" in node)

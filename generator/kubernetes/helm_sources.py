"""What Argo CD has Helm render of an Application: release, namespace, charts, values and parameters.

Source: argo-cd, reposerver/repository/repository.go (helmTemplate), util/helm/cmd.go (template)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer
from generator.kubernetes.applications import sources_in
from generator.kubernetes.objects import maps, texts
from generator.kubernetes.rollouts import table
from generator.syntax.named_tuples import NamedTuple


class HelmSource(NamedTuple):
    """One source of an Application that Helm renders."""

    at: Pointer
    data: dict[str, Any]
    """The source itself."""
    release: str
    namespace: str

    @property
    def helm(self) -> dict[str, Any]:
        """Its settings for Helm; empty without any."""
        return table(self.data, "helm")

    @property
    def value_files(self) -> list[str]:
        """The values files, lowest first; one that begins with `$` is in the source with that `ref`."""
        return [text for _, text in texts(self.helm.get("valueFiles"))]

    @property
    def inline(self) -> dict[str, Any] | str | None:
        """The values in the Application, above those of the files; None without any. `valuesObject` wins over `values`."""
        found: dict[str, Any] | str | None = self.helm.get("valuesObject") or self.helm.get("values")
        return found or None

    @property
    def parameters(self) -> Iterator[tuple[str, str]]:
        """The parameters, above all values: a flag of Helm, and its argument."""
        for _, item in maps(self.helm.get("parameters")):
            flag = "--set-string" if item.get("forceString") is True else "--set"
            yield flag, f"{item.get('name') or ''}={_escaped(str(item.get('value') or ''))}"

    @property
    def switches(self) -> list[str]:
        """The other flags of Helm that it sets."""
        flags = {"skipTests": "--skip-tests", "skipSchemaValidation": "--skip-schema-validation"}
        return [flag for field, flag in flags.items() if self.helm.get(field) is True]


_COMMA = re.compile(r"(?<!\\),")


def _escaped(value: str) -> str:
    """Return the value of a parameter as Argo CD hands it on: a comma would begin the next one, but for a list in braces."""
    return value if value.startswith("{") and value.endswith("}") else _COMMA.sub(r"\\,", value)


def release_of(application: Mapping[str, Any], source: Mapping[str, Any]) -> str:
    """Return the name of the release of a source; without a name of its own it is that of the Application."""
    return str(table(source, "helm").get("releaseName") or table(application, "metadata").get("name") or "")


def helm_sources(application: Mapping[str, Any]) -> list[HelmSource]:
    """Return the sources of an Application that say that they are charts."""
    spec = table(application, "spec")
    namespace = str(table(spec, "destination").get("namespace") or "")
    return [
        HelmSource(pointer, source, release_of(application, source), str(table(source, "helm").get("namespace") or namespace))
        for pointer, source in sources_in(spec)
        if source.get("chart") or isinstance(source.get("helm"), dict)
    ]


def other_sources(application: Mapping[str, Any], path: str) -> Iterator[Pointer]:
    """Yield the sources that Helm does not render, but for those without objects, and the one that reads a path."""
    charts = {source.at for source in helm_sources(application)}
    for pointer, source in sources_in(table(application, "spec")):
        if pointer not in charts and source.get("path") and source.get("path") != path:
            yield pointer

"""The rule TP751, argument-sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.names import KEY
from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import analyses
from generator.lint.rules.rule import Finding
from generator.syntax.wording import suggestion

_HASHES = ("Stable", "Latest")
_FIELD = re.compile(r"metadata\.(?:name|namespace|uid|(?:labels|annotations)(?:\['[^']+'\])?)\Z")

_KEY_IN = re.compile(r"\['([^']+)'\]\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An argument of an analysis must have either a value or one valid source.

    A `fieldRef` can name the name, the namespace, the uid, or a label or annotation in brackets. A
    `podTemplateHashValue` is `Stable` or `Latest`; any other value gives an empty argument.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              analysis:
                templates: [{templateName: rate}]
                args: [{name: hash, valueFrom: {podTemplateHashValue: latest}}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              analysis:
                templates: [{templateName: rate}]
                args: [{name: hash, valueFrom: {podTemplateHashValue: Latest}}]
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, ValidateAnalysisRunArgs; utils/analysis/factory.go
    """
    for pointer, analysis in analyses(item):
        for index, argument in maps(analysis.get("args")):
            here: Pointer = (*pointer, "args", index)
            name = argument.get("name")
            if argument.get("value") is not None and argument.get("valueFrom") is not None:
                yield Finding(here, f"argument `{name}` has both value and valueFrom", "keep one of the two")
            digest = at(argument, "valueFrom", "podTemplateHashValue")
            if digest is not None and digest not in _HASHES:
                hint = suggestion(str(digest), _HASHES, "use Stable or Latest")
                yield Finding((*here, "valueFrom", "podTemplateHashValue"), f"`{digest}` gives an empty argument", hint)
            path = at(argument, "valueFrom", "fieldRef", "fieldPath")
            if isinstance(path, str) and path.startswith("metadata") and not _FIELD.match(path):
                message = f"`{path}` is not a field that an argument can use"
                hint = "use metadata.labels['x'], metadata.annotations['x'], metadata.name, namespace or uid"
                yield Finding((*here, "valueFrom", "fieldRef", "fieldPath"), message, hint)
            elif isinstance(path, str) and (key := _KEY_IN.search(path)) and not KEY.fits(key[1]):
                message = f"`{key[1]}` is not a valid name of a label or annotation"
                yield Finding((*here, "valueFrom", "fieldRef", "fieldPath"), message, KEY.hint)

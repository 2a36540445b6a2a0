"""What Argo CD puts into a source of an Application before it is used: files next to it, and variables of the build.

Source: argo-cd, reposerver/repository/repository.go (mergeSourceParameters, newEnv, helmTemplate),
pkg/apis/application/v1alpha1/types.go (Env.Envsubst), util/kustomize/kustomize.go
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from generator.adopt.model import UnavailableError
from generator.diagnostics import Pointer
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, maps, texts
from generator.kubernetes.rollouts import table
from generator.syntax.reader.foreign import yaml_data
from generator.system.files import Folder, UnreadableFileError

_FILES = (".argocd-source.yaml", ".argocd-source-{}.yaml")
_KEPT = ("repoURL", "path", "chart", "targetRevision", "ref")
"""What these files cannot change."""
_IN_ANNOTATIONS = "commonAnnotationsEnvsubst"
_REVISION = "ARGOCD_APP_REVISION"
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>[^}]*)\}|(?P<cut>\{)|(?P<plain>[*#$@!?\-0-9]|[A-Za-z_][A-Za-z0-9_]*)|)")


def is_override(path: str) -> bool:
    """Tell whether a file overrides sources of Applications."""
    return posixpath.basename(path).startswith(".argocd-source") and path.endswith(".yaml")


def overridden(
    application: Mapping[str, Any], pointer: Pointer, source: dict[str, Any], folder: Folder, path: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a source with the files that override it, and their paths; raises UnavailableError."""
    name = str(table(application, "metadata").get("name") or "")
    merged, files = source, []
    for file in (posixpath.normpath(posixpath.join(path, one.format(name))) for one in _FILES):
        if folder.is_file(file):
            merged = _merged(merged, _read(pointer, folder, file))
            files.append(file)
    if not isinstance(merged, dict):
        raise UnavailableError((*pointer, "path"), f"{files[-1]} is not a mapping", "correct it")
    kept = {field: source[field] for field in _KEPT if field in source}
    return (
        ({**{field: value for field, value in merged.items() if field not in _KEPT}, **kept}, tuple(files))
        if files
        else (source, ())
    )


def _read(pointer: Pointer, folder: Folder, file: str) -> Any:
    try:
        return yaml_data(folder.read(file))
    except (UnreadableFileError, ValueError) as error:
        why = error.message if isinstance(error, UnreadableFileError) else str(error)
        raise UnavailableError((*pointer, "path"), f"{file}, which overrides it, cannot be read: {why}", "correct it") from None


def _merged(below: Any, above: Any) -> Any:
    """Return a merge patch over data: null removes, lists are replaced."""
    if not isinstance(above, dict):
        return above
    result = dict(below) if isinstance(below, dict) else {}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result


def substituted(application: Mapping[str, Any], pointer: Pointer, source: dict[str, Any]) -> dict[str, Any]:
    """Return a source with the variables of the build that Argo CD replaces; raises UnavailableError for a commit."""
    known = _variables(application, source)
    result = dict(source)
    for kind, fields in (("helm", ("parameters", "valueFiles", "fileParameters")), ("kustomize", ("images",))):
        if isinstance(source.get(kind), dict):
            result[kind] = dict(source[kind])
            for field in fields:
                if field in source[kind]:
                    result[kind][field] = _list(application, (*pointer, kind, field), source[kind][field], known)
    if isinstance(result.get("kustomize"), dict):
        result["kustomize"] = _marks((*pointer, "kustomize"), result["kustomize"], known)
    return result


def _marks(at: Pointer, given: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """Return settings for kustomize with the variables in labels replaced, and those in annotations if they ask for it."""
    result = {key: value for key, value in given.items() if key != _IN_ANNOTATIONS}
    for field in ("commonLabels", *(("commonAnnotations",) if given.get(_IN_ANNOTATIONS) is True else ())):
        if isinstance(given.get(field), dict):
            texts_of = given[field].items()
            result[field] = {
                key: _text((*at, field, key), one, known) if isinstance(one, str) else one for key, one in texts_of
            }
    return result


def _list(application: Mapping[str, Any], at: Pointer, given: Any, known: Mapping[str, str]) -> Any:
    if not isinstance(given, list):
        return given
    result = list(given)
    for index, text in texts(given):
        # A name that begins with `$ref` is in another source.
        reference = _reference(application, text) if at[-1] == "valueFiles" else ""
        result[index] = reference + _text((*at, index), text.removeprefix(reference), known)
    for index, item in maps(given):
        field = "value" if at[-1] == "parameters" else "path"
        if isinstance(item.get(field), str):
            reference = _reference(application, item[field]) if field == "path" else ""
            changed = reference + _text((*at, index, field), item[field].removeprefix(reference), known)
            result[index] = {**item, field: changed}
    return result


def _reference(application: Mapping[str, Any], text: str) -> str:
    names = {f"${one['ref']}" for _, one in sources(KubeObject(dict(application))) if one.get("ref")}
    first = text.partition("/")[0]
    return first if first in names else ""


def _variables(application: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "NAME": table(application, "metadata").get("name"),
        "NAMESPACE": table(application, "spec", "destination").get("namespace"),
        "PROJECT_NAME": table(application, "spec").get("project") or "default",
        "SOURCE_REPO_URL": source.get("repoURL"),
        "SOURCE_PATH": source.get("path"),
        "SOURCE_TARGET_REVISION": source.get("targetRevision"),
    }
    return {"$": "$", **{f"ARGOCD_APP_{name}": str(value or "") for name, value in found.items()}}


def _text(at: Pointer, text: str, known: Mapping[str, str]) -> str:
    """Return a text with its variables replaced, as Go's os.Expand does: an unknown one is empty."""

    def value(match: re.Match[str]) -> str:
        name = match["braced"] if match["braced"] is not None else match["plain"]
        if name is None:
            return "" if match["cut"] else "$"
        if name.startswith(_REVISION):
            message = f"`${name}` is the commit that Argo CD deploys, which nothing in a spec stands for"
            raise UnavailableError(at, message, "set a fixed value")
        return known.get(name, "")

    return _VARIABLE.sub(value, text) if "$" in text else text

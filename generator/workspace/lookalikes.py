"""Detect files that are not read but contain something that Tiphys would read elsewhere."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from generator.syntax.reader import try_parse
from generator.system.files import Folder

_TEXT = 4 * 1024
_DATA = 256 * 1024
"""How many bytes of a file are read; for one named like YAML, the maximum size of a spec."""
_DATA_NAME = re.compile(r"ya?ml|json", re.IGNORECASE)
_ELSEWHERE = (
    r"md|markdown|mdx|rst|adoc|html?|css|pyi?|[cm]?jsx?|tsx?|go|rs|java|kt|rb|php|[ch]|cpp|cs|[bz]a?sh|sh|fish|ps1|bat|tf|hcl|rego|"
    r"lua|sql|tpl|t?gz|zip|tar|xz|bz2|zst|7z|whl|jar|png|jpe?g|gif|svg|ico|webp|pdf|woff2?|ttf|so|dll|exe|pyc|sw[op]|lock|log|csv"
)
"""Extensions of documentation, programs and binary files: a spec in them is only an example."""
_LINE = rb"^[ \t]*(?:-[ \t]+)?[\"']?%s[\"']?[ \t]*:[ \t]*[\"']?(%s[-\w./\\]*)"
_VERSION = rb"(?mi)" + _LINE % (b"apiVersion", rb"(?:tiphys|argoproj\.io)\\?/")
_KIND = rb"(?m)" + _LINE % (b"kind", rb"[A-Za-z]")


def kind_in(root: str, path: str) -> str:
    """Return the `kind` in a file, if it has the `apiVersion` of Tiphys or is an AppProject; else an empty string."""
    name = posixpath.basename(path)
    ending = name.lower().rpartition(".")[2] if "." in name else ""
    if re.fullmatch(_ELSEWHERE, ending) or (name.startswith(".") and not _DATA_NAME.fullmatch(ending)):
        return ""
    return kind_of(Folder(root).head(path, _DATA if is_data(name) else _TEXT))


def is_data(name: str) -> bool:
    """Tell whether a file name contains yaml, yml or json."""
    return bool(_DATA_NAME.search(name))


def is_template(root: str, path: str) -> bool:
    """Tell whether a file is a Jinja template of an Argo object or an autoscaler."""
    raw = Folder(root).head(path, _TEXT)
    return bool(re.search(_EXPRESSION, raw) and re.search(_MADE, raw))


_EXPRESSION = rb"\{\{(?!\s*args\.)"
"""What a template has; `{{args.NAME}}` is the text of a manifest, which Argo Rollouts replaces."""
_MADE = rb"(?m)^kind:[ \t]*(?:Application|AnalysisTemplate|Rollout|HorizontalPodAutoscaler)\b"


def kind_of(raw: bytes) -> str:
    """Return the `kind` of a Tiphys file or AppProject in YAML or JSON text, even if invalid; empty for anything else."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):  # some editors and shells on Windows write UTF-16
        raw = raw.decode("utf-16", "replace").encode("utf-8")
    folded = raw.lower()
    if b"tiphys/" not in folded and b"tiphys\\/" not in folded and b"appproject" not in folded:
        return ""
    source, _ = try_parse("", raw)
    if source is not None:
        return next(filter(None, map(_kind, _documents(source.data))), "")
    version, kind = re.search(_VERSION, raw), re.search(_KIND, raw)
    if version is None:
        return ""
    return _ours(version[1].decode("ascii", "replace"), kind[1].decode("ascii", "replace") if kind else "")


def _documents(data: Any) -> list[Any]:
    """Return a document, or the items of a list of documents."""
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        return [data, *data["items"]]
    return data if isinstance(data, list) else [data]


def _kind(data: Any) -> str:
    version, kind = (data.get("apiVersion"), data.get("kind")) if isinstance(data, dict) else (None, None)
    return _ours(version, kind if isinstance(kind, str) else "") if isinstance(version, str) else ""


def _ours(version: str, kind: str) -> str:
    if version.lower().startswith(("tiphys/", "tiphys\\/")):
        return kind or "Pipeline"
    return kind if kind == "AppProject" else ""

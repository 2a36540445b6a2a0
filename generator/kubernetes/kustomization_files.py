"""What kustomize is given: every file that a kustomization names, checked, and nothing else.

kustomize fetches what looks like an address, asks the machine it runs on without a proxy, and reads directories anywhere
on the disk. It also finds fields in any case (`Resources`), as Go's JSON does. So what it gets is written from what was
read here: known fields alone, and paths that lead to files that are there.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Pointer, dotted
from generator.kubernetes import kustomization
from generator.kubernetes.kustomization_tree import Tree
from generator.kubernetes.objects import maps, texts
from generator.syntax.reader.foreign import yaml_data
from generator.syntax.reader.stream import read_stream
from generator.syntax.wording import listed
from generator.system.files import UnreadableFileError
from generator.system.kustomize import Checked

FIELDS = frozenset(
    (
        *("apiVersion", "kind", "metadata", "openapi", "resources", "bases", "components", "crds", "configurations"),
        *("generators", "transformers", "validators", "patches", "patchesStrategicMerge", "patchesJson6902", "replacements"),
        *("configMapGenerator", "secretGenerator", "generatorOptions", "images", "imageTags", "replicas", "labels", "vars"),
        *("commonLabels", "commonAnnotations", "namePrefix", "nameSuffix", "namespace", "buildMetadata", "sortOptions"),
        *("helmCharts", "helmChartInflationGenerator", "helmGlobals", "inventory"),
    )
)
"""The fields of a kustomization. Source: kustomize, api/types/kustomization.go"""

_IN_ITEMS = ("path", "files", "envs", "env", "literals", "patch", "target", "name", "namespace", "options", "behavior", "type")
_WITH_PATHS = ("patches", "patchesJson6902", "replacements", "configMapGenerator", "secretGenerator")
_PLUGINS = ("generators", "transformers", "validators")
_OF_PLUGINS = ("path", "paths", "files", "envs", "env", "replacements", "patches", "jsonOp", "patch", "apiVersion", "kind")
_BUILT_IN = frozenset(
    (
        *("AnnotationsTransformer", "ConfigMapGenerator", "HashTransformer", "IAMPolicyGenerator", "ImageTagTransformer"),
        *("LabelTransformer", "LegacyOrderTransformer", "NamespaceTransformer", "PatchJson6902Transformer"),
        *("PatchStrategicMergeTransformer", "PatchTransformer", "PrefixSuffixTransformer", "PrefixTransformer"),
        *("ReplacementTransformer", "ReplicaCountTransformer", "SecretGenerator", "SortOrderTransformer"),
        *("SuffixTransformer", "ValueAddTransformer"),
    )
)
"""The plugins that kustomize contains, without the one that runs Helm. Any kind that ends in `List` would be taken apart
into plugins that were never checked. Source: kustomize, api/internal/plugins/builtinhelpers/builtins.go
"""
_NAMES = frozenset(name.casefold() for name in kustomization.FILES)
MOST = 16 * 1024 * 1024
"""Bytes of all files that one kustomization is built from."""
_TOO_LARGE = "TP006"
_MOST_NAMED = 5_000
"""Entries that name a file or a directory."""
_MOST = 256 * 1024
"""Bytes of one kustomization, or of one configuration of a plugin."""
_MOST_IN_ALL = 4 * 1024 * 1024


class UncheckedError(Exception):
    """A kustomization that kustomize is not given; the message says which one and why."""


def odd_keys(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Yield the fields that kustomize reads as others, with the name that it reads: `Resources` as `resources`."""
    yield from _odd(data, FIELDS, ())
    for field in _WITH_PATHS:
        for index, item in maps(data.get(field)):
            yield from _odd(item, _IN_ITEMS, (field, index))
    api = data.get("openapi")
    if isinstance(api, dict):
        yield from _odd(api, ("path",), ("openapi",))


def _odd(data: Mapping[str, Any], known: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    usual = {name.casefold(): name for name in known}
    for key in data:
        name = usual.get(str(key).casefold())
        if name is not None and name != key:
            yield (*at, str(key)), name


def checked(tree: Tree, path: str) -> Checked:
    """Return what kustomize is given to build the kustomization at a path of a tree.

    Raises UncheckedError for a field or a path that leads anywhere else, for what cannot be read, and for too much.
    """
    return _Check(tree).of(path)


class _Check:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._made: dict[str, bytes] = {}
        self._size = 0
        self._read = 0
        self._named = 0

    def of(self, path: str) -> Checked:
        waiting, seen = [posixpath.normpath(path)], set()
        while waiting:
            folder = waiting.pop()
            if folder not in seen:
                seen.add(folder)
                waiting += self._folder("" if folder == "." else folder)
        return Checked(self._made, path)

    def _folder(self, folder: str) -> Iterator[str]:
        """Check the kustomization of a folder, and yield the folders that it is built from."""
        names = [name for name in (posixpath.join(folder, one) for one in kustomization.FILES) if self._tree.is_file(name)]
        if not names:
            return  # kustomize says best that there is none
        if len(names) > 1:
            raise UncheckedError(f"{folder or '.'} has {listed(map(posixpath.basename, names))}; keep one of them")
        where = names[0]
        data = self._known(where)
        for field in _PLUGINS:
            if field in data:
                data[field] = [self._plugin(where, folder, field, entry) for entry in _list(data[field])]
        for pointer, entry in kustomization.paths(data):
            if pointer[0] in _PLUGINS or self._is_in_place(where, pointer, entry):
                continue
            target = self._target(where, folder, pointer, entry)
            if not self._take(target) and pointer[0] in kustomization.BASES and self._tree.is_folder(target):
                yield target
        self._made[where] = _json(data).encode("utf-8")

    def _known(self, where: str) -> dict[str, Any]:
        """Return a kustomization; raises UncheckedError for fields that are not known."""
        data = self._data(where)
        for pointer, name in odd_keys(data):
            raise UncheckedError(f"{where}: kustomize reads `{dotted(pointer)}` as `{name}`; write it so")
        unknown = next((key for key in data if key not in FIELDS), None)
        if unknown is not None:
            raise UncheckedError(f"{where}: `{unknown}` is not a field of a kustomization")
        if kustomization.is_inflating(data):
            raise UncheckedError(f"{where}: Helm would have to render its charts")
        return data

    def _is_in_place(self, where: str, pointer: Pointer, entry: str) -> bool:
        """Tell whether an entry is a patch that is written in its place; raises UncheckedError for what is neither."""
        if pointer[0] != "patchesStrategicMerge" or "\n" not in entry:
            return False
        if any(not isinstance(one, dict) for one in self._documents(where, entry)):
            raise UncheckedError(f"{where}: `{dotted(pointer)}` is neither a patch nor a path")
        return True

    def _target(self, where: str, folder: str, pointer: Pointer, entry: str) -> str:
        """Return the path that an entry leads to; raises UncheckedError if it leads out of the files."""
        at = f"{where}: `{dotted(pointer)}`"
        if not entry.isprintable():
            raise UncheckedError(f"{at} contains characters that no path has")
        if kustomization.is_remote(entry):
            raise UncheckedError(f"{at}: {entry} would have to be fetched")
        self._named += 1
        if self._named > _MOST_NAMED:
            raise UncheckedError(f"{at} is one of more than {_MOST_NAMED:,} entries that name files")
        target = posixpath.normpath(posixpath.join(folder, entry))
        if posixpath.basename(target).casefold() in _NAMES:  # its folder would be built from a file that is given unread
            raise UncheckedError(f"{at}: {entry} is a kustomization; only its directory can be named")
        if entry.startswith("/") or target == ".." or target.startswith("../"):
            raise UncheckedError(f"{at}: {entry} is outside of the files at hand")
        if self._tree.exists(target) and not self._tree.is_file(target) and not self._tree.is_folder(target):
            raise UncheckedError(f"{at}: {entry} is a symbolic link or a special file, or behind one, and is not followed")
        return "" if target == "." else target

    def _take(self, target: str) -> bool:
        """Give kustomize a file as it is, once; tell whether it is one."""
        if target not in self._made and self._tree.is_file(target):
            self._made[target] = self._content(target)
        return target in self._made

    def _content(self, path: str) -> bytes:
        """Return a file; raises UncheckedError where it would be too much in all, before it is read."""
        try:
            content = self._tree.read(path, MOST - self._read)
        except UnreadableFileError as error:
            raise UncheckedError(_why(path, error)) from None
        self._read += len(content)
        return content

    def _plugin(self, where: str, folder: str, field: str, entry: Any) -> Any:
        """Return the configuration of a plugin, which may name files itself, as it is written in its place or in a file."""
        if not isinstance(entry, str):
            raise UncheckedError(f"{where}: `{field}` has an entry that is not a string")
        documents = self._documents(where, entry)
        if any(isinstance(one, dict) for one in documents):
            return "\n---\n".join(self._configuration(where, folder, one) for one in documents)
        target = self._target(where, folder, (field,), entry)
        if self._tree.is_folder(target):
            raise UncheckedError(f"{where}: `{field}` names the directory {entry}; name the file of the plugin")
        if self._tree.is_file(target):
            text = self._text(target)
            inside = posixpath.dirname(target)
            if inside != folder:
                raise UncheckedError(f"{where}: the plugin {entry} must be next to the kustomization")
            made = (self._configuration(target, folder, one) for one in self._documents(target, text))
            self._made[target] = "\n---\n".join(made).encode("utf-8")
        return entry

    def _configuration(self, where: str, folder: str, data: Any) -> str:
        if not isinstance(data, dict) or data.get("apiVersion") != "builtin" or data.get("kind") not in _BUILT_IN:
            raise UncheckedError(f"{where}: only plugins that are built into kustomize, Helm excepted, can be run")
        several = next((key for key in data if str(key).casefold() == "items"), None)
        if several is not None:
            raise UncheckedError(f"{where}: `{several}` is not a field of a plugin that is built into kustomize")
        for pointer, name in _odd(data, _OF_PLUGINS, ()):
            raise UncheckedError(f"{where}: kustomize reads `{dotted(pointer)}` as `{name}`; write it so")
        named = [("path", data["path"])] if isinstance(data.get("path"), str) else []
        named += [("paths", one) for _, one in texts(data.get("paths"))]
        named += [(str(pointer[0]), one) for pointer, one in kustomization.inputs(data)]
        for _, item in maps(data.get("replacements")):
            for pointer, name in _odd(item, ("path",), ("replacements",)):
                raise UncheckedError(f"{where}: kustomize reads `{dotted(pointer)}` as `{name}`; write it so")
            named += [("replacements", item["path"])] if isinstance(item.get("path"), str) else []
        for key, entry in named:
            if key == "paths" and "\n" in entry and self._is_in_place(where, ("patchesStrategicMerge",), entry):
                continue
            self._take(self._target(where, folder, (key,), entry))
        return _json(data)

    def _data(self, where: str) -> dict[str, Any]:
        raw = self._content(where)
        try:
            data = yaml_data(raw, most=self._room(where, len(raw)))
        except ValueError as error:
            raise UncheckedError(f"{where}: {error}") from None
        if not isinstance(data, dict):
            raise UncheckedError(f"{where} is not a kustomization")
        return data

    def _text(self, where: str) -> str:
        raw = self._content(where)
        self._room(where, len(raw))
        return raw.decode("utf-8", "replace")

    def _documents(self, where: str, text: str) -> list[Any]:
        parts = list(read_stream(where, text))
        if any(part.problems for part in parts):
            raise UncheckedError(f"{where}: {parts[0].problems[0].message if parts[0].problems else 'a part is not YAML'}")
        return [part.source.data for part in parts if part.source.data is not None]

    def _room(self, where: str, size: int) -> int:
        """Count what is read; raises UncheckedError for too much."""
        self._size += size
        if size > _MOST or self._size > _MOST_IN_ALL:
            raise UncheckedError(f"{where}: kustomizations may have {_MOST:,} bytes each, and {_MOST_IN_ALL:,} in all")
        return _MOST


_ESCAPED = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _json(data: Any) -> str:
    """Return data as JSON that is YAML, too: Go's reader of YAML knows no character in two escapes, and ends lines at U+2028."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(data, allow_nan=False, ensure_ascii=False))


def _why(path: str, error: UnreadableFileError) -> str:
    if error.rule == _TOO_LARGE:
        return f"{path} is one of files with more than {MOST:,} bytes in all"
    return error.about(path)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

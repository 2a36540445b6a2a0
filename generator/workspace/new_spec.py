"""The spec of a new service: where it belongs in a workspace, and what it says."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.diagnostics import Pointer
from generator.syntax.edit import style
from generator.syntax.edit.splice import Edit, splice
from generator.syntax.globs import DEEP, Glob
from generator.syntax.merge import lookup
from generator.workspace.model import Environment, ServiceSpec
from generator.workspace.naming import EXAMPLE_REGISTRY

_NAME: Pointer = ("metadata", "name")
_REPOSITORY: Pointer = ("spec", "image", "repository")
_TAG = "0.1.0"
_SHIPPED_CHART = "service"
_VALUES = """\

  # Passed to the chart unchanged. Every field: `tiphys schema --service {name}`.
  values:
    containerPorts: [{{name: http, containerPort: 8080}}]
    service: {{port: 80, targetPort: http}}
    readinessProbe:
      httpGet: {{path: /healthz, port: http}}
    resources:
      requests: {{cpu: 50m, memory: 64Mi}}
      limits: {{memory: 128Mi}}
"""


def path_for(name: str, patterns: Sequence[str], specs: Mapping[str, str], like: str = "") -> str:
    """Return where the spec of a new service belongs; empty if no pattern of the workspace has room for it.

    `specs` are the paths of the others by service name. The layout is that of most of them, or of the one that
    is `like` it; without any, that of the first pattern.
    """
    chosen = {like: specs[like]} if like in specs else specs
    layouts = Counter(filter(None, (_beside(path, other, name) for other, path in sorted(chosen.items()))))
    candidates = [path for path, _ in layouts.most_common()] + [_filled(pattern, name) for pattern in patterns]
    globs = [Glob(pattern) for pattern in patterns]
    return next((path for path in candidates if any(glob.match(path) for glob in globs)), "")


def _beside(path: str, service: str, name: str) -> str:
    """Return the path of another spec with the new name in the place of its own; empty if it does not contain its own."""
    folders, _, file = path.rpartition("/")
    parts = folders.split("/") if folders else []
    if service in parts:
        at = len(parts) - 1 - parts[::-1].index(service)
        return posixpath.join(*parts[:at], name, *parts[at + 1 :], file)
    stem, dot, ending = file.partition(".")
    return posixpath.join(folders, f"{name}{dot}{ending}") if stem == service else ""


def _filled(pattern: str, name: str) -> str:
    """Return a path that a pattern matches: the name in the place of its last wildcard, nothing in that of others."""
    parts = pattern.split("/")
    wild = [at for at, part in enumerate(parts) if re.search(r"[*?\[]", part)]
    if not wild:
        return ""
    filled = [part for at, part in enumerate(parts) if at not in wild or at == wild[-1]]
    at = filled.index(parts[wild[-1]])
    filled[at] = name if parts[wild[-1]] == DEEP else re.sub(r"[*?\[].*[*?\]]|[*?]", name, parts[wild[-1]], count=1)
    return "/".join(filled)


def in_order(environments: Mapping[str, Environment]) -> list[str]:
    """Return the names of environments, each after the one that releases are promoted from."""
    found: list[str] = []

    def put(name: str, way: tuple[str, ...]) -> None:
        if name in environments and name not in found and name not in way:
            put(environments[name].promoted_from, (*way, name))
            found.append(name)

    for name in sorted(environments):
        put(name, ())
    return found


def repository_for(name: str, specs: Iterable[ServiceSpec]) -> str:
    """Return a repository next to those of the other services, or a placeholder."""
    known = (lookup(spec.source.data, _REPOSITORY)[1] for spec in specs)
    above = Counter(one.rpartition("/")[0] for one in known if isinstance(one, str) and "/" in one)
    return f"{above.most_common(1)[0][0] if above else EXAMPLE_REGISTRY}/{name}"


def new(name: str, path: str, repository: str, environments: Sequence[Environment], *, modeline: bool) -> str:
    """Return the commented spec of a new service, deployed to these environments."""
    up = "../" * path.count("/")
    lines = [f"# yaml-language-server: $schema={up}.tiphys/pipeline.schema.json"] if modeline else []
    lines += [
        "# `tiphys generate` writes the files below generated/ from this one.",
        "apiVersion: tiphys/v1",
        "kind: Pipeline",
        "metadata:",
        f"  name: {style.like('', name)}",
        "spec:",
        "  image:",
        f"    repository: {style.like('', repository)}",
    ]
    charts = {lookup(one.spec, ("chart", "name"))[1] for one in environments}
    values = _VALUES.format(name=name) if charts == {_SHIPPED_CHART} else ""
    below = ["", "  # The service is deployed to these environments. Each can override anything above.", "  environments:"]
    for one in environments:
        below += [f"    {style.key(one.name)}:", f'      image: {{tag: "{_TAG}"}}']
    return "\n".join(lines) + "\n" + values + "\n".join(below) + "\n"


def minimal(name: str) -> str:
    """Return the shortest valid spec of a service."""
    return (
        f"apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {{name: {style.double_quoted(name)}}}\n"
        "spec: {image: {repository: registry.example.com/image}, environments: {dev: {}}}\n"
    )


def copied(spec: ServiceSpec, raw: bytes, name: str, path: str, repository: str) -> bytes:
    """Return a spec under another name, with everything else as it is, at another path; raises RefusedEditError."""
    edits = [Edit(_NAME, name)]
    if repository and isinstance(lookup(spec.source.data, _REPOSITORY)[1], str):
        edits.append(Edit(_REPOSITORY, repository))
    text = splice(raw, spec.source, edits)
    up, now = ("../" * one.count("/") for one in (path, spec.source.path))
    return text.replace(f"$schema={now}.tiphys/".encode(), f"$schema={up}.tiphys/".encode(), 1)


def repository_like(spec: ServiceSpec, name: str) -> str:
    """Return the repository of a copy: that of the other, with the new name if it is called after the service; else empty."""
    repository = lookup(spec.source.data, _REPOSITORY)[1]
    above, slash, last = repository.rpartition("/") if isinstance(repository, str) else ("", "", "")
    return f"{above}{slash}{name}" if last == spec.name else ""


def naming(text: str, word: str) -> Iterator[int]:
    """Yield the lines in which a name occurs as a word of its own, from 1."""
    pattern = re.compile(rf"(?<![-\w]){re.escape(word)}(?![-\w])")
    return (number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line))

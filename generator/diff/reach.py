"""Which services and environments a change of files can reach, so that no others are read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from generator.history.ledger.chains import Chains
from generator.history.ledger.layout import USUAL, WORKSPACE_FILE, Globs, Layout, environment_of, layout_in
from generator.history.ledger.versions import service_of
from generator.kubernetes import kustomization
from generator.pipeline.drift import origin_of
from generator.workspace.output import RENDERED

_YAML = (".yaml", ".yml")


class Snapshot(NamedTuple):
    """The files of one side, without their content."""

    paths: frozenset[str]
    read: Callable[[Iterable[str]], dict[str, bytes]]
    """Returns the contents of files by path; what cannot be read is left out."""


class Reach(NamedTuple):
    """What is to be read on both sides."""

    services: frozenset[str] | None
    """The services; None for all."""
    specs: frozenset[str]
    """Their specs, on either side."""
    globs: tuple[Globs, Globs]
    """Which paths are specs, on each side."""
    outputs: tuple[str, str]
    """Where each side generates to."""
    environments: frozenset[str] | None = None
    """The environments; None for all."""

    def is_spec(self, path: str) -> bool:
        """Tell whether a path is one of a spec on either side."""
        return any(globs.match(path) for globs in self.globs)

    def wanted(self, path: str) -> bool:
        """Tell whether a file of the past has a say.

        Of what is generated that is only what Helm or kustomize has rendered, and of specs only those that are reached.
        """
        if path.startswith(self.outputs):
            return self._is_rendered(path)
        return self.services is None or path in self.specs or not self.is_spec(path)

    def _is_rendered(self, path: str) -> bool:
        output = next(output for output in self.outputs if path.startswith(output))
        folders = path.removeprefix(output).split("/")[:-1]
        return RENDERED in folders[2:] and (self.services is None or folders[1] in self.services)


def reach(old: Snapshot, new: Snapshot, changed: set[str]) -> Reach:
    """Return what the changed files can reach; everything if that is unknown."""
    files = [side.read([WORKSPACE_FILE]).get(WORKSPACE_FILE, b"") for side in (old, new)]
    layouts = (layout_in(files[0], USUAL), layout_in(files[1], USUAL))
    globs = (Globs(layouts[0]), Globs(layouts[1]))
    outputs = (f"{layouts[0].output}/", f"{layouts[1].output}/")
    everything = Reach(None, frozenset(), globs, outputs)
    specs, named, of_environments = set[str](), set[str](), set[str]()
    rendered = [path for path in changed if path.startswith(outputs) and f"/{RENDERED}/" in path]
    origins = {origin_of(raw) for side in (old, new) for raw in side.read(rendered).values()} if rendered else set()
    specs |= {path for path in origins if everything.is_spec(path)}
    for path in changed:
        if path.startswith(outputs):
            continue
        if everything.is_spec(path):
            specs.add(path)
        elif layouts[0].environments == layouts[1].environments and environment_of(path, layouts[0].environments):
            of_environments.add(path)
        elif _is_shared(path, layouts, old.paths | new.paths):
            return everything
        else:
            named.add(path)
    if of_environments:
        only = None if specs or named else _environments(of_environments, layouts[0].environments, old, new)
        return everything._replace(environments=only)
    if named:
        found = _naming(_names_of(named), old, new, everything, layouts)
        if found is None:
            return everything
        specs |= found
    services = {service_of(raw) for side in (old, new) for raw in side.read(specs & side.paths).values()}
    return everything if "" in services else Reach(frozenset(services), frozenset(specs), globs, outputs)


def _environments(changed: set[str], folder: str, *sides: Snapshot) -> frozenset[str] | None:
    """Return the environments that are made of one of the changed files on one of the sides; None if that is not sure."""
    names, found = list[frozenset[str]](), set[str]()
    for side in sides:
        contents = side.read(path for path in side.paths if environment_of(path, folder))
        files = {environment_of(path, folder): path for path in sorted(contents)}
        if len(files) < len(contents):  # one name with two suffixes
            return None
        chains = Chains(contents)
        parts = {name: chains.parts(files, name) for name, path in files.items() if not chains.is_abstract(path)}
        if any(made_of is None for made_of in parts.values()):
            return None
        found |= {name for name, made_of in parts.items() if made_of and not changed.isdisjoint(made_of)}
        names.append(frozenset(parts))
    return frozenset(found) if found and all(one == names[0] for one in names) else None


def _is_shared(path: str, layouts: tuple[Layout, Layout], paths: frozenset[str]) -> bool:
    """Tell whether a file can affect services that do not name it: all of a workspace's own, and charts."""
    if path == WORKSPACE_FILE:
        return True
    if path.startswith(("strategies/", "templates/", *(f"{layout.environments}/" for layout in layouts))):
        return path.endswith(_YAML)
    folder = posixpath.dirname(path)
    while folder:
        if any(f"{folder}/{name}" in paths for name in ("Chart.yaml", *kustomization.FILES)):
            return True
        folder = posixpath.dirname(folder)
    return False


def _names_of(paths: Iterable[str]) -> Callable[[bytes], bool]:
    """Return what tells whether a file may name one of the paths: manifests by their own name, all by a folder above."""
    import re

    files = {posixpath.basename(path) for path in paths if path.endswith(_YAML)}
    folders = {above for path in paths for above in _above(path)}
    words = [re.escape(word.encode("utf-8", "surrogateescape")) for word in sorted(files)]
    ways = [re.escape(word.encode("utf-8", "surrogateescape")) for word in sorted(folders)]
    as_file = re.compile(b"|".join(words)) if words else None
    as_folder = re.compile(rb"(?<![\w./-])(?:\./)*(?:" + b"|".join(ways) + rb")/*(?![\w./-])") if ways else None

    def may_name(raw: bytes) -> bool:
        if b"\\" in raw:  # letters can be escaped
            return True
        return bool((as_file and as_file.search(raw)) or (as_folder and as_folder.search(raw)))

    return may_name


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _naming(
    may_name: Callable[[bytes], bool], old: Snapshot, new: Snapshot, whole: Reach, layouts: tuple[Layout, Layout]
) -> set[str] | None:
    """Return the specs that may name one of the changed files; None if something that services share may."""
    found = set()
    shared = ("strategies/", *(f"{layout.environments}/" for layout in layouts))
    for side in (old, new):
        candidates = [path for path in side.paths if path.startswith(shared) or whole.is_spec(path)]
        for path, raw in side.read(candidates).items():
            if may_name(raw):
                if path.startswith(shared):
                    return None
                found.add(path)
    return found


def mentions(raws: Mapping[str, bytes], environment: str) -> bool:
    """Tell whether a spec has a key that is called like an environment."""
    import re

    key = re.compile(rb"[\"']?" + re.escape(environment.encode("utf-8")) + rb"[\"']?\s*:")
    return any(key.search(raw) for raw in raws.values())

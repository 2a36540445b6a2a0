"""What kustomize says of files of others, without the secrets in them: its messages quote literals, patches and lines."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.kubernetes import kustomization
from generator.kubernetes.kustomization_given import Known
from generator.kubernetes.objects import at, maps, texts
from generator.syntax.reader.foreign import yaml_data
from generator.syntax.reader.starts import TOO_MANY, are_too_many
from generator.syntax.reader.stream import read_stream
from generator.syntax.secrets.ingredients import Ingredients
from generator.syntax.secrets.messages import without
from generator.syntax.secrets.redaction import redacted
from generator.system.kustomize import Checked, Kustomize
from generator.system.program import Done

_TOKEN = re.compile(r"[^\s{}\[\],:\"'=|>]{4,}")
_COMMON = frozenset(("apiVersion", "kind", "metadata", "name", "namespace", "Secret", "stringData", "data", "type", "Opaque"))
_COMMON_IN_PATCHES = frozenset(("path", "value", "replace", "remove", "test", "from", "copy", "move", "labels", "annotations"))


def build(program: Kustomize, given: Checked, known: Known) -> Done:
    """Return what a kustomization builds, or why it does not; raises what `Kustomize.build` does."""
    done = program.build(given)
    if done.ok and are_too_many(done.out):
        return Done(1, b"", f"kustomize prints {TOO_MANY}")
    if done.ok:
        return done
    if not known.may_search(sum(map(len, given.files.values()))):
        return done._replace(err="(the reason is left out: too many files would have to be searched for secrets in it)")
    return done._replace(err=without(done.err.replace("\\n", "\n"), secrets_of(given.files)))


def ingredients_of(given: Checked) -> Ingredients:
    """Return what kustomize makes objects of."""
    return Ingredients(size=sum(map(len, given.files.values())), words=lambda: secrets_of(given.files))


def secrets_of(files: Mapping[str, bytes]) -> set[str]:
    """Return the secrets in the files that kustomize is given."""
    found: set[str] = set()
    for path, content in files.items():
        text = content.decode("utf-8", "replace")
        found.update(redacted(text).every_word())
        if posixpath.basename(path) in kustomization.FILES:
            found.update(_of_kustomization(files, posixpath.dirname(path), json.loads(text)))
        elif "Secret" in text:
            found.update(_of_broken(text))
            found.update(_of_plugins(files, posixpath.dirname(path), text))
    return {word for word in found if len(word) > 1}


def _of_plugins(files: Mapping[str, bytes], folder: str, text: str) -> Iterator[str]:
    """Yield the secrets in plugins that generate Secrets."""
    every = [part.source.data for part in read_stream("", text)]
    yield from _of_generators(
        files, folder, [one for one in every if isinstance(one, dict) and one.get("kind") == "SecretGenerator"]
    )


def _of_kustomization(files: Mapping[str, bytes], folder: str, data: Mapping[str, Any]) -> Iterator[str]:
    sources = [item for _, item in maps(data.get("secretGenerator"))]
    yield from _of_generators(files, folder, sources)
    patches: dict[tuple[str, bool], None] = {}
    for field in ("patches", "patchesJson6902"):
        for _, item in maps(data.get(field)):
            is_secret = at(item, "target", "kind") == "Secret"
            if isinstance(item.get("patch"), str):
                yield from _of_patch(item["patch"], is_secret=is_secret)
            if isinstance(item.get("path"), str):
                patches[posixpath.normpath(posixpath.join(folder, item["path"])), is_secret] = None
    for path, is_secret in patches:  # each file once, however often it is named
        yield from _of_patch(files.get(path, b"").decode("utf-8", "replace"), is_secret=is_secret)


def _of_generators(files: Mapping[str, bytes], folder: str, generators: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    paths: dict[str, None] = {}
    for item in generators:
        for _, literal in texts(item.get("literals")):
            yield literal
            yield from filter(None, literal.partition("=")[2:])
        paths |= {posixpath.normpath(posixpath.join(folder, entry)): None for _, entry in kustomization.inputs(item)}
    for path in paths:
        for line in files.get(path, b"").decode("utf-8", "replace").splitlines():
            yield line.strip()
            yield line.partition("=")[2].strip()


def _of_patch(text: str, *, is_secret: bool) -> Iterator[str]:
    yield from redacted(text).every_word()
    if is_secret:
        yield from _tokens(text)
    elif "Secret" in text:
        yield from _of_broken(text)


def _of_broken(text: str) -> Iterator[str]:
    """Yield all words of a text about Secrets that cannot be read, so that any of them may be secret."""
    try:
        yaml_data(text.encode("utf-8"))
    except ValueError as error:
        if "more than one document" not in str(error):
            yield from _tokens(text)


def _tokens(text: str) -> Iterator[str]:
    yield from (word for word in _TOKEN.findall(text) if word not in _COMMON and word not in _COMMON_IN_PATCHES)

"""Names that Windows, Git, Argo CD or tiphys itself reads as something else, and names that differ only on some systems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from generator.syntax.named_tuples import NamedTuple

RESERVED = ("applications", "root")
"""Names that a service may not have: tiphys writes `applications/` and `root.yaml` into the folder of each environment."""

_MOST_KNOWN = 4096
"""Names whose answer is remembered: services share their namespaces, projects and folders."""

_DEVICE = r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9]) *(?:\.|\Z)"
_GIT = r"\.git(?:\Z|[^a-z0-9])|\.git(?:modules|attributes|ignore)\Z|git~[0-9]|\.\.?\Z"
_FORBIDDEN = r'[<>:"|?*\\]'
_TYPES = {"kustomization": "a kustomization", "chart": "a Helm chart"}
"""What Argo CD treats a directory as that contains a YAML file of this name."""

_MAYBE_ODD = re.compile(r'(?i)(?:^|/)(?:con|prn|aux|nul|com|lpt|git~|\.git|\.\.?(?:/|$))|[. ](?:/|$)|[<>:"|?*\\]|##\[')
"""A quick test that every unsafe path matches; most paths need no further check."""

_FILE = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\Z")
_LOOKALIKES = str.maketrans(
    "авеёкмнорстухіјѕԁԛԝһӏҽɡɑοαρνκιτυχημ" + "ıȷ‐‑‒–—―−⁃",
    "abeekmhopctyxijsdqwhlegaoapvkituxnm" + "ij--------",
)
"""Lowercase letters that look like a different one."""


class Twins(NamedTuple):
    """Two paths that are one and the same on some systems, or for a reader."""

    path: str
    """The file that is read, at or below the second of the two."""
    name: str
    other: str
    how: str
    """In what they differ."""


def misread(name: str) -> str:
    """Return why a name of a service, environment, preset or profile would be misread; empty for a good one."""
    stem = unicodedata.normalize("NFKC", name).casefold().removesuffix(".yaml").removesuffix(".yml")
    if stem in _TYPES:
        return f"Argo CD treats a directory that contains `{stem}.yaml` as {_TYPES[stem]}"
    return misread_part(name)


def misread_part(part: str) -> str:
    """Return why a file or folder of this name cannot be checked out everywhere; empty for one that can."""
    if _is_usual(part):
        return ""
    folded = unicodedata.normalize("NFKC", part).casefold()
    if device := re.match(_DEVICE, folded):
        return f"`{device[0].rstrip('. ')}` is a device name on Windows, with any extension"
    if re.match(_GIT, folded):
        return "Git reserves such names"
    if part[-1:] in (".", " "):
        return "Windows drops a trailing dot or space from a name"
    if "##[" in part:
        return "GitHub's runner reads `##[` as the start of a command"
    if forbidden := re.search(_FORBIDDEN, part):
        return f"Windows does not allow `{forbidden[0]}` in names"
    return ""


def _is_usual(path: str) -> bool:
    """Tell quickly whether a path is sure to be safe."""
    return path.isascii() and not _MAYBE_ODD.search(path)


def misread_path(path: str) -> str:
    """Return why a file at this path cannot be checked out everywhere; empty for one that can."""
    if _is_usual(path):
        return ""
    return next((f"`{part}`: {why}" for part in path.split("/") if (why := misread_part(part))), "")


def unusable_file(name: str) -> str:
    """Return why a generated file cannot have this name, without its extension; empty for one that can."""
    if not _FILE.match(name) or len(name) > _LONGEST:
        return "it must contain only lowercase letters, digits, hyphens and dots"
    return misread(name)


LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
"""The pattern of a DNS label."""
_IS_LABEL = re.compile(rf"{LABEL}\Z")
_IS_SUBDOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*\Z")


@lru_cache(_MOST_KNOWN)
def is_subdomain(name: str, longest: int = 253) -> bool:
    """Tell whether Kubernetes accepts a name of most kinds of objects."""
    return len(name) <= longest and bool(_IS_SUBDOMAIN.match(name))


@lru_cache(_MOST_KNOWN)
def is_label(name: str, longest: int = 63) -> bool:
    """Tell whether Kubernetes accepts a name of a namespace or a Service."""
    return len(name) <= longest and bool(_IS_LABEL.match(name))


_LONGEST = 240
"""Characters of a file's name, so that it fits with its extension everywhere."""


@lru_cache(_MOST_KNOWN)
def folded(part: str) -> str:
    """Return what a part of a path is the same as: in case, in Unicode form, and to the eye."""
    if part.isascii():
        return part.lower()
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part).casefold()).translate(_LOOKALIKES)
    return text.casefold()


def twins(paths: Iterable[str]) -> Iterator[Twins]:
    """Yield the paths that are the same as another one where case, or the form of a letter, does not count."""
    first: dict[str, str] = {"": ""}
    told: set[tuple[str, str]] = set()
    for path in paths:
        at, key = "", ""
        for part in path.split("/"):
            at, key = f"{at}/{part}" if at else part, f"{key}/{folded(part)}"
            other = first.setdefault(key, at)
            if other != at:
                if (at, other) not in told:
                    told.add((at, other))
                    yield Twins(path, at, other, _difference(at, other))
                break


def _difference(one: str, other: str) -> str:
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        return "only in Unicode normalization"
    if unicodedata.normalize("NFC", one).lower() == unicodedata.normalize("NFC", other).lower():
        return "only in case"
    return "only in letters that look alike"

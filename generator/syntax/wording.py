"""Words for messages: suggestions, lists, counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from generator.errors import ConfigError
from generator.syntax.names import is_label


def renew_suggestions() -> None:
    """Begin a run: suggestions share one budget, as a file can have thousands of words that need one."""
    global _left
    _left = _MOST_COMPARED


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was most likely meant; empty if none is near, or if the run has suggested enough."""
    global _left
    from difflib import get_close_matches

    if _left <= 0:
        return ""
    by_folded = {name.lower(): name for name in sorted(known)}
    folded = word.lower()
    _left -= len(by_folded) // 20
    if folded in by_folded:
        return by_folded[folded]
    near = [name for name in by_folded if min(len(name), len(folded)) * 7 >= max(len(name), len(folded)) * 3]
    if len(near) > _MANY:
        near = [name for name in near if name[:1] == folded[:1]]
    _left -= min(len(near), _MANY)
    matches = get_close_matches(folded, near if len(near) <= _MANY else (), n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else ""


_MANY = 300
"""Words that are compared, which takes 10 microseconds each; of more, those with the same first letter, if they are fewer."""
_MOST_COMPARED = 100_000
"""Words that all suggestions of a run are compared with, about a second."""
_left = _MOST_COMPARED


def is_slip(word: str, other: str) -> bool:
    """Tell whether two words are one slip of the hand apart: a letter too many, too few, wrong, or two swapped.

    Words that differ in a number, or in a part of fewer than four letters, are two of one family.
    """
    parts, others = word.split("-"), other.split("-")
    differing = [(a, b) for a, b in zip(parts, others, strict=False) if a != b]
    if len(parts) != len(others) or len(differing) != 1:
        return False
    short, long = sorted(differing[0], key=len)
    if len(short) < 4 or any(letter.isdigit() for letter in short + long):
        return False
    if len(short) < len(long):
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    wrong = [at for at, (a, b) in enumerate(zip(short, long, strict=True)) if a != b]
    swapped = (
        len(wrong) == 2 and wrong[1] - wrong[0] == 1 and short[wrong[0]] == long[wrong[1]] and short[wrong[1]] == long[wrong[0]]
    )
    return len(long) == len(short) and (len(wrong) == 1 or swapped)


def slip(word: str, known: Collection[str]) -> str:
    """Return the first known word that is one slip of the hand apart; empty for none, or if the run has suggested enough."""
    global _left
    if _left <= 0:
        return ""
    _left -= len(known) // 2
    return next((other for other in known if abs(len(word) - len(other)) < 2 and is_slip(word, other)), "")


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the hint for a word that nothing has: the one that was most likely meant, or else what is given."""
    meant = closest(word, known)
    return f"did you mean `{meant}`?" if meant else otherwise


def unknown(what: str, name: str, known: Iterable[str]) -> ConfigError:
    """Return the error for a name on the command line that nothing has: `what` is a service or an environment."""
    names = list(known)
    return ConfigError(f"unknown {what} `{name}`", suggestion(name, names, f"known: {listed(names)}"))


def unknown_service(name: str, known: Iterable[str]) -> ConfigError:
    """Return the error for a service on the command line that no spec describes; a path of a spec is told as one."""
    names = list(known)
    meant = [part for part in name.split("/")[1:] if part in names]
    if meant:
        hint = f"use the name of the service, `{meant[-1]}`; `tiphys lint` takes paths"
        return ConfigError(f"`{shown(name)}` is a path, and this command takes names of services", hint)
    create = f"; or create it: tiphys add {name}" if is_label(name) else ""
    return ConfigError(f"unknown service `{name}`", suggestion(name, names, f"known: {listed(names)}{create}"))


def listed(words: Iterable[str], *, last: str = "and", most: int = 12) -> str:
    """Return words as a sentence part: `a`, `b` and `c`; long lists are cut, and say so."""
    quoted = [f"`{word}`" for word in sorted(words)]
    if not quoted:
        return "none"
    if len(quoted) > most:
        return ", ".join(quoted[:most]) + f" and {len(quoted) - most} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def shown(path: str) -> str:
    """Return a path with what is not printable as escapes, as it goes into reports."""
    return path if path.isprintable() else path.encode("unicode_escape", "surrogateescape").decode("ascii", "replace")


def a(noun: str) -> str:
    """Return a noun with its article: a Service, an Ingress."""
    return f"{'an' if noun[:1] in tuple('AEIOaeiou') else 'a'} {noun}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 file`, `3 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

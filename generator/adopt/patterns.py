"""Names of many Applications as one pattern with `{service}`, `{environment}` and `{destination}`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator


def patterns_of(name: str, service: str, environment: str, destination: str = "") -> list[str]:
    """Return the patterns that give a name, the one with the most placeholders first, the name itself last."""
    found = [name]
    for word, placeholder in ((service, "{service}"), (environment, "{environment}"), (destination, "{destination}")):
        found += [made for text in found for made in _replaced(text, word, placeholder)]
    return sorted(dict.fromkeys(found), key=lambda text: (-text.count("{"), len(text), text))


def _replaced(text: str, word: str, placeholder: str) -> Iterator[str]:
    """Yield a text with a placeholder for a word, wherever that is a whole word."""
    start = text.find(word) if word else -1
    while start >= 0:
        end = start + len(word)
        inside = text.count("{", 0, start) > text.count("}", 0, start)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not inside and not before.isalnum() and not after.isalnum():
            yield f"{text[:start]}{placeholder}{text[end:]}"
        start = text.find(word, start + 1)


def expand(pattern: str, service: str, environment: str, destination: str = "") -> str:
    """Return the name that a pattern gives."""
    found = pattern.replace("{service}", service).replace("{environment}", environment)
    return found.replace("{destination}", destination) if destination else found


def best(names: Iterable[tuple[str, ...]]) -> str:
    """Return the pattern that gives the most of (name, service, environment, destination), with more placeholders among equals."""
    votes: Counter[str] = Counter()
    for words in names:
        votes.update(patterns_of(*words))
    return max(votes, key=lambda pattern: (votes[pattern], pattern.count("{"), -len(pattern), pattern))

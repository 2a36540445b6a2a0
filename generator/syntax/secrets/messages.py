"""Messages without the secrets that they quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from generator.syntax.secrets.looks import MASK, without_looks


class Forms(NamedTuple):
    """Secrets in every form in which a message may quote them."""

    texts: frozenset[str]
    lengths: frozenset[int]


_SHORT_LINE = 4
"""Characters below which a line of a secret is too common to be hidden by itself."""
_LONGEST = 50
"""Characters after which messages cut a value: from there on the start of it is enough."""
_FEW = 100
"""Forms that are looked for one by one."""


def without(message: str, secrets: Iterable[str]) -> str:
    """Return a message without secrets, in whatever form it quotes them, and without what is one by its look."""
    return hidden(message, [forms_of(secrets)])


def forms_of(secrets: Iterable[str]) -> Forms:
    """Return secrets in every form in which a message may quote them."""
    texts = frozenset(form for secret in secrets for form in _forms(secret) if form)
    return Forms(texts, frozenset(map(len, texts)))


def hidden(message: str, forms: Sequence[Forms]) -> str:
    """Return a message without secrets, given in all their forms, and without what is one by its look."""
    found = {form for some in forms if some.texts for form in _quoted(message, some)}
    for form in sorted(found, key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", lambda _match: MASK, message)
    return without_looks(message)


def _quoted(message: str, forms: Forms) -> Iterable[str]:
    """Return the forms in a message; where they are many, its parts between the edges of words are looked up instead."""
    in_word = [letter.isalnum() or letter == "_" for letter in message]
    starts = [at for at in range(len(message)) if at == 0 or not in_word[at - 1]]
    ends = [at for at in range(1, len(message) + 1) if at == len(message) or not in_word[at]]
    if len(forms.texts) <= max(_FEW, len(starts) * len(ends) // 4):
        return [form for form in forms.texts if form in message]
    return {message[start:end] for start in starts for end in ends if end - start in forms.lengths} & forms.texts


def _forms(secret: str) -> Iterator[str]:
    """Yield how a message may quote a secret: escaped, by its lines, or cut where it is long."""
    import json  # only where something is hidden

    quoted = secret.replace("\n", "\\n")
    for form in (secret, quoted, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]):
        yield form
        if len(form) > _LONGEST:
            yield from (form[:length] for length in range(_LONGEST, min(len(form), 2 * _LONGEST)))
    if "\n" in secret:
        yield from (line.strip() for line in secret.split("\n") if len(line.strip()) >= _SHORT_LINE)

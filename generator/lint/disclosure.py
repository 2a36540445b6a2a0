"""Whether messages may quote an object: not if anything in it, in its file, or in what it was made of, is a secret.

An expression can make anything of a value, such as its letters in another order, or one text for each letter that it
might be, and no mask knows that again. A template of a chart can do the same before. So nothing that an expression makes
is said where it may look at a secret, in whatever form.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.kubernetes.objects import KubeObject
from generator.syntax.budget import Budget
from generator.syntax.secrets.ingredients import LOOKED_AT, SEARCHED
from generator.syntax.secrets.looks import may_hold
from generator.syntax.secrets.masking import places
from generator.syntax.secrets.redaction import redacted


def may_quote(every: Iterable[KubeObject | None], together: Budget) -> bool:
    """Tell whether none of the objects that are given, and nothing they were made of, holds a secret.

    Each object is looked at once in a run. Raises SpentError.
    """
    return not any(_holds(item, together) for item in every if item is not None)


def _holds(item: KubeObject, together: Budget) -> bool:
    if item.ingredients is not None and item.ingredients.hold_a_secret(together):
        return True
    data = [item.data]
    if item.made is not None:  # by an ApplicationSet, whose templates can change what its generators give
        data += [item.made.by.data, item.made.parameters.values if item.made.parameters else {}]
    return any(_shows(one, together) for one in data) or _file_shows(item, together)


def _file_shows(item: KubeObject, together: Budget) -> bool:
    """Tell whether there is a secret anywhere in the file of an object: the object may repeat it under another name."""
    if item.source is None:
        return False
    text = item.source.text

    def look() -> tuple[str, bool]:
        together.spend(len(text) * LOOKED_AT)
        if not may_hold(text):
            return text, False
        together.spend(len(text) * SEARCHED)
        return text, next(redacted(text).every_word(), None) is not None

    return together.kept(f"secrets of the file {id(text)}", look)[1]  # the text is kept as well


def _shows(data: dict[str, Any], together: Budget) -> bool:
    def look() -> tuple[dict[str, Any], bool]:
        together.read([data], factor=LOOKED_AT)
        return data, data.get("kind") == "Secret" or bool(places(data))

    return together.kept(f"secrets of {id(data)}", look)[1]  # the object is kept as well, so that no other has its id

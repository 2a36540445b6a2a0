"""Whether messages may quote an object: not if anything in it is a secret.

An expression can make anything of a value, such as its letters in another order, or one text for each letter that it
might be, and no mask knows that again. So nothing that an expression makes is said where it may look at a secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.syntax.budget import Budget
from generator.syntax.secrets.masking import places

_LOOKED_AT = 3
"""What it takes to look for secrets, as a multiple of what it takes to read."""


def may_quote(every: Iterable[dict[str, Any] | None], together: Budget) -> bool:
    """Tell whether there is no secret in any of the objects, which may be absent; raises SpentError.

    Each object is looked at once in a run.
    """
    return not any(_holds(data, together) for data in every if data is not None)


def _holds(data: dict[str, Any], together: Budget) -> bool:
    def look() -> tuple[dict[str, Any], bool]:
        together.read([data], factor=_LOOKED_AT)
        return data, data.get("kind") == "Secret" or bool(places(data))

    return together.kept(f"secrets of {id(data)}", look)[1]  # the object is kept as well, so that no other has its id

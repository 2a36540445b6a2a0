"""What a program, a template or a generator made objects of.

An object can hold a secret of that in any form that a template gives it, which nothing recognizes in the object itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from generator.syntax.budget import Budget
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.secrets.masking import places

LOOKED_AT = 3
"""What it takes to look for secrets in data, as a multiple of what it takes to read it."""
SEARCHED = 120
"""What it takes to search a character of a file for secrets."""


class Ingredients(NamedTuple):
    """What some objects were made of; nothing is read or searched before someone asks."""

    data: Callable[[Budget], Iterable[Any]] = lambda _budget: ()
    """Returns values, as data; pays for reading them from files."""
    size: int = 0
    """Characters that `words` searches."""
    words: Callable[[], Iterable[str]] = tuple
    """Returns the secrets in all else that was given."""
    others: Callable[[], Iterable[Ingredients]] = tuple
    """Returns what was used as well, and may be shared with other objects."""

    def hold_a_secret(self, together: Budget) -> bool:
        """Tell whether masking knows any secret in them, looked for once in a run; raises SpentError."""

        def look() -> tuple[Ingredients, bool]:
            return self, self._hold(together)

        return together.kept(f"ingredients {id(self)}", look)[1]  # they are kept as well, so that no others have their id

    def _hold(self, together: Budget) -> bool:
        for data in self.data(together):
            together.read([data], factor=LOOKED_AT)
            if places(data):
                return True
        together.spend(self.size * SEARCHED)
        return any(self.words()) or any(one.hold_a_secret(together) for one in self.others())

"""What a program, a template or a generator made objects of.

An object can hold a secret of that in any form that a template gives it, which nothing recognizes in the object itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from generator.syntax.budget import Budget, SpentError
from generator.syntax.named_tuples import NamedTuple
from generator.syntax.secrets.masking import places

if TYPE_CHECKING:
    from generator.syntax.secrets.known import Known

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
    opaque: Callable[[Budget], bool] = lambda _budget: False
    """Tells whether there may be secrets in them that masking does not know by themselves; pays for looking."""

    def hold_a_secret(self, together: Budget) -> bool:
        """Tell whether masking knows any secret in them, looked for once in a run; raises SpentError."""

        def look() -> tuple[Ingredients, bool]:
            return self, self._hold(together)

        return together.kept(f"ingredients {id(self)}", look)[1]  # they are kept as well, so that no others have their id

    def secrets(self, together: Budget) -> Iterator[str]:
        """Yield the secrets in them that masking knows; raises SpentError. Files are left out if they take more than is left."""
        from generator.syntax.secrets import given  # imported late: most runs find nothing

        for data in self.data(together):
            together.read([data], factor=LOOKED_AT)
            yield from given.of_values([data])
        if together.spent + self.size * SEARCHED <= together.most:
            together.spend(self.size * SEARCHED)
            yield from self.words()
        for one in self.others():
            yield from one.secrets(together)

    def _hold(self, together: Budget) -> bool:
        for data in self.data(together):
            together.read([data], factor=LOOKED_AT)
            if places(data):
                return True
        together.spend(self.size * SEARCHED)
        return any(self.words()) or self.opaque(together) or any(one.hold_a_secret(together) for one in self.others())


def known_in(every: Iterable[Ingredients], public: Collection[str] = ()) -> Known:
    """Return what is to be found of the secrets in ingredients, each looked at once; everything if that is too much work.

    `public` are names that everyone knows, such as that of the service: none of them is a secret, whatever has it as well.
    """
    from generator.syntax.secrets.known import EVERYTHING, known_of

    distinct, budget = {id(one): one for one in every}, Budget()
    try:
        found = {word for one in distinct.values() for word in one.secrets(budget)}
    except SpentError:
        return EVERYTHING
    return known_of(found.difference(public))

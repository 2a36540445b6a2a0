"""The place in an expression that is read next, and what is wrong with a part that cannot be there."""

from __future__ import annotations

from collections.abc import Iterable

from generator.syntax.expressions.tokens import ExpressionError, Token
from generator.syntax.wording import suggestion

END = Token("end", "")


class UndecidedError(Exception):
    """A problem may come from an argument, or the expression is nested too deep to read."""


class Cursor:
    """Reads the parts of an expression one by one."""

    def __init__(self, parts: list[Token], *, is_sure: bool) -> None:
        self._parts = parts
        self._at = 0
        self._is_sure = is_sure
        """Whether no argument can change how it reads."""

    @property
    def token(self) -> Token:
        """The part that is read next; END after the last one."""
        return self._parts[self._at] if self._at < len(self._parts) else END

    @property
    def last(self) -> Token:
        """The part that was read last."""
        return self._parts[self._at - 1] if 0 < self._at <= len(self._parts) else END

    def take(self) -> Token:
        """Read a part."""
        token = self.token
        self._at += 1
        return token

    def back(self, parts: int = 1) -> None:
        """Go back by some parts."""
        self._at -= parts

    def is_at(self, *texts: str) -> bool:
        """Tell whether the next part is one of these operators or brackets."""
        return self.token.what in ("operator", "bracket") and self.token.text in texts

    def skip(self, text: str) -> bool:
        """Read an operator or bracket if it is next; tell whether it was."""
        found = self.is_at(text)
        self._at += found
        return found

    def expect(self, text: str) -> None:
        """Read an operator or bracket that must be next."""
        if not self.skip(text):
            raise self.unexpected(text)

    def unexpected(self, wanted: str = "") -> Exception:
        """Return the error for the next part, which cannot be here; `wanted` is what can."""
        if not self._is_sure:
            return UndecidedError()
        if self.token is END:
            hint = f"close it with `{wanted}`" if wanted else "complete the expression"
            return ExpressionError(f"it ends after `{self.last.text}`" if self.last.text else "it is empty", hint)
        text, after = self.token.text, self._parts[self._at + 1 : self._at + 2]
        hint = f"remove `{text}`, or write what is missing before it"
        if text == "=":
            arrow = after[0].text if after else ""
            hint = f"write `{arrow}=`" if arrow in ("<", ">") else "write `==`"
        elif text.lower() in ("and", "or", "not", "in"):
            hint = f"write `{text.lower()}`"
        return ExpressionError(f"unexpected `{text}`", hint)


_OTHER_LANGUAGES = {"True": "true", "False": "false", "null": "nil", "None": "nil"}


def unknown_name(name: str, known: Iterable[str]) -> ExpressionError:
    """Return the error for a name that no condition knows."""
    names = {one.lower(): one for one in known}
    meant = _OTHER_LANGUAGES.get(name)
    near = names.get(name.lower())
    hint = f"did you mean `{near}`?" if near else suggestion(name, names.values(), "the value is `result`; quote text")
    return ExpressionError(f"unknown name `{name}`", f"write `{meant}`" if meant else hint)

"""From lines and columns to offsets in a text."""

from __future__ import annotations


class Lines:
    """The lines of a text, by line feed with or without a carriage return; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        for line in text.split("\n")[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.eol = "\r\n" if "\r\n" in text else "\n"
        """How the lines of this text end."""

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place."""
        return self._starts[line - 1] + column - 1

    def next(self, line: int) -> int:
        """Return where the line after this one begins; the end of the text after the last."""
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def end(self, line: int) -> int:
        """Return where a line ends, before the characters that end it."""
        end = self.next(line)
        text = self._text[self._starts[line - 1] : end]
        return self._starts[line - 1] + len(text.rstrip("\r\n"))

"""Completion in PowerShell, which click has no class for."""

from __future__ import annotations

import os
import re

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

_SOURCE = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.EndOffset -lt $cursorPosition) { $element.Extent.Text }
    }
    try {
        $env:%(complete_var)s = 'powershell_complete'
        $env:COMP_WORDS = $words -join "`n"
        $env:COMP_CWORD = $wordToComplete
        & %(prog_name)s 2>$null | ForEach-Object {
            $text, $tip = $_ -split "`t", 2
            [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $tip)
        }
    }
    finally {
        Remove-Item 'Env:%(complete_var)s', 'Env:COMP_WORDS', 'Env:COMP_CWORD' -ErrorAction Ignore
    }
}
"""
_PLAIN = re.compile(r"[A-Za-z0-9_./:=-]+")
_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")
"""All of these end a text in single quotes, in which nothing else means anything."""


class PowerShellComplete(ShellComplete):
    """Reads the words of a line from the environment, and prints what may follow: a word and its help on each line."""

    name = "powershell"
    source_template = _SOURCE

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words after the name of the program, and the beginning of the next one."""
        words = os.environ.get("COMP_WORDS", "").split("\n")  # absent if empty: PowerShell has no empty variables
        return [_unquoted(word) for word in words[1:]], _unquoted(os.environ.get("COMP_CWORD", ""))

    def format_completion(self, item: CompletionItem) -> str:
        """Return a line for one word."""
        return f"{quoted(item.value)}\t{item.help or item.value}"

    def complete(self) -> str:
        """Return the lines; none for a path, and for what cannot be a word of a line."""
        args, incomplete = self.get_completion_args()
        items = self.get_completions(args, incomplete)
        return "\n".join(self.format_completion(one) for one in items if one.type == "plain" and _is_word(one))


def register() -> None:
    """Let click find the class."""
    add_completion_class(PowerShellComplete)


def quoted(word: str) -> str:
    """Return a word as PowerShell reads it: it expands nothing in single quotes."""
    return word if _PLAIN.fullmatch(word) else "'" + _QUOTES.sub(lambda quote: quote[0] * 2, word) + "'"


def _unquoted(word: str) -> str:
    """Return what a word means that is in quotes, perhaps not yet in the last one."""
    mark = word[:1]
    if mark not in ("'", '"'):
        return word
    inside = word[1:-1] if len(word) > 1 and word.endswith(mark) else word[1:]
    return inside.replace(mark * 2, mark)


def _is_word(item: CompletionItem) -> bool:
    """Tell whether a word and its help fit on the line that they are printed on."""
    return bool(item.value) and item.value.isprintable() and (item.help or "").isprintable()

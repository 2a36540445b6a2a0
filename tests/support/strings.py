"""Strings that readers of YAML disagree on."""

from __future__ import annotations

import itertools

ALPHABET = "0179eExob_.+-:~ynoNYfFaT=<> $/@%"
NUMBER_LETTERS = "01e_.+-xb"
WORDS = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan", "infinity"]
DECORATED = ["{}", ".{}", "-.{}", "+.{}", "~{}", "{}:", "- {}", "? {}", "# {}", " {}", "{} ", "{}\n", "\n{}", "\t{}", "{}\t"]

MULTILINE = [
    "a\nb", "a\nb\n", "a\n\nb", "a\nb\n\n", "\na", " a\nb", "a\n b", "a \nb", "a\nb ", "a\n\tb", "a\n#b", "a\n---\nb", "a\n...\n",
    "---\na", "a\r\nb", "a\n\n\nb\n", "- a\n- b\n", "a: b\nc: d", "%a\nb", "|\na", "a\n  ", "\n", "\n\n", "é\nb", "a\n{{ x }}\n", "a\\\nb",
]  # fmt: skip

ODD = [
    "", " ", "  ", "\t", "'", '"', "\\", "\\n", "a'b", 'a"b', "a: b", "a #b", "[a]", "{a}", "a, b", "*a", "&a", "!a", "|", ">", "%a", "@a",
    "`a", "-", "--", "---", "...", "?", ":", ",", "a:", ":a", "{{ .Values.x }}", "{{args.x}}", "$(VAR)", "${VAR}", "${{ x }}", "$values/x",
    "0644", "1e3", "1_000", "0x1f", "0o17", "12:30", "2024-01-02", "2024-01-02T03:04:05Z", "1.10", "1.8.0", "=", "<<", "~", "null",
    "\x85", "\u2028", "\u2029", "\xa0", "\ufeff", "\u200b", "\u202e", "\x7f", "\x00", "\x1b", "\ufffe", "\ufffd", "😀", "👩‍👩‍👧", "é", "日本", "ß" * 300,
    "a\\ b" * 40, "5m", "5s", "5h", "1Ki", "1Mi", "1Gi", "1%", "1e", "1d", "0m", "00m", "0x1m", "a:", "a:b", "a:b:", "a:1", "https://x/y?z=1", "$values/x", "x " * 300, ":" + "a" * 78 + "\\b", "key: |\n  text\n", "\U000e0001", "\U0010ffff",
]  # fmt: skip


def everyday_strings() -> list[str]:
    words = [form for word in WORDS for form in {word, word.title(), word.upper(), word[0] + word[1:].upper()}]
    decorated = [pattern.format(word) for pattern in DECORATED for word in [*words, "1", "a"]]
    return [*words, *decorated, *MULTILINE, *ODD]


def swept_strings(longest: int, longest_number: int) -> list[str]:
    short = ["".join(letters) for n in range(1, longest + 1) for letters in itertools.product(ALPHABET, repeat=n)]
    numbers = [
        "".join(letters)
        for n in range(longest + 1, longest_number + 1)
        for letters in itertools.product(NUMBER_LETTERS, repeat=n)
    ]
    return short + numbers


def probe(strings: list[str]) -> dict:
    keys = [text for text in strings if len(text) <= 256]
    return {"probe": {"strings": strings, "keys": {text: index for index, text in enumerate(keys)}}}

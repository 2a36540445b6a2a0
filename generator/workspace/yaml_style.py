"""Check the formatting of specs with yamllint.

Most specs are well formatted, and running yamllint takes longer than everything else done with a spec.
So a quick check accepts what is certainly fine, and only the rest is passed to yamllint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Diagnostic, Severity, Span
from generator.errors import ConfigError
from generator.syntax import shipped
from generator.system.files import Folder, UnreadableFileError
from generator.system.files.once import Once

OWN = (".yamllint", ".yamllint.yaml", ".yamllint.yml")
"""File names of yamllint's configuration, in the order in which yamllint looks for them."""
SHIPPED = ("schemas", "yamllint.yaml")
_MOST = 64 * 1024
"""The maximum size of a configuration, in bytes."""


class YamlStyle:
    """Checks the formatting of specs, with the configuration of the workspace or the shipped one."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._own = next((name for name in OWN if folder.exists(name)), "")
        self._configuration = Once[None, Any]()

    def problems(self, path: str, text: str) -> Iterator[Diagnostic]:
        """Yield the formatting problems of a document without syntax errors."""
        if not self._own and is_tidy(text):
            return
        from yamllint import linter

        configuration = self._configuration(None, self._read_configuration)
        if configuration.is_file_ignored(path) or _is_switched_off(text):
            return
        for found in linter.get_cosmetic_problems(text, configuration, path):
            severity = Severity.ERROR if found.level == "error" else Severity.WARNING
            span = Span(found.line, found.column, found.line, found.column + 1)
            hint = f"fix the formatting, or configure `{found.rule}` in {self._own or OWN[1]}"
            yield Diagnostic(path, span, "TP070", severity, f"{found.desc} (yamllint: {found.rule})", hint)

    def _read_configuration(self) -> Any:
        """Return yamllint's configuration; raises ConfigError for an invalid one."""
        from yamllint.config import YamlLintConfig

        try:
            text = (self._folder.read(self._own, _MOST) if self._own else shipped.read(*SHIPPED)).decode("utf-8")
            self._check_alone(text)
            return YamlLintConfig(text)
        except ConfigError:
            raise
        except UnreadableFileError as error:
            raise ConfigError(error.about(self._own), error.hint) from None
        except Exception as error:  # yamllint raises all kinds of errors for values of the wrong type
            raise ConfigError(f"{self._own}: not a valid yamllint configuration: {error}", _DOCUMENTED) from None

    def _check_alone(self, text: str) -> None:
        """Raise ConfigError for a configuration that makes yamllint open other files, which reports could then show."""
        from generator.syntax.reader.foreign import yaml_data

        try:
            data = yaml_data(text.encode("utf-8"))
        except ValueError as error:
            raise ConfigError(f"{self._own}: not a valid yamllint configuration: {error}", _DOCUMENTED) from None
        for key in _opens_others(data):
            hint = "write the rules here, or extend `default` or `relaxed`"
            hint = hint if key == "extends" else "write the patterns here, under `ignore`"
            raise ConfigError(f"{self._own}: `{key}` names another file, which Tiphys does not open", hint)


def _opens_others(data: Any) -> Iterator[str]:
    """Yield the settings that make yamllint open other files."""
    if not isinstance(data, dict):
        return
    if data.get("extends") not in (None, "default", "relaxed"):
        yield "extends"
    rules = data.get("rules")
    blocks = [data, *(rules.values() if isinstance(rules, dict) else ())]
    if any(isinstance(block, dict) and "ignore-from-file" in block for block in blocks):
        yield "ignore-from-file"


_DOCUMENTED = "see yamllint.readthedocs.io for all settings"


def _is_switched_off(text: str) -> bool:
    return re.match(r"#\s*yamllint disable-file\s*(?:\n|\Z)", text) is not None


_QUOTED = re.compile(r"""(?<![^ \[{])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=[ :,\]}]|\Z)""")
_LETTERS = r"\w./+~$^(<=>)?;@%*!&|"
_WORD = rf"-{{0,2}}[\w./+~$^(<=][{_LETTERS}-]*(?::[{_LETTERS}-]+)*"
_PLAIN = rf"{_WORD}(?: {_WORD})*"
_PROSE_WORD = rf"[\w(][{_LETTERS},'-]*(?::[{_LETTERS},'-]+)*"
_KEY = rf"(?:{_WORD}|\0)"
_LEAF = rf"(?:{_PLAIN}|\0|\{{\}}|\[\])"
_VALUE = rf"(?:{_LEAF}|{_PROSE_WORD}(?: {_PROSE_WORD})*|[|>][-+]?)"
_FLOW = re.compile(rf"\{{ ?{_KEY}: +{_LEAF}(?:, {_KEY}: +{_LEAF})* ?\}}|\[ ?{_LEAF}(?:, {_LEAF})* ?\]")
_LINE = re.compile(rf" *(?P<dash>- )?(?:(?P<key>{_KEY}):(?: +(?P<value>{_VALUE}))?|(?P<item>{_VALUE}))(?: +# \S.*)?\Z")
_COMMENT = re.compile(r" *# \S")


def is_tidy(text: str) -> bool:
    """Tell whether the shipped configuration certainly reports nothing for a valid document.

    True only for one entry per line, indented by two spaces; anything else is left to yamllint.
    """
    if not text.endswith("\n") or text.endswith("\n\n") or text.startswith("\n") or "\n\n\n\n" in text:
        return False
    deepest, block = 0, -1
    for line in text[:-1].split("\n"):
        if line != line.rstrip():
            return False
        indent = len(line) - len(line.lstrip())
        if not line or (0 <= block < indent):  # an empty line, or the content of a block scalar
            continue
        block = -1
        if _COMMENT.match(line):
            continue
        match = _LINE.match(_flattened(line))
        if match is None or indent % 2 or indent > deepest or (match["item"] and not match["dash"]):
            return False
        column = indent + (2 if match["dash"] and match["key"] else 0)
        deepest = column + (2 if match["key"] and match["value"] is None else 0)
        if (match["value"] or match["item"] or "").startswith(("|", ">")):
            block = column
    return True


def _flattened(line: str) -> str:
    """Return a line with a NUL for every quoted string, and `{}` for every well-formatted flow collection."""
    flat = _QUOTED.sub("\0", line)
    while "}" in flat or "]" in flat:
        flatter = _FLOW.sub("{}", flat)
        if flatter == flat:
            break
        flat = flatter
    return flat

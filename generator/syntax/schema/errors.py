"""jsonschema's errors in the words of the people who write specs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Fix, Pointer, Severity, Span, dotted
from generator.syntax import shipped
from generator.syntax.reader import Source
from generator.syntax.schema.values import TYPES, described, field_of, shortened
from generator.syntax.wording import closest, counted, listed, suggestion

RULES = {
    "type": "TP020",
    "additionalProperties": "TP021",
    "required": "TP022",
    "const": "TP024",
}
OTHER = "TP023"


class SchemaProblem(NamedTuple):
    """One violation: where, by pointer, and whether the key itself is at fault."""

    pointer: Pointer
    rule: str
    message: str
    hint: str
    at_key: bool
    said: str = ""
    """The misspelt word, and the likely one."""
    meant: str = ""
    of_release: str = ""
    """The release whose schema it is, such as "Gateway API 1.7.0", where a cluster may have another."""

    def placed(self, source: Source) -> Diagnostic:
        """Return the diagnostic at the place of the key or value."""
        span = source.span_of_key(self.pointer) if self.at_key else source.span_of(self.pointer)
        hint = self.hint
        if hint == QUOTE:
            hint = f'write "{source.text_at(span)}"'
        fix = self._fix(source, span)
        return Diagnostic(source.path, span, self.rule, Severity.ERROR, self.message, hint, self.pointer, fix=fix)

    def _fix(self, source: Source, span: Span) -> Fix | None:
        """Return the fix, if the words at the place are the whole of what is wrong: no alias, no anchor, no tag."""
        written = source.text_at(span)
        if self.hint == QUOTE and _PLAIN.fullmatch(written):
            return Fix(f'"{written}"', safe=True)
        if self.meant and written.strip("\"'") == self.said:
            return Fix(self.meant, safe=self.hint == UNQUOTE)
        return None


QUOTE = "put it in double quotes"
UNQUOTE = "write it without quotes"
_NO_VALUE = "give it a value, or remove the key"
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_PLAIN = re.compile(r"[-.\w]+")


def schema(kind: str) -> dict[str, Any]:
    """Return the shipped schema of a kind."""
    result: dict[str, Any] = json.loads(shipped.read("schemas", f"{kind}.schema.json"))
    return result


def words(error: Any) -> Iterator[SchemaProblem]:
    """Yield the problems of an error of jsonschema, in words for the author of the data."""
    pointer: Pointer = tuple(error.absolute_path)
    rule = RULES.get(str(error.validator), OTHER)
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error, pointer)
    elif error.validator == "required":
        yield from _missing(error, pointer)
    elif _is_told_otherwise(error):
        return
    elif error.validator == "type":
        message, hint = _type(error)
        yield SchemaProblem(pointer, rule, message, hint, False, *_unquoted(error))
    elif error.validator in ("anyOf", "oneOf", "allOf") and error.context:
        for inner in error.context:
            yield from words(inner)
    elif _is_about_a_name(error):
        yield SchemaProblem((*pointer, str(error.instance)), OTHER, _pattern(error), _hint(error), at_key=True)
    else:
        say = _WORDS.get(str(error.validator))
        message = say(error) if say else error.message
        yield SchemaProblem(pointer, rule, message, _hint(error), str(error.validator) in _ABOUT_THE_MAP, *_slip(error))


def _is_told_otherwise(error: Any) -> bool:
    """Tell whether a different error of the same value says more: what it can be, or that it is empty."""
    if error.validator == "type":
        return "enum" in error.schema
    return bool(error.validator == "pattern" and error.instance == "" and error.schema.get("minLength"))


def _is_about_a_name(error: Any) -> bool:
    """Tell whether the name of a property is wrong, and not a value."""
    path: list[Any] = ["", "", *error.absolute_schema_path]
    return bool(path[-2] == "propertyNames" and path[-3] != "properties")


_ABOUT_THE_MAP = ("minProperties", "maxProperties", "minItems", "maxItems", "uniqueItems")


def _unknown_keys(error: Any, pointer: Pointer) -> Iterator[SchemaProblem]:
    known, elsewhere = error.schema.get("properties", {}), error.schema.get("x-elsewhere", {})
    for key in error.instance:
        if key in known:
            continue
        meant = "" if key in elsewhere else closest(key, known)
        expected = f"expected {listed(known, last='or')}"
        near = f"did you mean `{meant}`?" if meant else ""
        hint = elsewhere.get(key) or near or str(error.schema.get("x-hint") or expected)
        meant = "" if meant in error.instance else meant  # two of one name would be one too many
        where = f" in `{dotted(pointer)}`" if pointer else ""
        yield SchemaProblem((*pointer, key), "TP021", f"unknown field `{key}`{where}", hint, True, key, meant)


def _missing(error: Any, pointer: Pointer) -> Iterator[SchemaProblem]:
    known = error.schema.get("properties", {})
    closed = error.schema.get("additionalProperties") is False
    # A misspelled field is reported as such, and its name is not missing as well.
    meant = {closest(key, known) for key in error.instance if closed and key not in known}
    names: Iterable[str] = [name for name in error.validator_value if name not in error.instance and name not in meant]
    for name in names:
        where = f"`{dotted(pointer)}` needs" if pointer else "the file needs"
        described = known.get(name, {}).get("description", "")
        hint = f"add `{name}`" + (f": {_first_sentence(described)}" if described else "")
        yield SchemaProblem(pointer, "TP022", f"{where} `{name}`", hint, at_key=True)


def _first_sentence(text: str) -> str:
    sentence = re.split(r"(?<=[a-z)])\. ", text.strip(), maxsplit=1)[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _type(error: Any) -> tuple[str, str]:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    names = [TYPES[kind] for kind in wanted if kind != "null"]
    message = f"`{field_of(error)}` must be {' or '.join(names)}, not {described(error.instance)}"
    if "string" in wanted and isinstance(error.instance, bool | int | float):
        return message, QUOTE
    if error.instance is None:
        return message, _NO_VALUE
    if isinstance(error.instance, str) and ("integer" in wanted or "boolean" in wanted):
        return message, _scalar_hint(error, wanted)
    return message, str(error.schema.get("x-shape", ""))


def _scalar_hint(error: Any, wanted: list[str]) -> str:
    """Return the hint for a string in the place of a number or boolean: it has quotes too many, or is a different thing."""
    if _unquoted(error) != ("", "") or not error.instance.isalpha():
        return UNQUOTE
    return (
        f"write an integer, such as {max(2, error.schema.get('minimum', 2))}" if "integer" in wanted else "write true or false"
    )


def _unquoted(error: Any) -> tuple[str, str]:
    """Return a text and what to write without quotes, if the schema wants just that here; else nothing."""
    text, wanted = error.instance, error.validator_value
    if not isinstance(text, str):
        return "", ""
    fits = ("integer" in wanted and _INTEGER.fullmatch(text)) or ("boolean" in wanted and text in ("true", "false"))
    return (text, text) if fits else ("", "")


def _slip(error: Any) -> tuple[str, str]:
    """Return a word that the schema does not list, and the one that was most likely meant; else nothing."""
    if error.validator != "enum" or not isinstance(error.instance, str):
        return "", ""
    return error.instance, closest(error.instance, _names(error))


def _pattern(error: Any) -> str:
    what = error.schema.get("x-problem")
    subject = f'"{shortened(str(error.instance))}"'
    return f"{subject} is not {what}" if what else f"{subject} does not match {error.validator_value}"


def _one_of(error: Any) -> str:
    values = [
        json.dumps(value) if not isinstance(value, str) else value for value in error.validator_value if value is not None
    ]
    return f"`{field_of(error)}` is {described(error.instance)}; expected {listed(values, last='or')}"


_TYPOGRAPHIC = "“”„‟‘’‚«»"
_NEWER = re.compile(r"tiphys/v(\d+)\w*")


def _hint(error: Any) -> str:
    if error.validator == "const" and isinstance(error.instance, str):
        if _NEWER.fullmatch(error.instance) and str(error.validator_value).startswith("tiphys/"):
            return f"this version of Tiphys reads `{error.validator_value}`; install the version that the file was written for"
        return suggestion(error.instance, [str(error.validator_value)], "")
    if isinstance(error.instance, str) and error.instance[:1] in tuple(_TYPOGRAPHIC):
        return f'replace the typographic quotes: write "{shortened(error.instance.strip(_TYPOGRAPHIC))}"'
    if error.validator == "maxLength" and "x-too-long" in error.schema:
        return str(error.schema["x-too-long"])
    if error.validator == "enum" and isinstance(error.instance, str):
        return suggestion(error.instance, _names(error), "")
    if error.validator == "enum" and error.instance is None:
        return _NO_VALUE
    if error.validator == "enum" and str(error.instance) in _names(error):
        return QUOTE
    return str(error.schema.get("x-hint", ""))


def _names(error: Any) -> list[str]:
    return [value for value in error.validator_value if isinstance(value, str)]


def _keys(error: Any) -> str:
    return listed(str(key) for key in error.instance)


_WORDS: Mapping[str, Any] = {
    "pattern": _pattern,
    "enum": _one_of,
    "format": lambda error: f'"{shortened(str(error.instance))}" is not a date and time, such as 2026-01-31T12:00:00Z',
    "const": lambda error: f"`{field_of(error)}` must be `{error.validator_value}`, not {described(error.instance)}",
    "minimum": lambda error: f"`{field_of(error)}` is {error.instance}; the minimum is {error.validator_value}",
    "maximum": lambda error: f"`{field_of(error)}` is {error.instance}; the maximum is {error.validator_value}",
    "minLength": lambda error: f"`{field_of(error)}` must not be empty",
    "maxLength": lambda error: (
        f"`{field_of(error)}` has {len(error.instance)} characters; the maximum is {error.validator_value}"
    ),
    "minItems": lambda error: f"`{field_of(error)}` must have at least {counted(error.validator_value, 'item')}",
    "maxItems": lambda error: f"`{field_of(error)}` has {len(error.instance)} items; the maximum is {error.validator_value}",
    "minProperties": lambda error: f"`{field_of(error)}` must not be empty",
    "maxProperties": lambda error: (
        f"`{field_of(error)}` must have only one of {_keys(error)}"
        if error.validator_value == 1
        else f"`{field_of(error)}` has {len(error.instance)} entries; the maximum is {error.validator_value}"
    ),
    "uniqueItems": lambda error: f"`{field_of(error)}` has a duplicate item",
}

"""What the schema of an environment cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from generator import patterns
from generator.diagnostics import Diagnostic, Severity
from generator.merge import lookup
from generator.patterns import PatternError
from generator.reader import Source

TAG_PATTERN = ("spec", "policy", "imageTag", "pattern")
_SHOWN = 80
PUBLISH = ("spec", "chart", "publish")


def problems(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each thing that is wrong with an environment as a whole."""
    yield from _bad_patterns(source)
    yield from _idle_publish(source)


def _bad_patterns(source: Source) -> Iterator[Diagnostic]:
    _, pattern = lookup(source.data, TAG_PATTERN)
    if not isinstance(pattern, str):
        return
    try:
        patterns.compiled(pattern)
    except PatternError as error:
        shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
        said = "is not a regular expression" if type(error) is PatternError else "cannot be used as a pattern"
        message = f'"{shown}" {said}: {error}'
        hint = "put a backslash before a character that is meant as it stands"
        if type(error) is not PatternError:
            hint = "use groups, `|`, classes, `?`, `*`, `+` and small counts in `{}`"
        span = source.span_of(TAG_PATTERN)
        yield Diagnostic(source.path, span, "TP023", Severity.ERROR, message, hint, TAG_PATTERN)


def _idle_publish(source: Source) -> Iterator[Diagnostic]:
    """Yield a diagnostic for a place to write to that nobody would ever write to."""
    said, _ = lookup(source.data, PUBLISH)
    _, repository = lookup(source.data, (*PUBLISH[:-1], "repository"))
    if not said or str(repository).startswith("http"):
        return
    message = "`publish` is for HTTP repositories; Helm pushes to an OCI registry by itself"
    if repository is None:
        message = "`publish` says where a chart repository is written, and there is no `repository`"
    hint = "remove it" if repository else "set chart.repository to the address at which it is served"
    yield Diagnostic(source.path, source.span_of_key(PUBLISH), "TP023", Severity.ERROR, message, hint, PUBLISH)

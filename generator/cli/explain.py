"""The command `tiphys explain`."""

from __future__ import annotations

import json
from typing import Any

import click

from generator.cli import options, running
from generator.diagnostics import Pointer, dotted
from generator.errors import ConfigError, UndeployedError
from generator.pipeline.run import Mode, Request, run
from generator.service.build import Built
from generator.service.explain import Explanation, Word, explain, known_below, pointer_of


@click.command("explain")
@click.argument("subject", metavar="RULE|SERVICE", shell_complete=options.complete_services)
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--env", "-e", "environment", metavar="E", default="", help="The environment, to explain a value of a service.")
@options.formats
@options.color
@click.pass_context
def command(
    ctx: click.Context, subject: str, path: str | None, environment: str, formats: list[tuple[str, str]], color: str
) -> int:
    r"""Print the page of a rule, or show where a value of a service comes from.

    A page states the rule, the reason, a bad and a good example, and the source. For a value it shows the
    layer that sets it, the layers it overrides, and the policy that restricts it.

    \b
    tiphys explain TP201
    tiphys explain canary-weights-rise
    tiphys explain checkout --env prod replicas
    tiphys explain checkout --env prod values.ingress.hosts[0].host
    """
    if not path and not environment:
        from generator.lint import catalogue

        click.echo(catalogue.find(subject).text(), nl=False)
        return 0
    if not path or not environment:
        raise click.UsageError("to explain a value, pass SERVICE, PATH and --env E; to explain a rule, only its id or name")
    root = running.workspace_root(ctx)
    pointer = pointer_of(path)
    if pointer is None:
        raise ConfigError(f"{path!r} is not a valid path", 'write it like `values.ingress.hosts[0]` or `labels["a.b/c"]`')
    built: list[Built] = []
    outcome = run(Request(root, Mode.LINT, (subject,), (environment,), on_built=built.append))
    if not built:
        running.report(ctx, outcome, root, formats, color)
        if outcome.errors:
            return outcome.failure
        raise UndeployedError(subject, environment)
    story = explain(built[0], pointer)
    if not story.found and not story.words:
        raise _nothing(built[0], path, pointer)
    for form, file in formats:
        running.put(_as_json(path, story) if form == "json" else _as_text(path, story), file)
    return 0


def _nothing(built: Built, path: str, pointer: Pointer) -> ConfigError:
    from generator.syntax.wording import listed, suggestion

    above, known = known_below(built, pointer)
    missing = pointer[len(above)]
    where = f"`{dotted(above)}`" if above else "the service"
    hint = suggestion(str(missing), known, f"it has {listed(known)}" if known else "it is a single value")
    return ConfigError(f"`{path}` is not set: {where} has no `{missing}`", hint)


def _as_text(path: str, story: Explanation) -> str:
    lines = [f"{path}: {_said(story.value) if story.found else 'not set'}"]
    if story.derived and not story.words:
        lines.append("  filled in by tiphys, from the strategy and the chart's profile")
    for number, word in enumerate(story.words):
        verb = "removes it" if word.value is None else "sets it" if number == 0 else f"set {_said(word.value)} (overridden)"
        lines.append(f"  {_place(word)}  {word.layer} {verb}")
    lines += [f"  {_place(word)}  {word.layer} requires: {_said(word.value)}" for word in story.bounds]
    return "\n".join(lines) + "\n"


def _as_json(path: str, story: Explanation) -> str:
    def word(one: Word) -> dict[str, Any]:
        place = {"path": one.source.path, "line": one.span.line, "column": one.span.column}
        return {"layer": one.layer, **place, "value": one.value}

    told = {
        "version": 1,
        "path": path,
        "found": story.found,
        "value": story.value if story.found else None,
        "derived": story.derived,
        "layers": [word(one) for one in story.words],
        "bounds": [word(one) for one in story.bounds],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _place(word: Word) -> str:
    return f"{word.source.path}:{word.span.line}:{word.span.column}"


def _said(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"

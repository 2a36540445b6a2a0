"""The command `tiphys explain`."""

from __future__ import annotations

import click

from generator.cli import options, running, verbosity
from generator.cli.destinations import chosen, destination, only
from generator.cli.own_pages import own_pages
from generator.diagnostics import Pointer
from generator.errors import ConfigError, UndeployedError
from generator.pipeline.run import Mode, Request, run
from generator.report.explanation import as_json, as_text
from generator.service.build import Built
from generator.service.explain import explain, not_set, pointer_of


@click.command("explain")
@click.argument("subject", metavar="RULE|FIELD|SERVICE", shell_complete=options.complete_subjects)
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--env", "-e", "environment", metavar="E", default="", help="The environment, to explain a value of a service.")
@destination
@options.formats
@options.color
@verbosity.said
@click.pass_context
def command(
    ctx: click.Context,
    /,
    subject: str,
    path: str | None,
    environment: str,
    destination: str,
    formats: list[tuple[str, str]],
    color: str,
) -> int:
    r"""Print the page of a rule or of a field, or show where a value of a service comes from.

    A page states the rule, the reason, a bad and a good example, and the source. For a value it shows the
    layer that sets it, the layers it overrides, and the policy that restricts it. A field is a path in a spec, or in
    another file format that is named first.

    \b
    tiphys explain TP201
    tiphys explain canary-weights-rise
    tiphys explain spec.rollout
    tiphys explain environment.spec.policy
    tiphys explain checkout --env prod replicas
    tiphys explain checkout --env prod values.ingress.hosts[0].host
    tiphys explain checkout --env prod --destination eu replicas
    """
    if not path and not environment:
        return _tell_page(ctx, subject, formats)
    if not path or not environment:
        raise click.UsageError(
            "to explain a value, pass SERVICE, PATH and --env E; to explain a rule, only its id or name; a field, only its path"
        )
    root = running.workspace_root(ctx)
    pointer = pointer_of(path)
    if pointer is None:
        raise _malformed(path)
    built: list[Built] = []
    outcome = run(Request(root, Mode.LINT, (subject,), (environment,), on_built=built.append))
    if not built:
        running.report(ctx, outcome, root, formats, color)
        if outcome.errors:
            return outcome.failure
        raise UndeployedError(subject, environment)
    return _explain(chosen(built, destination, environment), path, pointer, environment, formats)


def _tell_page(ctx: click.Context, subject: str, formats: list[tuple[str, str]]) -> int:
    """Print the page of a rule, or of a field of a kind of file; raises ConfigError for an unknown one."""
    from generator.editor import field_page
    from generator.lint import catalogue
    from generator.syntax.schema.errors import schema

    field = field_page.field_of(subject)
    if field is None:
        page = catalogue.find(subject, own_pages(ctx))
        for form, file in formats:
            running.put(catalogue.as_json([page]) if form == "json" else page.text(), file)
        return 0
    kind, path = field
    pointer = pointer_of(path) if path else ()
    if pointer is None:
        raise _malformed(path)
    text = field_page.page(kind, pointer, schema(kind))
    for form, file in formats:
        if form == "json":
            raise click.UsageError(f"the page of a field is text; `tiphys schema {kind}` prints the schema as JSON")
        running.put(text, file)
    return 0


def _malformed(path: str) -> ConfigError:
    return ConfigError(f"{path!r} is not a valid path", 'write it like `values.ingress.hosts[0]` or `labels["a.b/c"]`')


def _explain(built: list[Built], path: str, pointer: Pointer, environment: str, formats: list[tuple[str, str]]) -> int:
    """Print where a value comes from, once for all destinations in which it is the same."""
    stories = [(one, explain(one, pointer)) for one in built]
    told = [(one, story) for one, story in stories if story.found or story.words]
    if not told:
        raise not_set(built[0], path, pointer)
    texts: dict[str, list[str]] = {}
    for one, story in stories:
        texts.setdefault(as_text(path, story), []).append(one.resolved.environment.label)
    for form, file in formats:
        if form == "json":
            if len(texts) > 1:
                only(built, "a value in JSON", environment)  # raises: the destinations differ
            running.put(as_json(path, told[0][1]), file)
        elif len(texts) == 1:
            running.put(next(iter(texts)), file)
        else:
            running.put("\n".join(f"{', '.join(labels)}:\n{text}" for text, labels in texts.items()), file)
    return 0

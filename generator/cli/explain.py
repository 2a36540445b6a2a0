"""The command `tiphys explain`."""

from __future__ import annotations

import click

from generator.cli import options, running
from generator.errors import ConfigError, UndeployedError
from generator.pipeline.run import Mode, Request, run
from generator.report.explanation import as_json, as_text
from generator.service.build import Built
from generator.service.explain import explain, not_set, pointer_of


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
        raise not_set(built[0], path, pointer)
    for form, file in formats:
        running.put(as_json(path, story) if form == "json" else as_text(path, story), file)
    return 0

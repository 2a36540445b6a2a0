"""The command `tiphys schema`."""

from __future__ import annotations

import click

from generator.cli import options, running

KINDS = ("pipeline", "environment", "workspace", "strategy", "profile", "rule", "report", "diff", "import", "metrics")
OUTPUT = "output"
"""The folder of the schemas of JSON output, one for each command."""


def _file(_ctx: click.Context, _param: click.Parameter, kind: str) -> str:
    """Return the path of a schema below schemas/; raises click.BadParameter for an unknown kind."""
    from generator.syntax import shipped
    from generator.syntax.wording import suggestion

    outputs = [f"{OUTPUT}/{name}" for name in shipped.names("schemas", OUTPUT)]
    files = {name: f"{name}.schema.json" for name in KINDS} | {path.removesuffix(".json"): path for path in outputs}
    if kind not in files:
        known = f"expected {', '.join(KINDS)} or {OUTPUT}/COMMAND"
        raise click.BadParameter(f"unknown kind `{kind}`; {suggestion(kind, files, known)}")
    return files[kind]


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from generator.syntax import shipped

    names = [*KINDS, *(f"{OUTPUT}/{name.removesuffix('.json')}" for name in shipped.names("schemas", OUTPUT))]
    return [name for name in names if name.startswith(incomplete)]


@click.command("schema")
@click.argument("file", metavar="[KIND]", callback=_file, default="pipeline", shell_complete=_complete)
@click.option(
    "--service",
    "-s",
    metavar="NAME",
    default="",
    shell_complete=options.complete_services,
    help="Describe `values` by the chart of this service.",
)
@click.option("--env", "-e", "environment", metavar="E", default="", help="The environment whose chart describes `values`.")
@click.pass_context
def command(ctx: click.Context, /, file: str, service: str, environment: str) -> int:
    r"""Print the self-contained JSON schema of a file format, or of JSON output.

    KIND is pipeline, environment, workspace, strategy, profile, rule, report, diff, import or metrics (draft-07), or
    output/COMMAND for what a command prints with --format json (draft 2020-12).

    Editors use it to complete and validate specs. With --service, `values` have the schema of the service's chart, and
    the defaults and comments of its values.yaml; the chart must be shipped, in the workspace, or in the cache.

    \b
    tiphys schema > pipeline.schema.json
    tiphys schema --service checkout > services/checkout/pipeline.schema.json
    # yaml-language-server: $schema=pipeline.schema.json
    tiphys schema output/status
    """
    if not service and not environment:
        from generator.syntax import shipped

        click.echo(shipped.read("schemas", *file.split("/")).decode("utf-8"), nl=False)
        return 0
    if file != "pipeline.schema.json" or not service:
        raise click.UsageError("--env needs --service, and both describe the kind `pipeline`")
    import json

    document, is_known = _of_service(running.workspace_root(ctx), service, environment)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    if not is_known:
        click.echo(
            f"the chart of {service} is not on this machine, so `values` are not described; run `tiphys verify`", err=True
        )
    return 0


def _of_service(root: str, service: str, environment: str) -> tuple[object, bool]:
    """Return the schema of the spec of a service, and whether its chart is at hand; raises ConfigError and Rejected."""
    from generator.editor.chart_schema import with_values
    from generator.editor.charts import chart_at
    from generator.errors import ConfigError
    from generator.syntax.schema.errors import schema
    from generator.syntax.wording import unknown, unknown_service
    from generator.verify.charts_at_hand import ChartsAtHand
    from generator.workspace.extending import no_environment
    from generator.workspace.load import Loader

    loader = Loader(root)
    workspace = loader.workspace()
    environments = loader.environments(workspace)
    if environment and environment not in environments:
        raise no_environment(environment, environments, loader.abstract)
    specs = {spec.name: spec for path in loader.spec_paths(workspace) if (spec := loader.spec(path))}
    if service not in specs:
        if loader.broken:
            raise ConfigError(f"no valid spec of `{service}`", "run `tiphys lint`, which shows the errors")
        raise unknown_service(service, specs)
    spec = specs[service]
    if environment and environment not in spec.environments:
        raise unknown(f"environment of {service}", environment, spec.environments)
    at = ("spec", "environments", environment, "values") if environment else ("spec", "values")
    chart = chart_at("pipeline", spec.source.text, 1, at, environments, ChartsAtHand(loader))
    return with_values(schema("pipeline"), chart), chart is not None

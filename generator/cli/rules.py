"""The command `tiphys rules`."""

from __future__ import annotations

import click

from generator.cli import options
from generator.cli.own_pages import own_pages


@click.command("rules")
@click.argument("rule", required=False, metavar="[RULE]", shell_complete=options.complete_rules)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Output format; markdown prints the whole manual, as in docs/rules/index.md.",
)
@click.option("--markdown", "form", flag_value="markdown", help="The same as --format markdown.")
@click.pass_context
def command(ctx: click.Context, /, rule: str | None, form: str) -> int:
    r"""List the rules, or those whose ids begin with RULE, or print the page of one, by its id or name.

    In a workspace, the rules of its own in rules/ are at the end of the list.

    \b
    tiphys rules
    tiphys rules TP2
    tiphys rules TP201
    tiphys rules --format json
    """
    from generator.lint import catalogue

    own = own_pages(ctx)
    begins = catalogue.beginning(rule) if rule else []
    pages = begins or [catalogue.find(rule, own)] if rule else [*catalogue.pages(), *own]
    if form == "json":
        click.echo(catalogue.as_json(pages), nl=False)
    elif form == "markdown":
        click.echo(catalogue.manual(pages), nl=False)
    elif rule and len(pages) == 1:
        click.echo(pages[0].text(), nl=False)
    else:
        for page in pages:
            click.echo(f"{page.id}  {page.severity:<7}  {page.name:<28}  {page.law}")
    return 0

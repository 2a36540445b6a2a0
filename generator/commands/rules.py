"""The command `mooring rules`."""

from __future__ import annotations

import click


@click.command("rules")
@click.argument("rule", required=False, metavar="[RULE]")
@click.option("--markdown", is_flag=True, help="Print the whole manual, as in docs/rules.md.")
def command(rule: str | None, markdown: bool) -> int:
    r"""List the rules, or print the page of one: by its id or its name.

    \b
    mooring rules
    mooring rules MR201
    """
    from generator import catalogue

    if markdown:
        click.echo(catalogue.manual(), nl=False)
        return 0
    if rule is None:
        for page in catalogue.pages():
            click.echo(f"{page.id}  {page.severity:<7}  {page.name:<28}  {page.law}")
        return 0
    page = catalogue.find(rule)
    click.echo(page.text(), nl=False)
    return 0

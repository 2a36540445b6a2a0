"""The templates of pages: whatever is put into one is text, and stays text, unless it is known to be markup."""

from __future__ import annotations

from functools import cache
from html import escape

import jinja2
from markupsafe import Markup

from generator.report.as_text import printable
from generator.report.site import lines, prose
from generator.syntax import shipped
from generator.syntax.wording import counted


def template(name: str) -> str:
    """Return the text of a template, or of another file that belongs to the site."""
    return shipped.read("templates", "report", name).decode("utf-8")


def environment() -> jinja2.Environment:
    """Return what renders the templates of pages."""
    made = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(template),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    made.filters |= {
        "inline": lambda text: Markup(prose.inline(text)),
        "prose": lambda text: Markup(prose.prose(text)),
        "code": lambda text: Markup(prose.code(text)),
        "count": counted,
        "markup": Markup,
        "text": lambda text: Markup(escape(text)),  # as it is, line breaks included
        "address": lines.address,
        "zip": zip,
    }
    return made


@cache
def _plain() -> jinja2.Environment:
    return environment()


def page(name: str) -> jinja2.Template:
    """Return the template of a page that asks for nothing but what it is given, compiled once in a process."""
    return _plain().get_template(name)

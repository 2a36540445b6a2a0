"""From a survey to the files of the site: the same bytes for the same workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from generator.diagnostics import Diagnostic, Severity
from generator.history.images import agree
from generator.history.metrics import DEFINITIONS, Metrics
from generator.lint import catalogue
from generator.report.as_text import printable
from generator.report.metrics import HEADS, HEADS_OF, cells, total_name
from generator.report.plans.as_svg import DARK, LIGHT
from generator.report.site import lines, prose
from generator.report.site.dependencies import Graph
from generator.report.site.deployed import Deployed
from generator.report.site.index import Index
from generator.report.site.jinja import environment, template
from generator.report.site.overview import SHOWN, overview, problems
from generator.report.site.parity import ACCIDENTAL, between_environments
from generator.report.site.survey import Line, Survey, counts
from generator.report.site.trace import RECENT
from generator.report.site.trail import KINDS
from generator.report.site.view import ServiceView
from generator.syntax import calendar
from generator.system import parallel

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
"""What a page may load: its own style, scripts and icon, and nothing from anywhere else."""

LIVE_POLICY = f"{POLICY}; connect-src 'self'"
"""The same for pages that are served, and ask whether they are still fresh."""

_ICONS = {Severity.ERROR: "icon-errors.svg", Severity.WARNING: "icon-warnings.svg", None: "icon-ok.svg"}
"""The icon of the site, by the worst that was found."""
_SCRIPTS = ("site.js", "keys.js")
_LIVE_SCRIPTS = ("live.js", "playground.js")
_PAGES = {
    "index.html": "Services",
    "promotion.html": "Promotion",
    "releases.html": "Releases",
    "environments.html": "Environments",
    "metrics.html": "Metrics",
    "findings.html": "Findings",
    "playground.html": "Playground",
}
"""The pages that every page leads to: releases and metrics only with a history, and the last one only where they are served."""
_GAP = "\0"
"""Stands for what is different on every page; what is shown as text can have no such character."""


def style() -> str:
    """Return the style of all pages, that of plans included, which follows the theme that a reader has chosen."""
    dark = DARK.replace("\n", "")
    return (
        template("site.css")
        + template("pages.css")
        + LIGHT
        + "\n@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){"
        + dark
        + "}}\n@media screen{:root[data-theme=dark]{"
        + dark
        + "}}\n"
        + template("print.css")
    )


def _left_out(survey: Survey) -> set[str]:
    left_out = {
        "playground.html": not survey.live,
        "releases.html": survey.matrix is None,
        "metrics.html": survey.trace.metrics is None,
    }
    return {page for page, is_left_out in left_out.items() if is_left_out}


class Site:
    """Makes the pages of one survey."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._index = Index(survey)
        self._lines = [self._index.line(service) for service in survey.services]
        self._invalid = [self._index.invalid_line(spec) for spec in survey.invalid]
        self._graph = Graph(survey.services)
        self._environment = environment()
        wrong = problems(survey)
        self._environment.globals |= {
            "survey": survey,
            "index": self._index,
            "policy": LIVE_POLICY if survey.live else POLICY,
            "problems": sum(wrong.values()),
            "look": "bad" if wrong[Severity.ERROR] else "warn",
            "icon": _ICONS[next((one for one in (Severity.ERROR, Severity.WARNING) if wrong[one]), None)],
            "pages": {page: name for page, name in _PAGES.items() if page not in _left_out(survey)},
        }
        self._frames: dict[tuple[str, str], list[bytes]] = {}
        self._environment.globals["legend"] = Markup(self._environment.get_template("legend.html").render(kinds=KINDS).rstrip())

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file of the site, by path."""
        others = parallel.aside(lambda: list(self._others()))
        for line in self._lines:
            yield f"services/{line.service.name}.html", self._service(line)
        yield from others()

    def _others(self) -> Iterator[tuple[str, bytes]]:
        said = overview(self._survey, self._lines)
        yield self._main_page("index.html", lines=self._lines, invalid=self._invalid, overview=said, most=SHOWN)
        yield self._main_page("promotion.html", **self._promotion(), lags=said.lags)
        if self._survey.matrix is not None:
            yield self._main_page("releases.html", recent=self._survey.trace.recent, most=RECENT)
        yield self._main_page("environments.html", **self._parity())
        if self._survey.trace.metrics:
            yield self._main_page("metrics.html", **_measured(self._survey.trace.metrics))
        yield self._main_page("findings.html", files=sorted(self._index.by_path.items()))
        for path in sorted(self._sources()):
            yield lines.page_of(path), self._source(path)
        for rule, found in sorted(self._index.by_rule.items()):
            path = f"rules/{rule}.html"
            page = catalogue.find(rule)
            title = f"{page.id} {page.name}" if page else rule
            yield path, self._page(path, title, "rule.html", page=page, found=found)
        yield "site.css", style().encode("utf-8")
        yield "site.js", "".join(map(template, _SCRIPTS)).encode("utf-8")
        for name in _ICONS.values():
            yield name, template(name).encode("utf-8")

    def live_files(self, token: str) -> dict[str, bytes]:
        """Return what only a served site has: the playground, which shows its `token`, and the scripts that ask for news."""
        scripts = {name: template(name).encode("utf-8") for name in _LIVE_SCRIPTS}
        return dict([self._main_page("playground.html", token=token)]) | scripts

    def attempt(self, path: str) -> str:
        """Return what would come of a spec that was tried out: findings, releases, files."""
        found = self._index.by_path.get(path, [])
        service = self._survey.services[0] if self._survey.services else None
        body = service.body.decode("utf-8") if service else ""
        return self._environment.get_template("attempt.html").render(body=body, found=found, said=counts(found))

    @staticmethod
    def complaint(message: str) -> str:
        """Return the markup for what kept a spec from being tried out."""
        return f'<p class="notice">{prose.inline(message)}</p>'

    def _page(self, here: str, title: str, name: str, more: bytes = b"", **words: Any) -> bytes:
        """Return a page: what a template makes of the words, and `more` after it, in the frame that all pages have."""
        root = "../" * here.count("/")
        key = (root, here if here in _PAGES else "")
        if key not in self._frames:
            gap = Markup(_GAP)
            frame = self._environment.get_template("base.html").render(root=root, here=here, title=gap, main=gap)
            self._frames[key] = frame.encode("utf-8", "backslashreplace").split(_GAP.encode())
        before, between, after = self._frames[key]
        main = self._environment.get_template(name).render(root=root, **words)
        texts = (escape(printable(title)).encode("utf-8", "backslashreplace"), main.encode("utf-8", "backslashreplace"))
        return b"".join([before, texts[0], between, texts[1], more, after])

    def _main_page(self, path: str, **words: Any) -> tuple[str, bytes]:
        return path, self._page(path, _PAGES[path], path, **words)

    def _service(self, line: Line) -> bytes:
        service = line.service
        found = self._index.of_service(service)
        faults = lines.faults(found, service.path)
        spec = Markup(lines.source(service.text, faults) if faults else service.lines)
        path = f"services/{service.name}.html"
        words = {"line": line, "service": service, "found": found, "spec": spec, "said": counts(found)}
        around = self._graph.around(service)
        return self._page(path, service.name, "service.html", service.body, around=around, **words)

    def _sources(self) -> set[str]:
        """Return the files that have a page of their own: those that speak of services, and those with findings."""
        specs = {service.path for service in self._survey.services}
        linked = {path for service in self._survey.services for path in service.linked}
        linked |= {place.path for place in self._survey.environments}
        linked |= {spec.path for spec in self._survey.invalid}
        linked |= {item.path for item in (self._survey.windows.said if self._survey.windows else ()) if item.path}
        linked |= {
            path for path, found in self._index.by_path.items() if not all(item.rule.startswith("TP9") for item in found)
        }
        return linked - specs

    def _source(self, path: str) -> bytes:
        found: list[Diagnostic] = self._index.by_path.get(path, [])
        text = Markup(lines.source(self._survey.text_of(path), lines.faults(found, path)))
        return self._page(lines.page_of(path), path, "source.html", file=path, text=text, found=found)

    def _promotion(self) -> Mapping[str, Any]:
        """Return the services of which an environment lacks something that the one before it has, and the others."""
        sides: dict[bool, list[Line]] = {True: [], False: []}
        for line in self._lines:
            sides[_is_apart(line, self._survey)].append(line)
        return {"ahead": sides[True], "level": [line.service for line in sides[False]]}

    def _parity(self) -> Mapping[str, Any]:
        own = between_environments({place.name: place.spec for place in self._survey.environments})
        groups: dict[str, list[tuple[ServiceView, Any]]] = {}
        for service in self._survey.services:
            for difference in service.differences:
                groups.setdefault(difference.meant, []).append((service, difference))
        return {"lines": self._lines, "own": own, "accidental": groups.pop(ACCIDENTAL, []), "groups": groups}


def _measured(found: Metrics) -> Mapping[str, Any]:
    """Return the rows of the tables of metrics, and what the numbers are."""
    total = [("all services", total_name(found), cells(found.total))] if len(found.ends) != 1 else []
    everywhere = [("all services", line.environment, cells(line.measures)) for line in found.environments]
    services = [(line.service, line.environment, cells(line.measures)) for line in found.services]
    days = [calendar.iso(instant)[:10] for instant in (found.since, found.until)]
    return {
        "heads": HEADS,
        "everywhere": total + everywhere,
        "services": services,
        "days": days,
        "definitions": [(HEADS_OF[name], one) for name, one in DEFINITIONS.items()],
    }


def _is_apart(line: Line, survey: Survey) -> bool:
    """Tell whether a service is not the same version in an environment as where it is promoted from."""
    by_name = {place.name: cell for place, cell in zip(survey.environments, line.cells, strict=True)}
    for place in survey.environments:
        here, there = (
            by_name[place.name].deployed,
            by_name[place.promoted_from].deployed if place.promoted_from in by_name else None,
        )
        if by_name[place.name].late or (there and (not here or not agree_on_version(here, there))):
            return True
    return False


def agree_on_version(here: Deployed, there: Deployed) -> bool:
    """Tell whether a promotion would change nothing of a service."""
    versions = ((one.tag, one.digest, one.chart_version) for one in (here, there))
    return len(set(versions)) == 1 and agree(here.images, there.images)

"""The tools: for each one the command that it runs, what it takes, and what an agent is told of it."""

from __future__ import annotations

from typing import Any, NamedTuple

_MOST_NAMES = 100
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_WORD = r"^[^\s-].*$"
"""What does not begin with a dash, so that it is never an option."""


class Argument(NamedTuple):
    """One argument of a tool."""

    schema: dict[str, Any]
    option: str = ""
    """The option of the command; empty for a word of its own. A list repeats it."""


class Tool(NamedTuple):
    """A command as a tool."""

    name: str
    title: str
    description: str
    arguments: dict[str, Argument]
    required: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    """Options that every call has."""
    writes: bool = False
    reaches_out: bool = False
    """Whether it may contact a chart repository although it only reads: charts are rendered for `output: rendered`."""
    idempotent: bool = True
    narrow: str = ""
    """What makes an answer shorter, as an imperative."""
    needs: tuple[str, ...] = ()
    """An argument, and those of which it needs one."""
    reports: bool = False
    """Whether findings are the answer; for other tools, they are an error."""

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON schema of the arguments, closed."""
        properties = {name: argument.schema for name, argument in self.arguments.items()}
        closed: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
        return closed | ({"required": list(self.required)} if self.required else {})


def _text(description: str, pattern: str = _NAME, most: int = 200) -> dict[str, Any]:
    return {"type": "string", "description": description, "pattern": pattern, "minLength": 1, "maxLength": most}


def _names(description: str, pattern: str = _NAME) -> dict[str, Any]:
    items = {"type": "string", "pattern": pattern, "minLength": 1, "maxLength": 200}
    return {"type": "array", "description": description, "items": items, "maxItems": _MOST_NAMES}


def _number(description: str, least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "description": description, "minimum": least, "maximum": most}


def _flag(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description}


_SERVICE = Argument(_text("The service."))
_SERVICES = Argument(_names("Only these services."))
_ENVIRONMENT = Argument(_text("The environment."), "--env")
_ENVIRONMENTS = Argument(_names("Only these environments."), "--env")
_DESTINATION = Argument(_text("One destination, in an environment with several."), "--destination")
_SINCE = "The start: a duration such as 12h or 30d, or a date such as 2026-11-27 (UTC)."
_PATH = r"^[A-Za-z].*$"
_DRY_RUN = Argument(_flag("Show what would change, without writing anything."), "--dry-run")
_COMMIT = Argument(_flag("Commit the specs and their generated files, and nothing else."), "--commit")
_BRANCH = Argument(_text("Commit to this new branch instead; nothing in the working tree changes.", _WORD), "--branch")
_WHERE = {"dry_run": _DRY_RUN, "commit": _COMMIT, "branch": _BRANCH}
_BY_SERVICE = "name fewer services or environments"

READING = (
    Tool(
        "status",
        "Releases by environment",
        "Show which release every service has in every environment, since when, and which are behind. "
        "It is what Git declares, not what runs in the cluster.",
        {"services": _SERVICES, "environments": _ENVIRONMENTS},
        fixed=("--offline",),
        narrow=_BY_SERVICE,
    ),
    Tool(
        "history",
        "History of releases",
        "List releases, newest first, with authors, commits and skipped gates. "
        "With one service and one environment, they have the numbers that `rollback` takes.",
        {
            "service": _SERVICE,
            "environments": _ENVIRONMENTS,
            "since": Argument(_text(_SINCE), "--since"),
            "limit": Argument(_number("Show only the newest releases.", 1, 1000), "--limit"),
        },
        narrow="set `limit`, or name a service and an environment",
    ),
    Tool(
        "metrics",
        "Numbers of releases",
        "Measure releases from Git: deployment frequency, lead time, change failure rate and time to restore.",
        {"since": Argument(_text(_SINCE), "--since")},
        narrow="set a later `since`",
    ),
    Tool(
        "plan",
        "Plan of a release",
        "Simulate a release before it happens: traffic, pods, waits and manual gates, step by step. "
        "Pass `environment`, and a service for its steps; or `promote` for all that a promotion releases.",
        {
            "service": _SERVICE,
            "environment": _ENVIRONMENT,
            "destination": _DESTINATION,
            "promote": Argument(
                _text("Two environments, such as dev:prod.", r"^[A-Za-z0-9._-]+:[A-Za-z0-9._-]+$"), "--promote"
            ),
            "replicas": Argument(_number("Assume this number of replicas.", 0, 10_000), "--replicas"),
            "abort_at": Argument(_number("Show what happens if this step is aborted.", 0, 10_000), "--abort-at"),
            "first_deploy": Argument(_flag("Show the first deployment, without an old version."), "--first-deploy"),
        },
        narrow="name a service",
    ),
    Tool(
        "diff",
        "Changes in the deployment",
        "Show what changes in the deployment, riskiest first: between two revisions, or by a promotion. "
        "By default, the working tree is compared with where it branched from the default branch.",
        {
            "revisions": Argument(_text("BASE, BASE..HEAD or BASE...HEAD.", _WORD)),
            "services": Argument(_names("Only these services; needs `revisions` or `promote`.")),
            "environments": _ENVIRONMENTS,
            "promote": Argument(
                _text("Two environments, such as dev:prod.", r"^[A-Za-z0-9._-]+:[A-Za-z0-9._-]+$"), "--promote"
            ),
        },
        fixed=("--no-rendered", "--offline"),
        needs=("services", "revisions", "promote"),
        narrow=_BY_SERVICE,
        reports=True,
    ),
    Tool(
        "affected",
        "What a change affects",
        "List the services and environments whose generated output a change affects, and why.",
        {
            "since": Argument(_text("The revision to compare with.", _WORD), "--since"),
            "until": Argument(_text("The revision to compare; by default the working tree.", _WORD), "--until"),
        },
        ("since",),
        narrow="compare with a later revision",
    ),
    Tool(
        "lint",
        "Findings in specs",
        "Run all rules over the workspace. Findings have path, line, column and a hint; `rules` explains a rule.",
        {"rules": Argument(_names("Run only these rules: ids, names or id prefixes."), "--select")},
        narrow="select fewer rules, or use `check` with services",
        reports=True,
    ),
    Tool(
        "check",
        "Drift of generated files",
        "Check that every generated file matches its spec, and report findings. Nothing is written.",
        {"services": _SERVICES, "environments": _ENVIRONMENTS},
        reaches_out=True,
        narrow=_BY_SERVICE,
        reports=True,
    ),
    Tool(
        "render",
        "Generated manifests",
        "Print what is generated for one service and environment. Secrets in plain text are masked.",
        {"service": _SERVICE, "environment": _ENVIRONMENT, "destination": _DESTINATION},
        ("service", "environment"),
        ("--mask-secrets",),
        narrow="pass a destination",
    ),
    Tool(
        "explain",
        "Origin of a value",
        "Show which layer sets a value of a service, the layers that it overrides, and the policy that restricts it.",
        {
            "service": _SERVICE,
            "environment": _ENVIRONMENT,
            "destination": _DESTINATION,
            "path": Argument(_text("The path of the value, such as values.ingress.hosts[0].host.", _PATH, 1000)),
        },
        ("service", "environment", "path"),
        narrow="pass a longer path",
    ),
    Tool(
        "rules",
        "Pages of rules",
        "Print the page of a rule: the requirement, the reason, and a bad and a good example.",
        {"rule": Argument(_text("The id or the name of the rule."))},
        ("rule",),
    ),
)

WRITING = (
    Tool(
        "generate",
        "Generate manifests",
        "Validate, lint, render and write the manifests of all services, or of the named ones: all or nothing. "
        "It never removes an Application.",
        {"services": _SERVICES, "environments": _ENVIRONMENTS},
        writes=True,
        narrow=_BY_SERVICE,
    ),
    Tool(
        "bump",
        "Set a version",
        "Set the image tag, digest or chart version of a service in one environment, and regenerate. "
        "Policy, windows and dependencies are checked. Nothing is pushed.",
        {
            "service": _SERVICE,
            "environment": _ENVIRONMENT,
            "image_tag": Argument(_text("The new image tag."), "--image-tag"),
            "image_digest": Argument(_text("The new image digest.", r"^sha(256|512):[0-9a-f]+$"), "--image-digest"),
            "images": Argument(_names("Further images, as NAME=TAG or NAME=TAG@DIGEST.", _WORD), "--image"),
            "chart_version": Argument(_text("The new chart version.", _WORD), "--chart-version"),
            "code_commit": Argument(_text("Record the commit of the code.", r"^[0-9a-f]+$"), "--code-commit"),
            "code_repository": Argument(_text("Record the repository of that commit.", _WORD, 1000), "--code-repository"),
            **_WHERE,
        },
        ("service", "environment"),
        writes=True,
    ),
    Tool(
        "promote",
        "Promote versions",
        "Copy the images and chart version of services from one environment to the next. "
        "Soak time, drift, windows, policy and dependencies are checked. Nothing is pushed.",
        {
            "services": Argument(_names("The services to promote.")),
            "all": Argument(_flag("Promote every service whose version differs."), "--all"),
            "from": Argument(_text("The environment to promote from."), "--from"),
            "to": Argument(_text("The environment to promote to."), "--to"),
            "at": Argument(_text("With `all`, the versions at this commit.", r"^[0-9A-Za-z]+$"), "--at"),
            **_WHERE,
        },
        ("from", "to"),
        writes=True,
        narrow="name fewer services",
    ),
    Tool(
        "rollback",
        "Roll back a service",
        "Roll a service back to an earlier release in an environment, as a new change. Nothing is pushed.",
        {
            "service": _SERVICE,
            "environment": _ENVIRONMENT,
            "to": Argument(_text("The release, by its number or commit; by default the previous one."), "--to"),
            **_WHERE,
        },
        ("service", "environment"),
        writes=True,
        idempotent=False,
    ),
)

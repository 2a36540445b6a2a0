"""`tiphys lint --write-baseline`: accept the current findings, and report only new ones."""

from __future__ import annotations

import click

from generator.cli import running
from generator.errors import ConfigError
from generator.lint import baseline, catalogue
from generator.pipeline.run import Request, run
from generator.syntax.wording import counted
from generator.system.files import Folder, UnreadableFileError, writing


def write(ctx: click.Context, request: Request, formats: list[tuple[str, str]], color: str) -> int:
    """Write every finding into the baseline; fail if some of them cannot be suppressed by a baseline."""
    outcome = run(request._replace(baseline=baseline.NONE))
    path = request.baseline or str((outcome.workspace.lint if outcome.workspace else {}).get("baseline") or "")
    if outcome.workspace and not path:
        raise ConfigError("no baseline file is configured", "pass --baseline FILE, or set spec.lint.baseline in tiphys.yaml")
    left = [item for item in outcome.diagnostics if catalogue.is_fixed(item.rule)]
    if left:
        running.report(ctx, outcome._replace(diagnostics=left), request.root, formats, color)
        click.echo(
            f"{running.summary(outcome._replace(diagnostics=left))}; a baseline cannot suppress these; no baseline was written",
            err=True,
        )
        return outcome.failure
    try:
        writing.replace(Folder(request.root), path, baseline.dump(outcome.diagnostics).encode("utf-8", "backslashreplace"))
    except UnreadableFileError as error:
        raise ConfigError(f"{error.about(path)}; no baseline was written", error.hint) from None
    except OSError as error:
        raise click.FileError(path, error.strerror or str(error)) from None
    click.echo(f"{counted(len(outcome.diagnostics), 'finding')} written to {path}", err=True)
    return 0

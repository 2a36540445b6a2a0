"""`tiphys lint --write-baseline`: what is found today is known from now on."""

from __future__ import annotations

import click

from generator import baseline, catalogue
from generator.commands import running
from generator.errors import ConfigError
from generator.files import Folder, UnreadableFileError, writing
from generator.pipeline import Request, run
from generator.wording import counted


def write(ctx: click.Context, request: Request, formats: list[tuple[str, str]], color: str) -> int:
    """Write every finding into the baseline; return 1 if there is something that no baseline can keep back."""
    outcome = run(request._replace(baseline=baseline.NONE))
    path = request.baseline or str((outcome.workspace.lint if outcome.workspace else {}).get("baseline") or "")
    if outcome.workspace and not path:
        raise ConfigError(
            "there is no baseline to write", "name its file: --baseline FILE, or spec.lint.baseline in tiphys.yaml"
        )
    left = [item for item in outcome.diagnostics if catalogue.is_fixed(item.rule)]
    if left:
        running.report(ctx, outcome._replace(diagnostics=left), request.root, formats, color)
        click.echo(
            f"{running.summary(outcome._replace(diagnostics=left))}; no baseline keeps these back, and none was written",
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

"""Drift of generated files: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP901",
        "missing",
        Severity.ERROR,
        """A generated file must be committed.

    Its spec renders to it, and it is not there.
    Wrong:
        a spec is committed without `tiphys generate`
    Right:
        tiphys generate && git add generated/
    Source: docs/spec.md
    """,
        fixed=True,
    ),
    Check(
        "TP902",
        "differs",
        Severity.ERROR,
        """A generated file must be what its spec renders to.

    It was edited by hand, or the spec, environment or template changed without `tiphys generate`.
    Wrong:
        generated/prod/web/values.yaml is edited by hand
    Right:
        the spec is edited, and `tiphys generate` writes the file
    Source: docs/spec.md
    """,
        fixed=True,
    ),
    Check(
        "TP903",
        "stale",
        Severity.ERROR,
        """A generated file must still be rendered to.

    Its spec or environment is gone; `tiphys generate` removes it.
    Wrong:
        services/web/ is deleted and generated/prod/web/ is not
    Right:
        git rm -r services/web && tiphys generate --allow-delete
    Source: docs/spec.md
    """,
        fixed=True,
    ),
    Check(
        "TP904",
        "unowned",
        Severity.ERROR,
        """The folder of generated files must hold nothing else.

    tiphys did not write it, and so never touches it.
    Wrong:
        generated/prod/web/notes.txt
    Right:
        services/web/notes.txt
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
)

"""Drift of generated files: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP901",
        "missing",
        Severity.ERROR,
        """A generated file must be committed.

    Its spec generates it, but the file does not exist.
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
        """A generated file must match what its spec generates.

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
        """A generated file must still have a spec that generates it.

    Its spec or environment is gone; `tiphys generate` removes the file.
    Wrong:
        services/web/ is deleted, but generated/prod/web/ is not
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
        """The folder of generated files must contain nothing else.

    Tiphys did not write this file, so it never changes or removes it.
    Wrong:
        generated/prod/web/notes.txt
    Right:
        services/web/notes.txt
    Source: docs/spec.md, The workspace
    """,
        fixed=True,
    ),
    Check(
        "TP905",
        "codeowners-stale",
        Severity.ERROR,
        """With `codeowners: true`, CODEOWNERS must have the lines that follow from the owners of services and environments.

    A forge asks those who are in the file, not those who are in the specs: with a stale file, a release can be merged without the approval of the owners of its environment. `check` compares the marked block in each file that GitHub or GitLab reads; other lines are left alone.
    Wrong:
        an owner is added to environments/prod.yaml without `tiphys codeowners --write`
    Right:
        tiphys codeowners --write && git add .github/CODEOWNERS
    Source: docs.github.com, About code owners; docs.gitlab.com, Code Owners
    """,
        fixed=True,
    ),
)

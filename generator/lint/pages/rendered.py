"""Manual pages for what cannot be committed in an environment with `output: rendered`."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS: tuple[Check, ...] = (
    Check(
        "TP665",
        "rendered-repeatable",
        Severity.ERROR,
        """What is committed must be the same each time it is rendered.

    In an environment with `output: rendered`, `generate` commits what Helm renders, and `check` renders it again. What a
    chart makes up, such as a password, a certificate or the time, differs each time. Charts are rendered twice whose
    templates call such a function, the second time at a later date.
    Wrong:
        spec: {output: rendered} # with a chart that has {{ randAlphaNum 24 | quote }}
    Right:
        spec: {output: rendered} # with a chart that has {{ .Values.session.key | quote }}
    Source: docs/rendered.md
    """,
    ),
    Check(
        "TP666",
        "rendered-fits-files",
        Severity.ERROR,
        """What is rendered must fit into a directory that Argo CD reads.

    In an environment with `output: rendered`, each object is a file of its own. So it needs a kind and a name, and no other
    object of the service may be the same in the cluster. A chart must render something: Git keeps no empty directory.
    Argo CD reads at most 10 MB of manifests of a directory unless it is configured otherwise, and leaves out a file with
    the words `+argocd:skip-file-rendering`.
    Wrong:
        a chart that renders ConfigMap settings in two templates
    Right:
        a chart that renders it in one
    Source: argo-cd.readthedocs.io, Directory
    """,
    ),
)

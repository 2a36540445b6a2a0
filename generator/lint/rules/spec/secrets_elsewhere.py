"""The rule TP103, secrets-elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer, Severity
from generator.lint.rules.rule import About, Finding, Rule
from generator.service.build import Built
from generator.syntax.merge import lookup
from generator.syntax.secrets import masking


def check(built: Built) -> Iterator[Finding]:
    """Values must hold no secret: Git keeps it for ever, and everybody who reads the repository has it.

    A value is taken for a secret by its key (`DB_PASSWORD`), with all that stands below it, or by its look: a
    private key, a token of a known kind, a password in an address. What only names a Secret, or is filled in
    later (`$(DB_PASSWORD)`), is not. A value that is public in spite of its name is suppressed at its line; a
    workspace lowers the rule for some files, or for all, under `spec.lint` (docs/spec.md, Settings of lint).
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          values:
            env: {DB_PASSWORD: hunter2}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          values:
            env:
              DB_PASSWORD: {valueFrom: {secretKeyRef: {name: web-db, key: password}}}
    Source: kubernetes.io, Good practices for Kubernetes Secrets
    """
    data = built.resolved.data
    known: set[str] = set()
    clean: set[tuple[int, masking.Role]] = set()
    for pointer in masking.places(data, clean):
        known.add(str(lookup(data, pointer)[1]))
        yield Finding(pointer, f"`{masking.called(data, pointer)}` looks like a secret in plain text", _HINT)
    for index, analysis in enumerate(built.analyses):
        at: Pointer = ("rollout", "analysisTemplates", index)
        for pointer in masking.places(analysis.spec, clean):
            value = str(lookup(analysis.spec, pointer)[1])
            if value not in known:
                known.add(value)
                yield Finding(at, f"`{masking.called(analysis.spec, pointer)}` looks like a secret in plain text", _HINT)
    for document in built.documents:
        if "kind" in document.data:
            continue  # an object, of whose parts all was said above
        for pointer in masking.places(document.data, clean):
            if str(lookup(document.data, pointer)[1]) not in known:
                name = document.path.rpartition("/")[2]
                message = (
                    f"`{masking.called(document.data, pointer)}` in {name} looks like a secret in plain text, from a template"
                )
                yield Finding(("chart",), message, _HINT)


_HINT = "refer to a Secret that something else brings (External Secrets, Sealed Secrets), and change this one: it is known now"

RULE = Rule("TP103", "secrets-elsewhere", Severity.ERROR, About.SERVICE, check)

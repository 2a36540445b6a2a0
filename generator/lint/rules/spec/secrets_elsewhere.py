"""The rule TP103, secrets-elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.syntax.merge import lookup
from generator.syntax.secrets import masking


def check(built: Built) -> Iterator[Finding]:
    """Values must not contain secrets: Git keeps them permanently, and everyone with access to the repository can read them.

    A value counts as a secret because of its key (`DB_PASSWORD`), which includes everything below that key,
    or because of its form: a private key, a token of a known kind, a password in an address. The name of a
    Secret, or a reference that is filled in later (`$(DB_PASSWORD)`), does not count. Suppress a value that is
    public despite its name on its line; a workspace can lower the severity for some files, or for all, under
    `spec.lint` (docs/spec.md, Settings of lint).
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
    for pointer in _LOOKED.places(data):
        known.add(str(lookup(data, pointer)[1]))
        yield Finding(pointer, f"`{masking.called(data, pointer)}` looks like a secret in plain text", _HINT)
    for index, analysis in enumerate(built.analyses):
        at: Pointer = ("rollout", "analysisTemplates", index)
        for pointer in _LOOKED.places(analysis.spec):
            value = str(lookup(analysis.spec, pointer)[1])
            if value not in known:
                known.add(value)
                yield Finding(at, f"`{masking.called(analysis.spec, pointer)}` looks like a secret in plain text", _HINT)
    for document in built.documents:
        if "kind" in document.data or not document.by_own_template:
            continue  # all of its parts were checked above
        for pointer in _LOOKED.places(document.data):
            if str(lookup(document.data, pointer)[1]) not in known:
                name = document.path.rpartition("/")[2]
                message = (
                    f"`{masking.called(document.data, pointer)}` in {name} looks like a secret in plain text, from a template"
                )
                yield Finding(("chart",), message, _HINT)


_LOOKED = masking.Looked()
"""What services share is looked at once: the defaults of environments, and the strategies of presets."""
_HINT = "refer to a Secret from External Secrets or Sealed Secrets, and rotate this one: it is exposed now"

"""The YAML that is accepted: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP010",
        "directive",
        Severity.ERROR,
        """A file must not contain directives such as %YAML.

    They change how the whole file is parsed, and Go's parser rejects them.
    Wrong:
        %YAML 1.1
        ---
        apiVersion: tiphys/v1
        kind: Pipeline
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Right:
        apiVersion: tiphys/v1
        kind: Pipeline
        metadata: {name: web}
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
          environments: {prod: {}}
    Source: yaml.org, YAML 1.2.2, 6.8 Directives
    """,
        fixed=True,
    ),
    Check(
        "TP011",
        "several-documents",
        Severity.ERROR,
        """A file must contain exactly one document.

    Helm reads only the first one.
    Wrong:
        spec:
          replicas: 2
        ---
        spec:
          replicas: 3
    Right:
        spec:
          replicas: 3
    Source: yaml.org, YAML 1.2.2, 9.2 Streams
    """,
        fixed=True,
    ),
    Check(
        "TP012",
        "ambiguous-scalar",
        Severity.ERROR,
        """A value without quotes must mean the same to every parser.

    `on`, `010`, `1e3`, `1.10` and dates are strings, numbers or booleans, depending on the parser. Quote strings; write numbers in their plain form.
    Wrong:
        spec:
          image: {repository: ghcr.io/acme/web, tag: 1.10}
    Right:
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.10"}
    Source: yaml.org, YAML 1.2.2, 10.3 Core Schema, and YAML 1.1, Language-Independent Types
    """,
        fixed=True,
    ),
    Check(
        "TP013",
        "key-not-text",
        Severity.ERROR,
        """A key must be a plain string on one line.

    Helm reads `on:` as "true", and a number or a mapping is not a valid key.
    Wrong:
        spec:
          values: {env: {on: push}}
    Right:
        spec:
          values: {env: {"on": push}}
    Source: yaml.org, YAML 1.1, Boolean Language-Independent Type
    """,
        fixed=True,
    ),
    Check(
        "TP014",
        "merge-key",
        Severity.ERROR,
        """A file must not contain merge keys (`<<`).

    Only YAML 1.1 parsers support them.
    Wrong:
        spec:
          values: {env: {<<: {MODE: batch}, SIZE: small}}
    Right:
        spec:
          values: {env: {MODE: batch, SIZE: small}}
    Source: yaml.org, YAML 1.1, Merge Key Language-Independent Type
    """,
        fixed=True,
    ),
    Check(
        "TP015",
        "not-a-mapping",
        Severity.ERROR,
        """A file must contain a mapping.

    It has apiVersion, kind, metadata and spec, like any Kubernetes object.
    Wrong:
        - name: web
        - name: api
    Right:
        spec:
          replicas: 2
    Source: docs/spec.md, What YAML is read
    """,
        fixed=True,
    ),
    Check(
        "TP016",
        "conflict-marker",
        Severity.ERROR,
        """Merge conflicts must be resolved.

    A conflict marker is still in the file.
    Wrong:
        spec:
        <<<<<<< HEAD
          replicas: 2
        =======
          replicas: 3
        >>>>>>> faster
    Right:
        spec:
          replicas: 3
    Source: git-scm.com, git-merge, How conflicts are presented
    """,
        fixed=True,
    ),
    Check(
        "TP017",
        "lone-carriage-return",
        Severity.ERROR,
        """Lines must end in a newline.

    Some parsers read a lone carriage return as a line break, others as a space.
    Wrong:
        a file with the line endings of classic Mac OS, carriage returns alone
    Right:
        the same file with newlines, or with carriage returns and newlines
    Source: yaml.org, YAML 1.2.2, 5.4 Line Break Characters
    """,
        fixed=True,
    ),
)

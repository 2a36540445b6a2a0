"""Files and their text: manual pages for findings that do not come from a rule."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP001",
        "yaml-syntax",
        Severity.ERROR,
        """A file must be valid YAML.

    The parser stopped at this place; the cause is here or on the line before.
    Wrong:
        spec:
          values: {env: {GREETING: "hello}}
    Right:
        spec:
          values: {env: {GREETING: "hello"}}
    Source: yaml.org, YAML 1.2.2
    """,
        fixed=True,
    ),
    Check(
        "TP002",
        "suppression",
        Severity.WARNING,
        """An inline suppression must name a rule that exists, give a reason, and be needed.

    An unused suppression would hide the next finding on its line. The reason is for the reviewer and the next author. Errors in reading a file and violations of an environment's policy cannot be suppressed in a spec.
    Wrong:
        spec:
          # tiphys: ignore[TP201]
          rollout: {strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 20}]}}}
    Right:
        spec:
          # tiphys: ignore[TP201] because the cache needs to warm up under half the load
          rollout: {strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 20}]}}}
    Source: docs/spec.md, Settings of lint
    """,
    ),
    Check(
        "TP003",
        "file-unreadable",
        Severity.ERROR,
        """A file must be a readable regular file that is reached through real directories.

    A directory, a FIFO or a device is not read, and no symbolic link is followed: neither the file itself
    nor a directory on its path may be one, even inside the workspace. Otherwise a link in a pull request
    could reveal files of the machine that reads it. A link to a directory that could contain specs is
    reported, because those specs would otherwise be skipped silently. Links above the workspace are followed.
    Wrong:
        services/web/pipeline.yaml is a link to ../../../secrets.yaml
    Right:
        services/web/pipeline.yaml is the file itself
    Source: docs/spec.md, What YAML is read
    """,
        fixed=True,
    ),
    Check(
        "TP004",
        "encoding",
        Severity.ERROR,
        """A file must be UTF-8.

    YAML allows UTF-16, but many tools do not read it.
    Wrong:
        a file that an editor saved as UTF-16
    Right:
        the same file, saved as UTF-8
    Source: docs/spec.md, What YAML is read
    """,
        fixed=True,
    ),
    Check(
        "TP005",
        "forbidden-character",
        Severity.ERROR,
        """A file must not contain control, bidirectional or invisible characters.

    They break the manifests of charts that print them, or show a reviewer something different from what the cluster reads.
    Wrong:
        spec:
          values: {env: {GREETING: "hello\\u202Eworld"}}
    Right:
        spec:
          values: {env: {GREETING: "hello world"}}
    Source: unicode.org, UTR 36, Unicode Security Considerations
    """,
        fixed=True,
    ),
    Check(
        "TP006",
        "too-large",
        Severity.ERROR,
        """A file must stay within 256 kB, 32 levels, 20,000 values and 16 kB a value.

    Specs are written by hand. A larger file is data, or an attack on the parser.
    Wrong:
        spec:
          values: {affinity: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
    Right:
        spec:
          values: {affinity: {a: {b: 1}}}
    Source: docs/spec.md, What YAML is read
    """,
        fixed=True,
    ),
    Check(
        "TP007",
        "duplicate-key",
        Severity.ERROR,
        """A mapping must not contain a key twice.

    Helm and PyYAML silently keep the last value and drop the first.
    Wrong:
        spec:
          replicas: 2
          replicas: 3
    Right:
        spec:
          replicas: 3
    Source: yaml.org, YAML 1.2.2, 3.2.1.1 Nodes
    """,
        fixed=True,
    ),
    Check(
        "TP008",
        "anchor-or-alias",
        Severity.ERROR,
        """A file must not contain anchors or aliases.

    A value must be readable at its place; nested aliases can also expand without bound.
    Wrong:
        spec:
          values:
            podLabels: &labels {tier: web}
            commonLabels: *labels
    Right:
        spec:
          values:
            podLabels: {tier: web}
            commonLabels: {tier: web}
    Source: yaml.org, YAML 1.2.2, 7.1 Alias Nodes
    """,
        fixed=True,
    ),
    Check(
        "TP009",
        "tag",
        Severity.ERROR,
        """A file must not contain explicit tags.

    `!!int`, `!Ref` and similar tags mean different things to different parsers, or run code.
    Wrong:
        spec:
          values: {env: {PORT: !!str 8080}}
    Right:
        spec:
          values: {env: {PORT: "8080"}}
    Source: yaml.org, YAML 1.2.2, 6.9.1 Node Tags
    """,
        fixed=True,
    ),
)

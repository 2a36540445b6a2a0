"""Files and their text: the pages of what is found outside of rules."""

from __future__ import annotations

from generator.diagnostics import Severity
from generator.lint.pages.check import Check

CHECKS = (
    Check(
        "TP001",
        "yaml-syntax",
        Severity.ERROR,
        """A file must be valid YAML.

    The parser stopped here; the cause is here or on the line before.
    Wrong:
        spec:
          values: {greeting: "hello}
    Right:
        spec:
          values: {greeting: "hello"}
    Source: yaml.org, YAML 1.2.2
    """,
        fixed=True,
    ),
    Check(
        "TP002",
        "suppression",
        Severity.WARNING,
        """An inline suppression must name a rule that exists, give a reason, and be needed.

    One that suppresses nothing any more hides the next finding at its place. The reason is what a reviewer, and whoever comes next, has to go by. What is found while a file is read, and the policy of an environment, cannot be suppressed in a spec.
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

    A directory, a fifo or a device is not read, and no symbolic link is followed: not in the place of a file
    and not on the way to it, not even inside the workspace. Otherwise a link in a pull request would show
    files of the machine that reads it. A link to a directory that could hold specs is reported, as what is
    behind it would be missing without a word. Links above the workspace are followed.
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

    YAML allows UTF-16, but half of the tools around it do not.
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
        """A file must hold no control, bidirectional or invisible characters.

    They break manifests of charts that print them, or make a reviewer read something else than the cluster does.
    Wrong:
        spec:
          values: {greeting: "hello\\u202Eworld"}
    Right:
        spec:
          values: {greeting: "hello world"}
    Source: unicode.org, UTR 36, Unicode Security Considerations
    """,
        fixed=True,
    ),
    Check(
        "TP006",
        "too-large",
        Severity.ERROR,
        """A file must stay within 256 kB, 32 levels, 20,000 values and 16 kB a value.

    A spec is written by people. What is larger is data, or an attack on the reader.
    Wrong:
        spec:
          values: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
    Right:
        spec:
          values: {a: {b: {c: 1}}}
    Source: docs/spec.md, What YAML is read
    """,
        fixed=True,
    ),
    Check(
        "TP007",
        "duplicate-key",
        Severity.ERROR,
        """A map must have each key once.

    Helm and PyYAML keep the last one and forget the first without a word.
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
        """Anchors and aliases are not read.

    What is meant must stand where it is read; nested aliases also grow without bound.
    Wrong:
        spec:
          values:
            first: &limits {memory: 1Gi}
            second: *limits
    Right:
        spec:
          values:
            first: {memory: 1Gi}
            second: {memory: 1Gi}
    Source: yaml.org, YAML 1.2.2, 7.1 Alias Nodes
    """,
        fixed=True,
    ),
    Check(
        "TP009",
        "tag",
        Severity.ERROR,
        """Explicit tags are not read.

    `!!int`, `!Ref` and the like mean different things to each reader, or run code.
    Wrong:
        spec:
          values: {port: !!str 8080}
    Right:
        spec:
          values: {port: "8080"}
    Source: yaml.org, YAML 1.2.2, 6.9.1 Node Tags
    """,
        fixed=True,
    ),
)

"""All ids that a diagnostic can carry, with their pages."""

from __future__ import annotations

import inspect
from typing import NamedTuple

from generator.diagnostics import Severity
from generator.errors import ConfigError

# Problems that are found before there is a service to run a rule on, or after: reading, schemas,
# resolving, drift. Each as (name, law, why).
_PROBLEMS: dict[str, tuple[str, str, str]] = {
    "MR001": ("yaml-syntax", "A file must be valid YAML.", "The parser stopped here; the cause is here or on the line before."),
    "MR003": (
        "file-unreadable",
        "A file must be a readable regular file inside the workspace.",
        "A directory, a fifo, a broken link or a link that leaves the workspace is not read.",
    ),
    "MR004": ("encoding", "A file must be UTF-8.", "YAML allows UTF-16, but half of the tools around it do not."),
    "MR005": (
        "forbidden-character",
        "A file must hold no control, bidirectional or invisible characters.",
        "They break manifests of charts that print them, or make a reviewer read something else than the cluster does.",
    ),
    "MR006": (
        "too-large",
        "A file must stay within 256 kB, 32 levels, 20,000 values and 16 kB a value.",
        "A spec is written by people. What is larger is data, or an attack on the reader.",
    ),
    "MR007": (
        "duplicate-key",
        "A map must have each key once.",
        "Helm and PyYAML keep the last one and forget the first without a word.",
    ),
    "MR008": (
        "anchor-or-alias",
        "Anchors and aliases are not read.",
        "What is meant must stand where it is read; nested aliases also grow without bound.",
    ),
    "MR009": (
        "tag",
        "Explicit tags are not read.",
        "`!!int`, `!Ref` and the like mean different things to each reader, or run code.",
    ),
    "MR010": (
        "directive",
        "Directives such as %YAML are not read.",
        "They change the rules of the whole file, and Go's reader refuses them.",
    ),
    "MR011": ("several-documents", "A file must hold one document.", "Helm reads only the first one."),
    "MR012": (
        "ambiguous-scalar",
        "A value without quotes must mean the same to every reader.",
        "`on`, `010`, `1e3`, `1.10` and dates are text, numbers or booleans, depending on who reads. Quote text; write numbers in their plain form.",
    ),
    "MR013": (
        "key-not-text",
        "A key must be plain text on one line.",
        '`on:` becomes "true" for Helm, and a number or a map has no place as a key.',
    ),
    "MR014": ("merge-key", "Merge keys (`<<`) are not read.", "They exist for readers of YAML 1.1 only."),
    "MR015": (
        "not-a-mapping",
        "A file must hold a mapping.",
        "apiVersion, kind, metadata and spec, like any Kubernetes object.",
    ),
    "MR016": ("conflict-marker", "Merge conflicts must be resolved.", "A marker was left in the file."),
    "MR017": (
        "lone-carriage-return",
        "Lines must end in a newline.",
        "A carriage return alone is a line break for one reader and a blank for the next.",
    ),
    "MR020": ("wrong-type", "A field must have the type that its schema says.", "Versions and tags are text: quote them."),
    "MR021": (
        "unknown-field",
        "A field must be one that the schema knows.",
        "A misspelt field would be ignored, and nothing is worse than a setting that silently does nothing.",
    ),
    "MR022": ("missing-field", "What is required must be there.", "In the file itself, or after all layers were merged."),
    "MR023": (
        "value-not-allowed",
        "A value must be one that the schema allows.",
        "The message says which range, pattern or list holds.",
    ),
    "MR024": (
        "wrong-kind",
        "apiVersion and kind must be those of this kind of file.",
        "The file stands where another kind is expected.",
    ),
    "MR030": (
        "map-meets-value",
        "Layers must give a field the same shape.",
        "A map over a single value would throw away what one of the two layers says.",
    ),
    "MR031": (
        "unknown-environment",
        "An environment that is named must exist.",
        "A service is deployed exactly to the environments that its spec names.",
    ),
    "MR032": (
        "promotion-cycle",
        "Promotion must have a start.",
        "Releases travel along `promotion.from`; in a circle nothing comes first.",
    ),
    "MR033": (
        "unknown-preset",
        "A rollout preset that is named must exist.",
        "Presets are in strategies/, or ship with mooring.",
    ),
    "MR034": ("unknown-profile", "A chart must have a profile.", "The profile says how values are written for a chart."),
    "MR035": ("placeholder", "A placeholder must have a value.", "{service}, {environment} and {labels.X} are all there are."),
    "MR036": ("duplicate-service", "A service must have one spec.", "Two would write the same files."),
    "MR037": (
        "reserved-name",
        "A service must not be called like a folder of the output.",
        "Its files would mix with those of others.",
    ),
    "MR038": (
        "null-in-list",
        "A list must hold no null.",
        "null takes away what a lower layer says; a list has no lower layer, as it replaces the whole list.",
    ),
    "MR039": (
        "name-is-not-file-name",
        "An environment or preset must be called like its file.",
        "Whoever looks for it finds it.",
    ),
    "MR040": ("template", "A template must be made of expressions that work.", "See docs/templates.md."),
    "MR041": (
        "not-emittable",
        "Generated data must be such that every reader of YAML agrees on it.",
        "A template gave what YAML cannot say.",
    ),
    "MR042": (
        "analysis-template-source",
        "An analysis template must be a file beside the spec, or name and spec.",
        "Nothing else can be generated from.",
    ),
    "MR043": (
        "nearly-a-spec",
        "A spec must be called as the workspace says.",
        "Under another name it would silently not be deployed.",
    ),
    "MR044": (
        "chart-claimed-twice",
        "A chart must be listed by one profile.",
        "Which of the two writes its values would be a matter of their names.",
    ),
    "MR301": (
        "value-is-owned",
        "Free values must not say what fields of the spec say.",
        "image, replicas, autoscaling and rollout have one place each; a second one would win or lose silently.",
    ),
    "MR311": (
        "chart-cannot",
        "What a chart cannot do must not be asked of it.",
        "Its profile knows: the field would be lost on the way into the values, or do something else.",
    ),
    "MR312": (
        "values-shape",
        "Values that names, selectors or ports follow from must have the shape that the chart knows.",
        "The Rollout and the Services beside a chart have to agree with what the chart makes of the same values.",
    ),
    "MR313": (
        "reference-incomplete",
        "A Rollout beside a chart needs to know how the chart selects its pods, and its Services their ports.",
        "The profile says both, where it can from the values. A Rollout without a selector never starts a pod.",
    ),
    "MR501": (
        "application-name-taken",
        "An Application must have a name of its own.",
        "Argo CD knows an Application by namespace and name; the second would overwrite the first.",
    ),
    "MR502": (
        "object-shared",
        "Two services must not bring the same object.",
        "Argo CD would give it to one of them at each sync, in turn.",
    ),
    "MR600": (
        "chart-found",
        "The chart of a service must be there.",
        "It is looked for at chart.path, in charts/, beside mooring, in the cache, and in the environment's chart repository.",
    ),
    "MR601": (
        "helm-renders",
        "Helm must render the chart with the values of the service.",
        "Argo CD calls it with the same flags; what it refuses here is a ComparisonError there.",
    ),
    "MR602": (
        "helm-lint",
        "`helm lint --strict` must have nothing to say.",
        "It looks at the chart and at the values that the service gives it.",
    ),
    "MR603": (
        "rendered-text",
        "What Helm prints must be Kubernetes objects that every reader takes for the same.",
        "Of a key that is given twice the last one counts, silently.",
    ),
    "MR604": (
        "kubernetes-schema",
        "Every object must fit the schema of the environment's version of Kubernetes.",
        "The API server would refuse it, or drop the field that it does not know.",
    ),
    "MR605": (
        "argo-schema",
        "Every object of Argo must fit its schema.",
        "The API server would refuse it, or drop the field that it does not know.",
    ),
    "MR606": (
        "value-unknown",
        "A value should be one that the chart knows.",
        "Neither its defaults, its schema nor its templates have a word of it, so it does nothing.",
    ),
    "MR607": (
        "image-runs",
        "Some container must run the image that the spec names.",
        "Otherwise a release changes the spec and nothing else.",
    ),
    "MR651": (
        "released-version",
        "The specs must ask for the version of a chart that is released.",
        "A release that nobody asks for deploys nothing, and a version that was never released cannot be deployed.",
    ),
    "MR652": (
        "chart-metadata",
        "A chart must have a Chart.yaml that Helm packs: a SemVer version, and the name that specs call it by.",
        "Its package is called by both, and nobody would find it under others.",
    ),
    "MR653": (
        "chart-lint",
        "`helm lint --strict` must have nothing to say of a chart that is released.",
        "It is run with the chart's own values and with each of ci/*-values.yaml.",
    ),
    "MR654": (
        "chart-renders",
        "Helm must render a chart that is released.",
        "With each of ci/*-values.yaml; with the chart's own values where there are none.",
    ),
    "MR655": (
        "chart-dependencies",
        "The dependencies of a chart must be in charts/, in the versions that Chart.lock has.",
        "Otherwise the same chart is packed with other contents tomorrow.",
    ),
    "MR608": (
        "manifest-is-object",
        "A manifest must hold Kubernetes objects.",
        "apiVersion and kind say what it is; without them nothing applies it.",
    ),
    "MR609": (
        "reference-outside",
        "What an object refers to should be checked with it.",
        "There is no object of that kind among the manifests, so nobody can say whether the name is right. `--strict-references` makes it an error.",
    ),
    "MR901": ("missing", "A generated file must be committed.", "Its spec renders to it, and it is not there."),
    "MR902": (
        "differs",
        "A generated file must be what its spec renders to.",
        "It was edited by hand, or the spec, environment or template changed without `mooring generate`.",
    ),
    "MR903": (
        "stale",
        "A generated file must still be rendered to.",
        "Its spec or environment is gone; `mooring generate` removes it.",
    ),
    "MR904": (
        "unowned",
        "The folder of generated files must hold nothing else.",
        "mooring did not write it, and so never touches it.",
    ),
}


_SEVERITIES = {"MR043": Severity.WARNING, "MR606": Severity.WARNING, "MR609": Severity.NOTE}


class Page(NamedTuple):
    """The manual page of an id."""

    id: str
    name: str
    severity: str
    law: str
    why: str
    source: str = ""

    def text(self) -> str:
        """Return the page for a terminal."""
        source = f"\nSource: {self.source}\n" if self.source else ""
        return f"{self.id} {self.name} ({self.severity})\n\n{self.law}\n\n{self.why}\n{source}"


def pages() -> list[Page]:
    """Return every page, by id."""
    from generator.object_rules import OBJECT_RULES, ObjectRule
    from generator.rules import RULES, Rule

    found = [
        Page(id_, name, _SEVERITIES.get(id_, Severity.ERROR).value, law, why) for id_, (name, law, why) in _PROBLEMS.items()
    ]
    every: tuple[Rule | ObjectRule, ...] = (*RULES, *OBJECT_RULES)
    for rule in every:
        lines = inspect.cleandoc(rule.check.__doc__ or "").split("\n")
        source = " ".join(line.strip() for line in lines if line.startswith("Source:")).removeprefix("Source: ")
        why = "\n".join(line for line in lines[1:] if not line.startswith("Source:")).strip()
        found.append(Page(rule.id, rule.name, rule.severity.value, lines[0], why, source))
    return sorted(found, key=lambda page: page.id)


def find(rule: str) -> Page:
    """Return a page by id or name; raises ConfigError."""
    from generator.wording import suggestion

    known = {key: page for page in pages() for key in (page.id, page.name)}
    page = known.get(rule) or known.get(rule.upper())
    if page is None:
        raise ConfigError(f"there is no rule `{rule}`", suggestion(rule, known, "run `mooring rules` for the list"))
    return page


def manual() -> str:
    """Return the pages of all rules as Markdown."""
    head = "# Rules\n\nGenerated by `mooring rules --markdown`. `mooring rules ID` prints one page.\n"
    parts = [head]
    for page in pages():
        source = f"\n\nSource: {page.source}" if page.source else ""
        parts.append(f"\n## {page.id} {page.name}\n\n**{page.law}** ({page.severity})\n\n{page.why}{source}\n")
    return "".join(parts)

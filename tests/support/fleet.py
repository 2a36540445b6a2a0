"""A repository in which services depend on different files, and edits with what they reach."""

from __future__ import annotations

from support.repositories import Repository, spec

PRESET = """\
apiVersion: tiphys/v1
kind: Strategy
metadata: {{name: slow}}
spec:
  strategy: {{canary: {{steps: [{{setWeight: {weight}}}, {{pause: {{}}}}]}}}}
  analysisTemplates: [{{file: shared/a.yaml}}]
"""
ANALYSIS = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {{name: {name}}}
spec:
  metrics: [{{name: ok, interval: {interval}, count: 3, provider: {{job: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: a, image: a:1}}]}}}}}}}}}}}}]
"""
CANARY = '{{image: {{tag: "{tag}"}}, rollout: {{strategy: {{canary: {{steps: [{{setWeight: 10}}]}}}}, analysisTemplates: [{{file: own.yaml}}]}}}}'


def fleet(folder, below=""):
    """Return a repository in which services depend on different files."""
    made = Repository(folder, below)
    made.write("services/plain/pipeline.yaml", spec("plain", dev="1.0.0", prod="1.0.0"))
    made.write("services/preset/pipeline.yaml", spec("preset", prod='{image: {tag: "1.0.0"}, rollout: {preset: slow}}'))
    made.write("services/own/pipeline.yaml", spec("own", dev="1.0.0", prod=CANARY.format(tag="1.0.0")))
    made.write("services/own/own.yaml", ANALYSIS.format(name="own", interval="5m"))
    made.write(
        "services/local/pipeline.yaml", spec("local", dev='{image: {tag: "1.0.0"}, chart: {name: service, path: charts/mine}}')
    )
    made.write(
        "charts/mine/Chart.yaml",
        'apiVersion: v2\nname: service\nversion: 1.0.0\ndependencies: [{name: lib, version: 1.0.0, repository: "file://../lib"}]\n',
    )
    made.write("charts/mine/templates/a.tpl", "a\n")
    made.write("charts/lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n")
    made.write("charts/lib/templates/_b.tpl", "b\n")
    made.write("strategies/slow.yaml", PRESET.format(weight=10))
    made.write("strategies/shared/a.yaml", ANALYSIS.format(name="shared", interval="5m"))
    made.write("README.md", "hello\n")
    return made


EDITS = {  # path to what is replaced, by what, and the pairs of service and environment that it reaches
    "services/plain/pipeline.yaml": ('prod: {image: {tag: "1.0.0"}}', 'prod: {image: {tag: "1.0.1"}}', {"plain prod"}),
    "services/own/own.yaml": ("5m", "6m", {"own prod"}),
    "services/own/pipeline.yaml": ("# end\n", "# the end\n", set()),
    "strategies/slow.yaml": ("setWeight: 10", "setWeight: 20", {"preset prod"}),
    "strategies/shared/a.yaml": ("5m", "6m", {"preset prod"}),
    "environments/dev.yaml": ('"1.0.0"', '"1.1.0"', {"plain dev", "own dev", "local dev"}),
    "environments/prod.yaml": (
        "  promotion",
        '  target: {kubernetes: "1.33"}\n  promotion',
        {"plain prod", "own prod", "preset prod"},
    ),
    "charts/mine/templates/a.tpl": ("a\n", "aa\n", {"local dev"}),
    "charts/lib/templates/_b.tpl": ("b\n", "bb\n", {"local dev"}),
    "tiphys.yaml": (
        "example.com/r",
        "example.com/s",
        {"plain dev", "plain prod", "own dev", "own prod", "local dev", "preset prod"},
    ),
    "README.md": ("hello", "hello you", set()),
}

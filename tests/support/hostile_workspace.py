"""A workspace whose every text tries to be more than text."""

from __future__ import annotations

from support.trees import write_tree
from support.workspace import workspace

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata:
  name: web
  description: '<script>alert(1)</script> "quotes" & &amp; ]]> -->'
  labels: {team: platform}
  annotations:
    runbook: "javascript:alert(1)"
    chat: https://runbooks.example.com/?a=<b>&"c"
spec:
  image: {repository: example.com/web}
  replicas: 3
  values:
    env:
      HTML: '</li></ol><img src=x onerror=alert(1)>'
      LONG: LONGWORD
      QUOTES: "'\\"`${x}{{ y }}"
  rollout:
    strategy:
      canary:
        steps:
          - setWeight: 20
          - pause: {duration: 5m}
          - pause: {}
  environments:
    dev: {image: {tag: "1.1.0"}}
    prod:
      image: {tag: "1.0.0"}
      # <script>alert(2)</script>
      values: {env: {HTML: "<svg onload=alert(3)>"}}
""".replace("LONGWORD", "x" * 400)


def hostile(root):
    """Write the workspace."""
    made = workspace(root)
    write_tree(made, {"services/web/pipeline.yaml": SPEC})
    return made

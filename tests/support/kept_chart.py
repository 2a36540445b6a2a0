"""A service of a chart that a repository has, whose schema refuses the values of the service once the chart is fetched."""

from __future__ import annotations

from generator.verify import kept_charts

REPOSITORY = "https://charts.example.com"
SPEC_OF_IT = f"""\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: web}}
spec:
  chart: {{name: shop, version: "1.2.3", repository: "{REPOSITORY}"}}
  values: {{size: big}}
  environments: {{dev: {{}}}}
"""
_FILES = {
    "Chart.yaml": b"apiVersion: v2\nname: shop\nversion: 1.2.3\n",
    "values.schema.json": b'{"properties": {"size": {"type": "integer"}}}',
}


def fetch():
    """Keep the chart as `verify` does when it fetches it."""
    kept_charts.keep(_FILES, kept_charts.folder_of(REPOSITORY, "shop"), "1.2.3", "shop")

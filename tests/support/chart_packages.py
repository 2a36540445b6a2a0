"""Small chart packages."""

from __future__ import annotations

from generator.system.charts import package as chart_package
from generator.system.charts.package import Package


def package(name="web", version="1.0.0", text="a: 1\n", **more) -> Package:
    metadata = f"apiVersion: v2\nname: {name}\nversion: {version}\n"
    files = {"Chart.yaml": metadata.encode(), "values.yaml": text.encode()}
    return Package(name, version, chart_package.packed(name, files), **more)

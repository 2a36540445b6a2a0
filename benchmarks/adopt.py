"""Measure `tiphys import` against Helm alone rendering the same Applications twice, as a ratio within one run.

    python benchmarks/adopt.py [--applications 300] [--runs 3]

Makes a config repository of N Applications of one chart in two environments. Both sides use all cores, and the import has an
empty cache.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: 1.0.0\n",
    "values.yaml": "image: {repository: registry.example.org/web, tag: ''}\nreplicaCount: 1\nenv: {}\n",
    "templates/all.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicaCount }}
  selector: {matchLabels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: {{ .Release.Name }}}}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          env: [{{ range $name, $value := .Values.env }}{name: {{ $name }}, value: {{ $value | quote }}},{{ end }}]
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app.kubernetes.io/name: web, app.kubernetes.io/instance: {{ .Release.Name }}}, ports: [{port: 80}]}
""",
}
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}-{environment}, namespace: argocd}}
spec:
  project: default
  destination: {{name: {environment}, namespace: shop}}
  source:
    repoURL: https://git.example.org/shop/config.git
    path: charts/web
    helm:
      releaseName: {name}
      valueFiles: [../../values/{name}-{environment}.yaml]
"""


def make(folder: Path, applications: int) -> list[tuple[str, Path]]:
    """Write the repository, and return the releases with their values files."""
    for path, text in CHART.items():
        target = folder / "charts/web" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    releases = []
    for number in range(applications):
        name, environment = f"service-{number // 2}", ("dev", "prod")[number % 2]
        values = folder / f"values/{name}-{environment}.yaml"
        values.parent.mkdir(exist_ok=True)
        values.write_text(
            f"image: {{tag: 1.{number}.0}}\nreplicaCount: {number % 5 + 1}\nenv: {{NAME: {name}, STAGE: {environment}}}\n"
        )
        target = folder / f"argocd/{environment}/{name}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(APPLICATION.format(name=name, environment=environment))
        releases.append((name, values))
    return releases


def main() -> None:
    """Make the repository, and print seconds and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    from generator.system import helm

    program = helm.find().path
    bare, whole = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        releases = make(folder / "old", arguments.applications)

        def render(one: tuple[str, Path]) -> None:
            command = [
                program,
                "template",
                one[0],
                str(folder / "old/charts/web"),
                "--values",
                str(one[1]),
                "--namespace",
                "shop",
            ]
            subprocess.run(command, capture_output=True, check=True)

        for run in range(arguments.runs):
            start = time.perf_counter()
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(render, releases * 2))
            bare.append(time.perf_counter() - start)
            start = time.perf_counter()
            environment = {**os.environ, "XDG_CACHE_HOME": str(folder / f"cache-{run}")}
            done = subprocess.run(
                [sys.executable, "-m", "generator", "import", "old"],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr
            whole.append(time.perf_counter() - start)
    print(f"{arguments.applications:,} Applications, medians of {arguments.runs} runs")
    print(f"helm template, twice each  {median(bare):8.2f} s")
    print(f"tiphys import              {median(whole):8.2f} s{median(whole) / median(bare):8.2f} ×")


if __name__ == "__main__":
    main()

"""Measure `lint --manifests` of a repository of plain manifests against reading and parsing its files.

    python benchmarks/manifests.py [--services 312] [--runs 5]

Makes a folder with eight files for each service: workload, Services, Ingress, autoscaler, budget, settings and an
Application that deploys them. Both sides are whole processes, run in turn, and the ratios are medians of those of each turn; quote them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from lint import spent

FILES = {
    "deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app.kubernetes.io/name: {name}, app.kubernetes.io/part-of: shop}}
spec:
  selector:
    matchLabels: {{app.kubernetes.io/name: {name}}}
  template:
    metadata:
      labels: {{app.kubernetes.io/name: {name}, app.kubernetes.io/part-of: shop}}
    spec:
      serviceAccountName: {name}
      securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
        - name: app
          image: registry.example.org/shop/{name}:1.4.2
          ports:
            - {{name: http, containerPort: 8080}}
            - {{name: metrics, containerPort: 9090}}
          env:
            - name: LOG_LEVEL
              valueFrom: {{configMapKeyRef: {{name: {name}, key: level}}}}
            - {{name: REGION, value: eu-west-1}}
          readinessProbe:
            httpGet: {{path: /ready, port: http}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          volumeMounts:
            - {{name: settings, mountPath: /etc/app}}
      volumes:
        - name: settings
          configMap: {{name: {name}}}
""",
    "service.yaml": """\
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  selector: {{app.kubernetes.io/name: {name}}}
  ports:
    - {{name: http, port: 80, targetPort: http}}
""",
    "ingress.yaml": """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}}}
spec:
  ingressClassName: nginx
  rules:
    - host: {name}.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service: {{name: {name}, port: {{name: http}}}}
""",
    "autoscaler.yaml": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: {name}}}
spec:
  minReplicas: 2
  maxReplicas: 9
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  metrics:
    - type: Resource
      resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 70}}}}
""",
    "budget.yaml": """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{app.kubernetes.io/name: {name}}}
""",
    "settings.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}}}
data:
  level: info
  app.properties: |
    greeting=hello
    region=eu-west-1
""",
    "account.yaml": """\
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}}}
""",
}
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
  source: {{repoURL: https://git.example.org/shop/config.git, path: services/{name}, targetRevision: main}}
  syncPolicy:
    automated: {{prune: true, selfHeal: true}}
"""
PARSE = """\
import glob, sys
from generator.kubernetes import manifests
for path in glob.iglob("**/*.yaml", recursive=True):
    with open(path, "rb") as file:
        manifests.read(path, file.read(), named=False)
"""


def make(folder: Path, services: int) -> int:
    """Write the files of a repository; return how many there are."""
    (folder / "apps").mkdir()
    for number in range(services):
        name = f"service-{number:04}"
        home = folder / "services" / name
        home.mkdir(parents=True)
        for file, text in FILES.items():
            (home / file).write_text(text.format(name=name), encoding="utf-8")
        (folder / "apps" / f"{name}.yaml").write_text(APPLICATION.format(name=name), encoding="utf-8")
    return services * (len(FILES) + 1)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=312)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    commands = {
        "read and parse": [sys.executable, "-c", PARSE],
        "lint --manifests": [sys.executable, "-m", "generator", "lint", "--manifests", "."],
    }
    with tempfile.TemporaryDirectory() as folder:
        count = make(Path(folder), given.services)
        rounds = [
            {name: spent(command, Path(folder), 1) for name, command in commands.items()} for _ in range(given.runs)
        ]  # in turn, so that what else the machine does slows both down
    print(f"{count:,} files of {given.services:,} services")
    for name in commands:
        wall, processor, walls, processors = (
            statistics.median(values)
            for values in zip(
                *((*one[name], *(of / to for of, to in zip(one[name], one["read and parse"], strict=True))) for one in rounds),
                strict=True,
            )
        )
        print(f"{name:<20} {wall:6.2f} s wall {walls:5.2f} × {processor:6.2f} s processor {processors:5.2f} ×")


if __name__ == "__main__":
    main()

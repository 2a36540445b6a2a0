"""A small workspace whose charts can be released, for tests: two environments, a shared chart, a service's own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from support.chart_repositories import HttpRepository, OciRepository
from support.trees import write_tree

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicaCount }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers:
        - {name: app, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}
"""

VALUES = """\
fullnameOverride: ""
workload: {kind: Deployment}
image: # which one to run
  repository: ghcr.io/acme/none
  tag: none
replicaCount: 1
"""

PROFILE = {
    "templates/profiles/plain/profile.yaml": "apiVersion: tiphys/v1\nkind: ChartProfile\nmetadata: {name: plain}\nspec: {}\n",
    "templates/profiles/plain/values.yaml": (
        'image: {repository: "{{ image.repository }}", tag: "{{ image.tag | default(omit) }}"}\n'
        'replicaCount: "{{ replicas or 1 }}"\n'
    ),
    "templates/profiles/plain/rollout.yaml": 'rollout: {strategy: "{{ strategy }}"}\n',
}


def chart(name: str, version: str = "1.0.0", **files: str) -> dict[str, str]:
    """Return the files of a chart in charts/."""
    metadata = f"apiVersion: v2\nname: {name}\nversion: {version}\n"
    content = {"Chart.yaml": metadata, "values.yaml": VALUES, "templates/deployment.yaml": DEPLOYMENT, **files}
    return {f"charts/{name}/{path}": text for path, text in content.items()}


def repository(at: OciRepository | HttpRepository | str, publish=None) -> dict[str, object]:
    """Return what an environment says of a chart repository."""
    if isinstance(at, str):
        return {"repository": at, **({"publish": publish} if publish else {})}
    if isinstance(at, HttpRepository):
        return {"repository": at.address, "publish": publish or {"directory": str(at.folder)}}
    return {"repository": at.address}


def environment(name: str, chart: dict[str, object], **more) -> dict[str, str]:
    spec = {"argocd": {"project": "shop", "destination": {"namespace": name}}, "chart": {"profile": "plain", **chart}, **more}
    text = {"apiVersion": "tiphys/v1", "kind": "Environment", "metadata": {"name": name}, "spec": spec}
    return {f"environments/{name}.yaml": json.dumps(text, indent=2)}


def service(name: str, chart: dict[str, object], tag: str = "1.8.0", **environments) -> dict[str, str]:
    spec = {
        "image": {"repository": f"ghcr.io/acme/{name}", "tag": tag},
        "chart": {"profile": "plain", **chart},
        "environments": environments or {"dev": {}, "prod": {}},
    }
    text = {"apiVersion": "tiphys/v1", "kind": "Pipeline", "metadata": {"name": name}, "spec": spec}
    return {f"services/{name}/pipeline.yaml": json.dumps(text, indent=2)}


def workspace(folder: Path, dev, prod=None, *, dev_publish=None, prod_publish=None) -> Path:
    """Write a workspace: `web` and `api` share the chart `app`, 1.0.0; `shop` has a chart of its own, 2.4.0."""
    files = {
        "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
        **PROFILE,
        **environment("dev", repository(dev, dev_publish)),
        **environment("prod", repository(prod or dev, prod_publish)),
        **chart("app"),
        **chart("shop", "0.0.0"),
        **service("web", {"name": "app", "version": "1.0.0"}),
        **service("api", {"name": "app", "version": "1.0.0"}),
        **service("shop", {"name": "shop", "version": "2.4.0"}, tag="2.4.0-build.7"),
    }
    return write_tree(folder, files)


def git(folder: Path, *arguments: str) -> str:
    """Return what git says in a folder, as a user whom nobody configured."""
    identity = [
        part for name in ("user.name=T", "user.email=t@example.com", "init.defaultBranch=main") for part in ("-c", name)
    ]
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()

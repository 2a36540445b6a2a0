"""A workspace with environments that extend others."""

from __future__ import annotations

import yaml

HEAD = "apiVersion: tiphys/v1\nkind: {kind}\n"
ENVIRONMENT = HEAD.format(kind="Environment")
TREE = {
    "tiphys.yaml": HEAD.format(kind="Workspace") + "spec: {repoURL: https://example.com/config.git}\n",
    "services/web/pipeline.yaml": HEAD.format(kind="Pipeline")
    + 'metadata: {name: web}\nspec:\n  image: {repository: ghcr.io/acme/web, tag: "1.0.0"}\n  environments: {dev: {}, prod: {}}\n',
    "environments/base.yaml": ENVIRONMENT
    + """metadata: {name: base, abstract: true}
spec:
  argocd: {project: shop, destination: {namespace: "{service}-{environment}"}}
  chart: {name: service, version: "1.0.0", repository: "oci://registry.example.com/all"}
  defaults:
    replicas: 2
    values: {env: {LOG_LEVEL: info, TIER: "{environment}"}}
  policy: {replicas: {min: 1, max: 4}}
""",
    "environments/dev.yaml": ENVIRONMENT + "metadata: {name: dev}\nspec: {extends: [base]}\n",
    "environments/prod.yaml": ENVIRONMENT
    + """metadata: {name: prod}
spec:
  extends: [base]
  defaults: {values: {env: {LOG_LEVEL: warn}}}
  policy: {replicas: {max: 20}}
  promotion: {from: dev}
""",
}
SPEC, BASE, PROD = "services/web/pipeline.yaml", "environments/base.yaml", "environments/prod.yaml"
WHOLE = {
    "argocd": {"project": "shop", "destination": {"namespace": "shop-{environment}"}},
    "chart": {"name": "service", "version": "1.0.0", "repository": "oci://registry.example.com/x"},
}


def over(below, above):
    """Merge as the docs say it, in the shortest way."""
    both = isinstance(below, dict) and isinstance(above, dict)
    return {key: over(below.get(key), above.get(key, below.get(key))) for key in {**below, **above}} if both else above


def environment(name, spec, **more):
    return yaml.safe_dump(
        {"apiVersion": "tiphys/v1", "kind": "Environment", "metadata": {"name": name, **more}, "spec": spec}, sort_keys=False
    )


def replaced(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))

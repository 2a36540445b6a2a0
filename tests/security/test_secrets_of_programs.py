"""What Helm and kustomize say of files quotes them: no secret in it reaches an output."""

from __future__ import annotations

import pytest

from generator.kubernetes.kustomization_said import secrets_of
from generator.syntax.secrets.messages import without
from support.trees import write_tree

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {foo: bar}\n"
WORKSPACE = {
    "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
    "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
    "spec: {lint: {rules: {TP645: off}}, argocd: {project: shop, destination: {namespace: shop}}}\n",
    "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
    "spec: {source: {kustomize: {path: k}}, environments: {dev: {}}}\n",
    "old/apps/dev/web.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\n"
    "spec: {project: x, destination: {server: 'https://kubernetes.default.svc', namespace: a}, "
    "source: {repoURL: 'https://git.example.com/deploy.git', path: k}}\n",
}
KUSTOMIZED = {
    "a literal without a name": {"kustomization.yaml": "secretGenerator: [{name: x, literals: [hunterBsecret]}]\n"},
    "an environment that cannot be read": {
        "kustomization.yaml": "secretGenerator: [{name: x, envs: [a.env]}]\n",
        "a.env": "A=1\nhunter=X=hunterBsecret\n!hunterBsecret\n",
    },
    "a patch in its place": {
        "kustomization.yaml": "resources: [s.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |-\n    apiVersion: v1\n"
        "    kind: Secret\n    metadata: {name: web}\n    stringData: {foo: hunterBsecret, : }\n",
        "s.yaml": SECRET,
    },
    "a list of changes": {
        "kustomization.yaml": "resources: [s.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |-\n"
        "    - op: replace\n      path: /stringData/foo/bar/baz\n      value: hunterBsecret\n    - op: hunterBsecret\n",
        "s.yaml": SECRET,
    },
    "a patch in a file": {
        "kustomization.yaml": "resources: [s.yaml]\npatches: [{path: p.yaml}]\n",
        "p.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {foo: hunterBsecret, : }\n",
        "s.yaml": SECRET,
    },
    "a resource that is not YAML": {
        "kustomization.yaml": "resources: [s.yaml]\n",
        "s.yaml": SECRET.replace("{foo: bar}", "{foo: hunterBsecret, : }"),
    },
    "a strategic patch": {
        "kustomization.yaml": "resources: [s.yaml]\npatchesStrategicMerge:\n- |-\n    apiVersion: v1\n    kind: Secret\n"
        "    metadata: {name: other}\n    stringData: {foo: hunterBsecret}\n",
        "s.yaml": SECRET,
    },
}


@pytest.mark.usefixtures("kustomize", "helm", "helm_home")
@pytest.mark.parametrize("kind", KUSTOMIZED)
def test_a_kustomization_that_does_not_build_shows_no_secret(kind, tiphys, tmp_path):
    root = write_tree(tmp_path / "r", {**WORKSPACE, **{f"k/{name}": text for name, text in KUSTOMIZED[kind].items()}})
    for words in (
        ("lint", "--manifests", root / "k"),
        ("-C", root, "verify"),
        ("-C", root, "render", "web", "--env", "dev", "--helm"),
        ("import", root, "--no-cache"),
        ("import", root, "--no-cache", "--format", "json"),
    ):
        done = tiphys(*words, cwd=root)
        assert done.returncode in (0, 1, 2), (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert "hunterB" not in done.stdout + done.stderr, (words, done.stdout, done.stderr)


HELM = {
    "a parameter": "{parameters: [{name: boom, value: '1'}, {name: password, value: hunterBsecret}]}",
    "a parameter below a name": "{parameters: [{name: db.password, value: 'x,hunterBsecret'}]}",
    "a parameter of a list": "{parameters: [{name: 'tokens[0]', value: hunterBsecret}]}",
    "a parameter that is a string": "{parameters: [{name: password, value: hunterBsecret, forceString: true}]}",
    "values of two lines": '{values: "password: \\"hunterAsecret\\\\nhunterBsecret\\""}',
    "a short second line": '{values: "password: \\"hunterAsecret\\\\nhunterB\\""}',
    "values as an object": "{valuesObject: {apiToken: hunterBsecret}}",
    "a file": "{fileParameters: [{name: password, path: f.txt}]}",
    "a file with names": "{fileParameters: [{name: config, path: c.yaml}]}",
    "a values file": "{valueFiles: [v.yaml]}",
}
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "chart/templates/a.yaml": '{{ fail (printf "x %s y" (toString .Values)) }}\n',
    "chart/f.txt": "first line\nhunterBsecret\n",
    "chart/c.yaml": "server:\n  password: hunterBsecret\n",
    "chart/v.yaml": "db: {url: 'postgres://user:hunterBsecret@db/x'}\n",
}


@pytest.mark.usefixtures("helm", "helm_home")
@pytest.mark.parametrize("kind", HELM)
def test_a_chart_that_fails_with_its_values_shows_no_secret(kind, tiphys, tmp_path):
    source = f"source: {{repoURL: 'https://git.example.com/deploy.git', path: chart, helm: {HELM[kind]}}}"
    application = WORKSPACE["old/apps/dev/web.yaml"].replace(
        "source: {repoURL: 'https://git.example.com/deploy.git', path: k}", source
    )
    write_tree(tmp_path / "r", {**CHART, "apps/dev/web.yaml": application})
    for words in (("import", "r", "--no-cache"), ("import", "r", "--no-cache", "--format", "json")):
        done = tiphys(*words)
        assert "hunterB" not in done.stdout + done.stderr, done.stdout + done.stderr
        assert "(masked)" in done.stdout, done.stdout


def test_what_is_no_secret_stays_readable():
    files = {
        "k/kustomization.yaml": b'{"resources": ["missing.yaml"], "secretGenerator": [{"name": "x", "literals": ["a=hunter"]}]}'
    }
    said = without("accumulating resources from 'missing.yaml': hunter", secrets_of(files))
    assert said == "accumulating resources from 'missing.yaml': (masked)"

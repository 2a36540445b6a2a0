"""What Helm and kustomize say of files quotes them: no secret in it reaches an output."""

from __future__ import annotations

import json

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


CHANGED = {
    "base64": "b64enc",
    "base64 for addresses": 'b64enc | replace "+" "-" | replace "/" "_"',
    "base64 without padding": 'b64enc | trimSuffix "=" | trimSuffix "="',
    "base64 without a line end": "trim | b64enc",
    "base32": "b32enc",
    "upper case": "upper",
    "lower case": "lower",
    "a title": "title",
    "no title": "untitle",
    "the other case": "swapcase",
    "part of an address": "urlquery",
}


@pytest.mark.usefixtures("helm", "helm_home")
@pytest.mark.parametrize("function", CHANGED)
def test_what_the_functions_of_helm_make_of_a_secret_is_masked_as_well(function, tiphys, tmp_path):
    """The reproducer of an attack: Helm's message had the password in base64."""
    secrets = ("hunter2zz-Secret", "hunter2?>~ Secret/ö")
    quoted = " ".join(f'"m{number}" (index .Values.passwords {number} | {CHANGED[function]})' for number in range(2))
    files = {
        **WORKSPACE,
        "tiphys.yaml": WORKSPACE["tiphys.yaml"].replace("deploy.git}", "deploy.git, lint: {ignore: [TP103]}}"),
        "environments/dev.yaml": WORKSPACE["environments/dev.yaml"].replace("lint: {rules: {TP645: off}}, ", ""),
        "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
        f"spec: {{chart: {{name: web, path: charts/web}}, values: {{passwords: {json.dumps(list(secrets))}}}, environments: {{dev: {{}}}}}}\n",
        "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "charts/web/values.yaml": "passwords: []\n",
        "charts/web/templates/a.yaml": f"{{{{ fail (cat {quoted}) }}}}",
    }
    root = write_tree(tmp_path / "w", files)
    done = tiphys("-C", root, "verify", "--format", "json", cwd=root)
    (said,) = [one["message"] for one in json.loads(done.stdout)["diagnostics"] if one["rule"] == "TP601"]
    assert said == "the chart fails: m0 (masked) m1 (masked)"


RENDERED = {
    "a value of the spec": ("db: {password: ''}\n", ", values: {db: {password: SECRET}}", ""),
    "a value of the environment": ("db: {password: ''}\n", "", "defaults: {values: {db: {password: SECRET}}}, "),
    "a default of the chart": ("db: {password: SECRET}\n", "", ""),
}


@pytest.mark.usefixtures("helm", "helm_home")
@pytest.mark.parametrize("kind", RENDERED)
def test_findings_about_what_a_chart_makes_of_a_password_do_not_tell_it(kind, tiphys, tmp_path):
    """The reproducers of attacks: findings quoted `x` and the password, its form in JSON, and a default of the chart."""
    defaults, values, environment = (text.replace("SECRET", '"hun<ter&2zz-secret"') for text in RENDERED[kind])
    label = '{a: {{ printf "x%s" $p | quote }}, b: {{ $p | toJson | quote }}, c: {{ $p | html | quote }}, d: {{ $p | quote }}}'
    chart = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web, labels: {label}}}\ndata: {{a: b}}\n"
    files = {
        "tiphys.yaml": WORKSPACE["tiphys.yaml"].replace("deploy.git}", "deploy.git, lint: {ignore: [TP103]}}"),
        "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
        f"spec: {{{environment}argocd: {{project: shop, destination: {{namespace: shop}}}}}}\n",
        "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
        f"spec: {{chart: {{name: web, path: charts/web}}{values}, environments: {{dev: {{}}}}}}\n",
        "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "charts/web/values.yaml": defaults,
        "charts/web/templates/a.yaml": f"{{{{ $p := .Values.db.password }}}}{chart}",
    }
    root = write_tree(tmp_path / "w", files)
    done = tiphys("-C", root, "verify", "--format", "json", cwd=root)
    said = [one["message"] for one in json.loads(done.stdout)["diagnostics"] if one["rule"] == "TP644"]
    assert any("x(masked)" in one for one in said), done.stdout
    assert "ter&" not in done.stdout + done.stderr
    assert "2zz" not in done.stdout + done.stderr
    (root / "charts/web/templates/a.yaml").write_text('{{ fail (printf "x%s" .Values.db.password) }}', encoding="utf-8")
    done = tiphys("-C", root, "verify", cwd=root)
    assert "the chart fails: x(masked)" in done.stdout
    assert "2zz" not in done.stdout + done.stderr


@pytest.mark.parametrize("secret", ["12", "a", "dev"])
def test_a_short_secret_hides_no_common_words(secret):
    said = "Dev: the chart fails for A of 12 or 0x12: Development, ANY"
    assert without(said, [secret]).replace("(masked)", secret) == said

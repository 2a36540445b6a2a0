"""No expression that someone proposes tells of a secret that a chart, a kustomization or a set has put into another form."""

from __future__ import annotations

import json

import pytest

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint import own_rules
from generator.lint.users import MOST_TOGETHER
from generator.syntax.budget import Budget, SpentError
from generator.syntax.reader import parse
from generator.syntax.secrets.ingredients import Ingredients
from support.policies import binding, judged, policy
from support.trees import write_tree

SECRET = "hunter2zz-secret"
HIDDEN = "hunter2zz"
SAYING = "object.data.a.split('').join('~')"


def a_map(ingredients=None, **data):
    whole = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}, "data": data}
    return KubeObject(whole, ingredients=ingredients)


GIVEN = Ingredients(lambda _budget: [{"db": {"password": SECRET}}])
HOLDING = {
    "values": GIVEN,
    "a parameter": Ingredients(size=10, words=lambda: [SECRET]),
    "the defaults of a chart": Ingredients(others=lambda: [Ingredients(), GIVEN]),
}


@pytest.mark.parametrize("kind", HOLDING)
def test_a_message_is_not_made_of_an_object_that_a_secret_went_into(kind):
    items = [
        policy("p", validations=[{"expression": "false", "messageExpression": SAYING, "message": "no"}]),
        binding("b", "p"),
    ]
    assert [one.message for one in judged(items, [a_map(HOLDING[kind], a="x")])[0]] == ["p: no"]
    assert [one.message for one in judged(items, [a_map(Ingredients(), a="xy")])[0]] == ["p: x~y"]


@pytest.mark.parametrize("kind", HOLDING)
def test_a_message_is_not_made_of_a_parameter_that_a_secret_went_into(kind):
    made = {"expression": "false", "messageExpression": "params.data.a.upperAscii()", "message": "no"}
    items = [
        policy("p", paramKind={"apiVersion": "v1", "kind": "ConfigMap"}, validations=[made]),
        binding("b", "p", paramRef={"name": "a", "namespace": "default", "parameterNotFoundAction": "Deny"}),
        a_map(HOLDING[kind], a="x"),
    ]
    other = KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b", "namespace": "default"}})
    assert [one.message for one in judged(items, [other])[0]] == ["p: no"]


RULE = """\
apiVersion: tiphys/v1
kind: Rule
metadata: {name: p}
spec:
  message: it must not
  expression: "!has(object.data.x) || int(object.data.x) == 1"
  cases: [{object: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {}}, passes: true}]
"""


@pytest.mark.parametrize("kind", HOLDING)
def test_a_rule_does_not_say_why_it_fails_for_an_object_that_a_secret_went_into(kind):
    (rule,) = own_rules.of([parse("rules/p.yaml", RULE.encode())], Budget(MOST_TOGETHER)).rules
    item = a_map(HOLDING[kind], x="y")
    assert [one.message for one in rule.check(item, Objects([item]))] == ["p: it must not (the expression fails)"]


def test_secrets_that_went_into_objects_are_looked_for_once_and_paid_for():
    looked = []

    def words():
        looked.append(1)
        return ()

    one, budget = Ingredients(size=1000, words=words), Budget()
    assert not any(one.hold_a_secret(budget) for _ in range(100))
    assert looked == [1]
    assert budget.spent > 100_000
    with pytest.raises(SpentError):
        Ingredients(size=10_000_000, words=words).hold_a_secret(budget)
    assert looked == [1]


POLICY = json.dumps(
    [
        policy(
            "p", validations=[{"expression": "object.metadata.name != 'web'", "messageExpression": SAYING, "message": "no"}]
        ).data,
        binding("b", "p").data,
    ]
)
POLICIES = "\n---\n".join(map(json.dumps, json.loads(POLICY))) + "\n"
WORKSPACE = {
    "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git, "
    "lint: {policies: [policies], ignore: [TP103, TP645]}}\n",
    "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
    "spec: {argocd: {project: shop, destination: {server: 'https://kubernetes.default.svc', namespace: shop}}}\n",
    "policies/p.yaml": POLICIES,
}
CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "db: {password: ''}\n",
    "charts/web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    "data: {a: {{ .Values.db.password | upper | quote }}}\n",
}
SPEC = "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\nspec: {%s, environments: {dev: {}}}\n"
OF_CHART = "chart: {name: web, path: charts/web}"
MADE = {
    "a value of the spec": {
        **CHART,
        "services/web/pipeline.yaml": SPEC % f"{OF_CHART}, values: {{db: {{password: {SECRET}}}}}",
    },
    "a default of the chart": {
        **CHART,
        "charts/web/values.yaml": f"db: {{password: {SECRET}}}\n",
        "services/web/pipeline.yaml": SPEC % OF_CHART,
    },
    "a default of a chart in it": {
        **CHART,
        "charts/web/charts/in/Chart.yaml": "apiVersion: v2\nname: in\nversion: 1.0.0\n",
        "charts/web/charts/in/values.yaml": f"db: {{password: {SECRET}}}\n",
        "charts/web/charts/in/templates/a.yaml": CHART["charts/web/templates/a.yaml"],
        "charts/web/templates/a.yaml": "",
        "services/web/pipeline.yaml": SPEC % OF_CHART,
    },
    "a Secret that a template writes next to it": {
        **CHART,
        "charts/web/templates/a.yaml": f'{{{{ $p := "{SECRET}" }}}}apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n'
        "stringData: {x: {{ $p }}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: {{ $p | upper }}}\n",
        "services/web/pipeline.yaml": SPEC % OF_CHART,
    },
    "a file of the chart": {
        **CHART,
        "charts/web/db.yaml": f"password: {SECRET}\n",
        "charts/web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
        'data: {a: {{ (.Files.Get "db.yaml" | fromYaml).password | upper }}}\n',
        "services/web/pipeline.yaml": SPEC % OF_CHART,
    },
    "a file of a chart in it that a value names": {
        **CHART,
        "charts/web/templates/a.yaml": "",
        "charts/web/charts/in/Chart.yaml": "apiVersion: v2\nname: in\nversion: 1.0.0\n",
        "charts/web/charts/in/db.yaml": f"password: {SECRET}\n",
        "charts/web/charts/in/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
        "data: {a: {{ tpl .Values.made . | quote }}}\n",
        "services/web/pipeline.yaml": SPEC
        % (OF_CHART + ", values: {in: {made: '{{ (.Files.Get \"db.yaml\" | fromYaml).password }}'}}"),
    },
    "a Secret that kustomize copies from": {
        "services/web/pipeline.yaml": SPEC % "source: {kustomize: {path: k}}",
        "k/kustomization.yaml": "resources: [a.yaml]\nreplacements:\n- source: {kind: Secret, name: s, fieldPath: stringData.x, options: {delimiter: '-'}}\n"
        "  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
        "k/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: ''}\n---\n"
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{x: {SECRET}}}\n",
    },
}


@pytest.mark.usefixtures("helm", "kustomize", "helm_home")
@pytest.mark.parametrize("kind", MADE)
def test_no_policy_prints_what_a_chart_or_kustomization_made_of_a_secret(kind, tiphys, tmp_path):
    """The reproducer of an attack: the letters of the password were in the log of CI."""
    root = write_tree(tmp_path / "w", {**WORKSPACE, **MADE[kind]})
    done = tiphys("-C", root, "verify", cwd=root)
    assert "p: no" in done.stdout, done.stdout + done.stderr
    assert HIDDEN not in (done.stdout + done.stderr).lower().replace("~", "")


@pytest.mark.usefixtures("helm", "helm_home")
def test_a_policy_still_says_what_is_wrong_with_a_chart_without_secrets(tiphys, tmp_path):
    files = {
        **CHART,
        "charts/web/README.md": "password: changeme\n",
        "charts/web/values.yaml": "a: some\n",
        "charts/web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: {{ .Values.a }}}\n",
        "services/web/pipeline.yaml": SPEC % OF_CHART,
    }
    root = write_tree(tmp_path / "w", {**WORKSPACE, **files})
    assert "p: s~o~m~e" in tiphys("-C", root, "verify", cwd=root).stdout


@pytest.mark.usefixtures("kustomize")
def test_no_policy_prints_what_a_kustomization_of_plain_manifests_made_of_a_secret(tiphys, tmp_path):
    tree = MADE["a Secret that kustomize copies from"]
    root = write_tree(tmp_path / "w", {"p.yaml": POLICIES, **{name: text for name, text in tree.items() if name[:2] == "k/"}})
    done = tiphys("lint", "--manifests", "k", "--rules", "p.yaml", cwd=root)
    assert "p: no" in done.stdout, done.stdout + done.stderr
    assert HIDDEN not in (done.stdout + done.stderr).lower().replace("~", "")


def test_no_rule_prints_what_an_applicationset_made_of_a_secret(tiphys, tmp_path):
    application_set = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: web, namespace: argocd}\n"
        "spec:\n  goTemplate: true\n"
        f"  generators: [{{list: {{elements: [{{password: {SECRET}}}]}}}}]\n"
        "  template:\n    metadata: {name: web}\n    spec:\n      project: default\n"
        "      source: {repoURL: 'https://git.example.com/x.git', path: '{{ .password | upper }}'}\n"
        "      destination: {server: 'https://kubernetes.default.svc', namespace: a}\n"
    )
    rule = (
        "apiVersion: tiphys/v1\nkind: Rule\nmetadata: {name: p}\nspec:\n  message: it must not\n"
        "  match: {kinds: [{group: argoproj.io, kind: Application}]}\n"
        "  expression: \"object.spec.source.path.startsWith('HUNTER') ? object.spec.isH : true\"\n"
        "  cases: [{object: {apiVersion: argoproj.io/v1alpha1, kind: Application, spec: {source: {path: x}}}, passes: true}]\n"
    )
    root = write_tree(tmp_path / "w", {"s/set.yaml": application_set, "r.yaml": rule})
    done = tiphys("lint", "--manifests", "s", "--rules", "r.yaml", cwd=root)
    assert "p: it must not (the expression fails)" in done.stdout, done.stdout + done.stderr
    assert "isH" not in done.stdout + done.stderr


def test_no_policy_prints_what_an_object_repeats_of_a_secret_in_its_file(tiphys, tmp_path):
    policy = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: split}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]}
  validations: [{expression: "false", messageExpression: "'is ' + object.data.a.split('').join('~')"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: split}
spec: {policyName: split, validationActions: [Deny]}
"""
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: n}\nstringData: {password: s3cretvalue}\n---\n"
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: n}\ndata: {a: s3cretvalue}\n"
    (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
    (tmp_path / "objects.yaml").write_text(config, encoding="utf-8")
    assert "is s~3~c~r" in tiphys("lint", "--manifests", ".", cwd=tmp_path).stdout, "without a Secret, it is no secret"
    (tmp_path / "objects.yaml").write_text(secret + config, encoding="utf-8")
    done = tiphys("lint", "--manifests", ".", cwd=tmp_path)
    assert "split" in done.stdout
    assert "s~3~c~r" not in done.stdout

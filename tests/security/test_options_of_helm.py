"""Values that begin with a dash, against whole commands and the real Helm: none of them is an option of Helm."""

from __future__ import annotations

import pytest

from generator.system.helm import Helm
from support.trees import write_tree

LEAK = "namespace-of-a-foreign-kubeconfig"
KUBECONFIG = (
    "apiVersion: v1\nkind: Config\ncurrent-context: x\nusers: []\nclusters: []\n"
    f"contexts: [{{name: x, context: {{cluster: x, user: x, namespace: {LEAK}}}}}]\n"
)
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/templates/a.yaml": '{{ fail (printf "namespace=%s" .Release.Namespace) }}\n',
}
SIGNS = (LEAK, "namespace=other", "helm.go:", "oras.land", "[debug]")
"""What is said when Helm obeys one of these options."""

SETTINGS = {
    "an API version": '{apiVersions: ["--kubeconfig=FILE"]}',
    "an API version after another": '{apiVersions: [v1, "--kubeconfig", "FILE"]}',
    "a namespace by API versions": '{apiVersions: ["-n", "-nother"]}',
    "the version of the cluster": '{kubeVersion: "--kubeconfig=FILE"}',
    "messages for debugging, by the version of the cluster": '{kubeVersion: "--debug"}',
    "the name of a parameter": '{parameters: [{name: "--kubeconfig", value: FILE}]}',
    "a parameter that is a text": '{parameters: [{name: "--kubeconfig", value: FILE, forceString: true}]}',
    "messages for debugging, by a parameter": '{parameters: [{name: "--debug", value: "true"}]}',
    "the credentials of registries": '{parameters: [{name: "--registry-config", value: FILE}]}',
    "a file that is a parameter": '{fileParameters: [{name: "--kubeconfig=FILE,x", path: Chart.yaml}]}',
    "a namespace of the source": '{namespace: "--kubeconfig=FILE"}',
    "the name of the release": '{releaseName: "--kubeconfig=FILE"}',
}


@pytest.mark.both_helms
@pytest.mark.parametrize("kind", SETTINGS)
def test_what_an_application_tells_helm_is_no_option_of_helm(kind, tiphys, helm, helm_home, tmp_path):
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    settings = SETTINGS[kind].replace("FILE", str(tmp_path / "kubeconfig"))
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {project: x, "
        "destination: {server: 'https://kubernetes.default.svc'}, "
        f"source: {{repoURL: 'https://git.example.com/x.git', path: chart, helm: {settings}}}}}\n"
    )
    write_tree(tmp_path / "r", {**CHART, "apps/dev/web.yaml": application})
    done = tiphys("import", "r", "--no-cache")
    assert done.returncode == 1, done.stdout + done.stderr
    assert not [sign for sign in SIGNS if sign in done.stdout + done.stderr], done.stdout + done.stderr


@pytest.mark.parametrize("kind", SETTINGS)
def test_what_a_template_of_the_workspace_tells_helm_is_no_option_of_helm(kind, tiphys, helm, helm_home, tmp_path):
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    settings = SETTINGS[kind].replace("FILE", str(tmp_path / "kubeconfig"))
    write_tree(
        tmp_path / "ws",
        {
            **CHART,
            "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
            "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
            "spec: {argocd: {project: shop, destination: {namespace: shop}}}\n",
            "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
            "spec: {chart: {name: web, path: chart, profile: none}, environments: {dev: {}}}\n",
            "templates/application.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            "metadata: {name: '{{ application.name }}', namespace: '{{ application.namespace }}'}\n"
            "spec:\n  project: shop\n  destination: {server: 'https://kubernetes.default.svc'}\n"
            f"  sources: [{{repoURL: 'https://git.example.com/deploy.git', path: chart, helm: {settings}}}]\n",
        },
    )
    for words in (("verify",), ("render", "web", "--env", "dev", "--helm")):
        done = tiphys("-C", tmp_path / "ws", *words)
        assert done.returncode in (1, 2), done.stdout + done.stderr
        assert not [sign for sign in SIGNS if sign in done.stdout + done.stderr], done.stdout + done.stderr


@pytest.mark.parametrize(
    "flags", [("--api-versions", "--kubeconfig=/x"), ("--set", "a=b"), ("-n", "x"), ("-nx",), ("x",), ("",)]
)
def test_nothing_can_call_helm_with_a_value_that_is_a_word_of_its_own(flags):
    with pytest.raises(ValueError, match="--name=value"):
        Helm("/bin/true", (3, 17, 0)).run("template", *flags)

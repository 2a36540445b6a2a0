"""An environment on several clusters: the whole road of a release, and what each command says of a destination."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from click.testing import CliRunner

from generator.cli.main import program
from generator.editor.layers import stories
from generator.pipeline.run import Mode, Request, run
from support.paths import DATA
from support.repositories import Repository, spec
from support.trees import read_tree

WEB, PROD = "services/web/pipeline.yaml", "environments/prod.yaml"
ENVIRONMENT = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {name: prod}
spec:
  argocd:
    project: shop
    destination: {namespace: shop}
    destinations: {us: {name: prod-us}, eu: {name: prod-eu}}
    waves: [[eu], [us]]
  chart: {name: service, version: "1.0.0", repository: "oci://registry.example.com/prod"}
  defaults: {chart: {fullname: "{service}-{destination}"}, values: {env: {REGION: "{destination}"}}}
  promotion: {from: dev}
"""
OVERLAY = '{image: {tag: "1.0.0"}, destinations: {eu: {replicas: 6, values: {env: {CURRENCY: EUR}}}}}'


def call(root, *words, code=0):
    done = CliRunner().invoke(program, ["-C", str(root), *words], standalone_mode=False)
    assert done.exception is None, (words, done.output, done.exception)
    assert done.return_value == code, done.output
    return done.stdout


def refused(root, *words):
    done = CliRunner().invoke(program, ["-C", str(root), *words], standalone_mode=False)
    assert done.exception is not None, done.output
    return f"{done.exception}"


@pytest.fixture
def case(tmp_path):
    return shutil.copytree(DATA / "cases" / "destinations", tmp_path / "w", ignore=shutil.ignore_patterns("expected"))


@pytest.fixture
def repository(tmp_path, git):
    made = Repository(tmp_path / "r")
    made.write(PROD, ENVIRONMENT)
    made.write(WEB, spec("web", dev="1.0.0", prod=OVERLAY))
    call(made.root, "generate")
    made.commit("begin")
    return made


def values(root, destination):
    application = yaml.safe_load((root / f"generated/prod/applications/web-{destination}.yaml").read_text())
    return application["spec"]["source"]["helm"]["valuesObject"]


def tags(root):
    return [values(root, name)["image"]["tag"] for name in ("eu", "us")]


def releases(root):
    return json.loads(call(root, "history", "web", "--env", "prod", "--format", "json"))["releases"]


# The road of a release


def test_a_release_moves_an_environment_as_a_whole_and_each_destination_keeps_what_is_its_own(repository):
    root = repository.root
    call(root, "bump", "web", "--env", "dev", "--image-tag", "1.1.0")
    repository.commit("bump")
    assert tags(root) == ["1.0.0", "1.0.0"]
    assert "prod/eu" in call(root, "diff", "--promote", "dev:prod")
    call(root, "promote", "web", "--from", "dev", "--to", "prod", "--offline", "--reason=test")
    repository.commit("promote")
    assert tags(root) == ["1.1.0", "1.1.0"]
    assert [values(root, name).get("replicaCount") for name in ("eu", "us")] == [6, None]
    assert values(root, "eu")["env"] == {"REGION": "eu", "CURRENCY": "EUR"}
    status = json.loads(call(root, "status", "--format", "json"))
    cells = [cell for row in status["services"] for cell in row["environments"].values()]
    assert [(cell["image"]["tag"], cell["behind"]) for cell in cells] == [("1.1.0", None), ("1.1.0", 0)]
    assert [one["image"]["tag"] for one in releases(root)] == ["1.1.0", "1.0.0"]
    call(root, "rollback", "web", "--env", "prod")
    repository.commit("roll back")
    assert tags(root) == ["1.0.0", "1.0.0"]
    assert [one["image"]["tag"] for one in releases(root)] == ["1.0.0", "1.1.0", "1.0.0"]
    call(root, "check")


def test_a_change_in_one_destination_is_no_release_and_changes_one_file(repository):
    root = repository.root
    path = root / WEB
    path.write_text(path.read_text().replace("replicas: 6", "replicas: 7"))
    call(root, "generate")
    changed = repository.git("status", "--porcelain").split()
    assert sorted(changed[1::2]) == ["generated/prod/applications/web-eu.yaml", WEB]
    told = json.loads(call(root, "diff", "--format", "json"))
    assert [entry["where"] for entry in told["changes"]] == [
        [{"service": "web", "environment": "prod", "destination": "eu", "production": True}]
    ] * len(told["changes"])
    repository.commit("scale")
    assert len(releases(root)) == 1
    affected = json.loads(call(root, "affected", "--since", "HEAD~1", "--format", "json"))
    assert [(one["service"], one["environment"]) for one in affected["affected"]] == [("web", "prod")]


def test_a_destination_is_left_only_on_purpose(repository):
    root = repository.root
    path = root / PROD
    text = path.read_text()
    path.write_text(text.replace("us: {name: prod-us}, ", "").replace(", [us]", ""))
    before = read_tree(root)
    said = refused(root, "generate")
    assert "generated/prod/applications/web-us.yaml" in said
    said = refused(root, "generate", "web")
    assert "generated/prod/applications/web-us.yaml" in said
    assert read_tree(root) == before
    assert "web-us.yaml" in call(root, "check", code=1)
    call(root, "generate", "--allow-delete")
    assert not (root / "generated/prod/applications/web-us.yaml").exists()
    assert (root / "generated/prod/applications/web-eu.yaml").exists()


def test_an_application_that_keeps_its_name_is_not_removed_when_its_environment_gets_destinations(repository):
    root = repository.root
    one = ENVIRONMENT.replace("    destinations: {us: {name: prod-us}, eu: {name: prod-eu}}\n    waves: [[eu], [us]]\n", "")
    (root / PROD).write_text("".join(line for line in one.splitlines(keepends=True) if "{destination}" not in line))
    (root / WEB).write_text(spec("web", dev="1.0.0", prod="1.0.0"))
    call(root, "generate", "--allow-delete")
    repository.commit("one cluster")
    (root / PROD).write_text(ENVIRONMENT)
    overlay = '{image: {tag: "1.0.0"}, destinations: {eu: {argocd: {applicationName: web-prod}}}}'
    assert refused(root, "generate")
    (root / WEB).write_text(spec("web", dev="1.0.0", prod=overlay))
    told = [
        (entry["risk"]["id"], one.get("destination"))
        for entry in json.loads(call(root, "diff", "--format", "json"))["changes"]
        for one in entry["where"]
    ]
    assert ("service-added", "us") in told
    assert not any(risk == "service-removed" for risk, _ in told)
    assert "allow-delete" not in call(root, "check", code=1)
    call(root, "generate")
    assert not (root / "generated/prod/applications/web.yaml").exists()


def test_files_that_only_one_destination_names_are_read_and_reach_only_this_one(repository):
    root = repository.root
    repository.write("services/web/map.yaml", 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "map-{destination}"}\n')
    measure = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: errors}\n"
    metric = "spec: {metrics: [{name: m, provider: {prometheus: {address: 'http://p', query: q}}}]}\n"
    repository.write("services/web/errors.yaml", measure + metric)
    rollout = "{strategy: {canary: {steps: [{analysis: {templates: [{templateName: errors}]}}]}}, analysisTemplates: [{file: errors.yaml}]}"
    overlay = f'{{image: {{tag: "1.0.0"}}, destinations: {{eu: {{manifests: [map.yaml], replicas: 2, rollout: {rollout}}}}}}}'
    (root / WEB).write_text(spec("web", dev="1.0.0", prod=overlay))
    call(root, "generate")
    made = sorted(path for path in read_tree(root) if path.startswith("generated/prod/web/"))
    assert made == [
        "generated/prod/web/eu/manifests/analysistemplate-errors.yaml",
        "generated/prod/web/eu/manifests/configmap-map-eu.yaml",
    ]


def test_a_name_that_moves_to_another_destination_is_told_as_a_move_and_not_as_a_deletion(repository):
    root = repository.root

    def named(destination):
        overlay = f'{{image: {{tag: "1.0.0"}}, destinations: {{{destination}: {{argocd: {{applicationName: web-prod}}}}}}}}'
        (root / WEB).write_text(spec("web", dev="1.0.0", prod=overlay))

    named("us")
    call(root, "generate", "--allow-delete")
    repository.commit("us has the name")
    named("eu")
    told = {
        one["destination"]: (entry["sentence"], entry["risk"]["id"])
        for entry in json.loads(call(root, "diff", "--no-rendered", "--format", "json"))["changes"]
        for one in entry["where"]
    }
    assert told == {
        "eu": ("Application name web-prod-eu → web-prod, which was that of prod/us", "destination-changed"),
        "us": ("Application name web-prod → web-prod-us; prod/eu has the old name now", "destination-changed"),
    }


def test_files_of_a_destination_are_not_called_stale_while_another_one_cannot_be_built(repository):
    root = repository.root
    overlay = '{image: {tag: "1.0.0"}, destinations: {eu: {argocd: {releaseName: "{nobody}"}}}}'
    (root / WEB).write_text(spec("web", dev="1.0.0", prod=overlay))
    outcome = run(Request(str(root), Mode.REPORT))
    assert [one.rule for one in outcome.diagnostics] == ["TP035"]
    assert [change.path for change in outcome.changes] == []


def test_a_service_whose_name_begins_like_that_of_another_keeps_its_files(repository):
    root = repository.root
    repository.write("services/web-shop/pipeline.yaml", spec("web-shop", prod="1.0.0"))
    call(root, "generate")
    (root / PROD).write_text(ENVIRONMENT.replace("us: {name: prod-us}, ", "").replace(", [us]", ""))
    call(root, "generate", "web", "--allow-delete")
    names = sorted(path.name for path in (root / "generated/prod/applications").iterdir())
    assert names == ["web-eu.yaml", "web-shop-eu.yaml", "web-shop-us.yaml"]


# Commands


def test_plan_adds_up_the_waves_and_shows_the_steps_of_one_destination(case):
    told = json.loads(call(case, "plan", "checkout", "--env", "prod", "--format", "json"))
    assert [(wave["wave"], wave["destinations"], wave["plannedSeconds"]["min"]) for wave in told["waves"]] == [
        (1, ["eu"], 720),
        (2, ["us", "ap"], 720),
    ]
    assert (told["plannedSeconds"], told["manualGates"]) == ({"min": 1440, "max": 1440}, 0)
    text = call(case, "plan", "checkout", "--env", "prod")
    assert text.startswith("checkout in prod: 3 destinations in 2 waves, one after the other\n")
    assert "the release takes at least 24m" in text
    alone = json.loads(call(case, "plan", "checkout", "--env", "prod", "--destination", "ap", "--format", "json"))
    assert (alone["environment"], alone["destination"], alone["wave"], len(alone["steps"])) == ("prod", "ap", 2, 1)
    assert len(json.loads(call(case, "plan", "--env", "prod", "--format", "json"))["plans"]) == 6
    assert "is for one" in refused(case, "plan", "checkout", "--env", "prod", "--format", "svg")


def test_explain_says_once_what_is_the_same_and_apart_what_is_not(case):
    assert call(case, "explain", "checkout", "--env", "prod", "image.tag").startswith('image.tag: "1.0.0"\n')
    text = call(case, "explain", "checkout", "--env", "prod", "replicas")
    assert "prod/eu:\nreplicas: 8\n" in text
    assert "prod/us, prod/ap:\nreplicas: 4\n" in text
    assert "spec.environments.prod.destinations.eu sets it" in text
    assert call(case, "explain", "checkout", "--env", "prod", "--destination", "us", "replicas").startswith("replicas: 4\n")
    assert "several destinations" in refused(case, "explain", "checkout", "--env", "prod", "replicas", "--format", "json")


def test_render_prints_one_destination_or_all(case):
    one = call(case, "render", "checkout", "--env", "prod", "--destination", "eu")
    assert [line for line in one.splitlines() if line.startswith("# generated/")] == [
        "# generated/prod/applications/checkout-eu.yaml",
        "# generated/prod/checkout/eu/manifests/analysistemplate-success.yaml",
        "# generated/prod/checkout/eu/manifests/configmap-checkout-flags.yaml",
    ]
    assert call(case, "render", "checkout", "--env", "prod").count("kind: Application\n") == 3
    assert "unknown destination" in refused(case, "render", "checkout", "--env", "prod", "--destination", "eus")
    assert "no destinations" in refused(case, "render", "checkout", "--env", "dev", "--destination", "eu")


def test_every_destination_must_be_permitted_by_its_project(case):
    (case / "projects").mkdir()
    (case / "projects/shop.yaml").write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop, namespace: argocd}\n"
        'spec:\n  sourceRepos: ["*"]\n  destinations:\n'
        '    - {name: "*", namespace: shop}\n    - {name: in-cluster, namespace: argocd}\n'
        '  namespaceResourceWhitelist: [{group: "*", kind: "*"}]\n'
    )
    done = CliRunner().invoke(program, ["-C", str(case), "lint", "--format", "json"], standalone_mode=False)
    told = [one["message"] for one in json.loads(done.stdout)["diagnostics"] if one["rule"] == "TP831"]
    assert told == ["AppProject shop does not permit namespace `shop-eu` of `prod-eu`"] * 2


def test_a_release_reaches_later_waves_only_through_their_applications(case):
    """What Argo CD reads from files reaches all destinations at once, so an image must be in no file."""
    call(case, "generate")
    for path, content in read_tree(case / "generated" / "prod").items():
        assert (b"tag:" in content) is path.startswith("applications/"), path


def test_files_that_environments_extend_merge_destinations_by_name_and_replace_waves(repository):
    root = repository.root
    shared = ENVIRONMENT.replace("{name: prod}", "{name: shared, abstract: true}").replace("  promotion: {from: dev}\n", "")
    repository.write("environments/shared.yaml", shared)
    repository.write(
        PROD,
        "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: prod}\nspec:\n  extends: [shared]\n  promotion: {from: dev}\n"
        '  argocd:\n    destinations: {us: {server: "https://us.example.com"}, ap: {name: prod-ap, namespace: far}}\n'
        "    waves: [[ap], [eu, us]]\n",
    )
    call(root, "generate")
    applications = {path.stem: yaml.safe_load(path.read_text()) for path in (root / "generated/prod/applications").iterdir()}
    assert {name: one["spec"]["destination"] for name, one in applications.items()} == {
        "web-ap": {"name": "prod-ap", "namespace": "far"},
        "web-eu": {"name": "prod-eu", "namespace": "shop"},
        "web-us": {"server": "https://us.example.com", "namespace": "shop"},
    }
    waves = {name: one["metadata"]["annotations"].get("argocd.argoproj.io/sync-wave") for name, one in applications.items()}
    assert waves == {"web-ap": None, "web-eu": "1", "web-us": "1"}


def test_an_editor_shows_the_value_of_the_very_destination_that_a_line_is_about(case):
    built = []
    run(Request(str(case), Mode.LINT, ("checkout",), on_built=built.append))

    def shown(*pointer):
        return {story.environment: story.told.value for story in stories(built, ("spec", *pointer))}

    assert shown("environments", "prod", "destinations", "eu", "replicas") == {"prod/eu": 8}
    assert shown("environments", "prod", "image", "tag") == dict.fromkeys(("prod/eu", "prod/us", "prod/ap"), "1.0.0")
    assert shown("replicas") == {"dev": 4, "prod/eu": 8, "prod/us": 4, "prod/ap": 4}
    assert shown("environments", "prod", "destinations", "eu") == {}


def test_an_environment_can_be_called_destinations(repository):
    root = repository.root
    repository.write(
        "environments/destinations.yaml",
        ENVIRONMENT.replace("{name: prod}", "{name: destinations}").replace("  promotion: {from: dev}\n", ""),
    )
    overlay = '{image: {tag: "1.0.0"}, argocd: {applicationName: shop}}'
    repository.write("services/shop/pipeline.yaml", spec("shop", destinations=overlay))
    call(root, "generate")
    files = sorted((root / "generated/destinations/applications").iterdir())
    assert [yaml.safe_load(path.read_text())["metadata"]["name"] for path in files] == ["shop-eu", "shop-us"]


def test_the_report_shows_drift_in_the_row_of_the_cluster_that_has_it(case, tmp_path):
    call(case, "generate")
    path = case / "generated/prod/applications/checkout-us.yaml"
    path.write_text(path.read_text().replace("project: ", "project: x"))
    call(case, "report", "-o", str(tmp_path / "report"))
    page = (tmp_path / "report/services/checkout.html").read_text()
    rows = {row.partition("</a>")[0].rpartition(">")[2]: row for row in page.split('<tr><th scope="row">')[1:]}
    assert "drift: 1 differs" in rows["prod/us"]
    others = [row for name, row in rows.items() if name.startswith("prod/") and name != "prod/us"]
    assert len(others) == 2
    assert all("drift" not in row and "as declared" in row for row in others)

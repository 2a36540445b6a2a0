"""What waits in Argo CD after a removal: `generate`, the hook and `diff` name the command that goes on."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from support.called import call
from support.repositories import Repository, environment, spec

pytestmark = pytest.mark.usefixtures("git")

FERRY = "services/ferry/pipeline.yaml"


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/desk/pipeline.yaml", spec("desk", dev="1.0.0", prod="1.0.0"))
    made.write(FERRY, spec("ferry", dev="1.0.0", prod="1.0.0"))
    call(made, "generate")
    made.commit("generate")
    return made


def regenerated(repository):
    call(repository, "generate", "--allow-delete")
    repository.commit("generate")


WAITS = (
    "prod: the sync of prod-root waits for a confirmation to remove `ferry-prod` (Prune=confirm); "
    "until then it creates and changes no Application, whatever is committed\n"
)
RUN = "prod: after the merge, run: argocd app sync prod-root --prune --async && argocd app confirm-deletion prod-root, because prod-root does not prune by itself\n"


def test_a_removal_is_told_with_the_command_on_the_root_that_waits(repository):
    (repository.root / FERRY).unlink()
    said = call(repository, "generate", "--allow-delete", "--env", "prod")
    assert WAITS + RUN in said
    assert WAITS + RUN in call(repository, "diff", "HEAD", "--no-rendered", "--env", "prod")
    assert "argocd app confirm-deletion prod-root" in call(repository, "diff", "HEAD", "--no-rendered", "--format", "markdown")
    found = json.loads(call(repository, "diff", "HEAD", "--no-rendered", "--format", "json"))["confirmations"]
    assert found[1] == {
        "environment": "prod",
        "root": "prod-root",
        "applications": ["ferry-prod"],
        "commands": ["argocd app sync prod-root --prune --async", "argocd app confirm-deletion prod-root"],
    }


def test_the_hook_says_it_before_the_commit(repository):
    repository.git("rm", "-q", FERRY)
    done = CliRunner().invoke(
        program, ["-C", str(repository.root), "generate", "--hook", "--allow-delete", "--env", "prod"], standalone_mode=False
    )
    assert done.return_value == 1, "the removal of generated files is to be staged"
    assert WAITS + RUN in done.output


def test_a_root_that_prunes_by_itself_needs_the_confirmation_alone(repository):
    more = "  root: {name: shop, syncPolicy: {automated: {prune: true}}}\n"
    text = environment("prod", more=f"  promotion: {{from: dev}}\n{more}")
    repository.write("environments/prod.yaml", text.replace("argocd: {", "argocd: {namespace: gitops, "))
    regenerated(repository)
    (repository.root / FERRY).unlink()
    said = call(repository, "generate", "--allow-delete", "--env", "prod")
    assert "prod: after the merge, run: argocd app confirm-deletion gitops/shop\n" in said


def test_a_renamed_application_is_a_removal_as_well(repository):
    text = (repository.root / FERRY).read_text()
    repository.write(
        FERRY,
        text.replace("  environments:", "  argocd: {applicationName: boat}\n  environments:", 1).replace(
            '    dev: {image: {tag: "1.0.0"}}\n', ""
        ),
    )
    said = call(repository, "generate", "--allow-delete", "--env", "prod")
    assert WAITS in said
    assert WAITS in call(repository, "diff", "HEAD", "--no-rendered", "--env", "prod")


@pytest.mark.parametrize("policy", ["cascade", "foreground"])
def test_what_argo_cd_prunes_without_asking_waits_for_nobody(policy, repository):
    text = environment("prod", more="  promotion: {from: dev}\n").replace("argocd: {", f"argocd: {{onDelete: {policy}, ")
    repository.write("environments/prod.yaml", text)
    regenerated(repository)
    (repository.root / FERRY).unlink()
    assert "waits for a confirmation" not in call(repository, "generate", "--allow-delete", "--env", "prod")
    assert "waits for a confirmation" not in call(repository, "diff", "HEAD", "--no-rendered", "--env", "prod")


def test_an_environment_that_loses_all_services_has_nothing_that_prunes(repository):
    for name in ("desk", "ferry"):
        repository.write(f"services/{name}/pipeline.yaml", spec(name, dev="1.0.0"))
    said = call(repository, "generate", "--allow-delete")
    told = "prod has no services any more, so nothing prunes `desk-prod` and `ferry-prod`: delete them in Argo CD, with the root Application"
    assert told in said
    assert told in call(repository, "diff", "HEAD", "--no-rendered")


def test_a_new_tag_waits_for_nobody(repository):
    assert "confirmation" not in call(repository, "bump", "ferry", "--env", "prod", "--image-tag", "1.1.0")
    assert "waits" not in call(repository, "diff", "HEAD", "--no-rendered")

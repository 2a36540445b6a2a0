"""Images of a service that its spec states again: they move with the service where they ran its version."""

from __future__ import annotations

import pytest

from generator.syntax.reader import parse
from support.called import call
from support.repositories import Repository, environment

pytestmark = pytest.mark.usefixtures("git")

PATH = "services/web/pipeline.yaml"
DIGEST, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  image: {repository: ghcr.io/acme/web}
  images:
    worker: {repository: ghcr.io/acme/web, tag: "1.0.0"} # runs the same image
    proxy: {repository: ghcr.io/acme/proxy, tag: "0.4.0"}
  values:
    initContainers: [{name: migrate, image: "ghcr.io/acme/web:1.0.0", args: [migrate]}]
    podAnnotations: {built-from: ghcr.io/acme/web:1.0.0, note: ghcr.io/acme/web}
  environments:
    dev:
      image: {tag: "1.0.0"}
      values:
        extraObjects:
          - apiVersion: batch/v1
            kind: Job
            metadata: {name: seed}
            spec: {template: {spec: {containers: [
              {name: a, image: 'ghcr.io/acme/web:1.0.0'}, # before the new code
              {name: b, image: "ghcr.io/acme/web:0.9.0"}, {name: c, image: "ghcr.io/acme/other:1.0.0"}]}}}
    prod: {image: {tag: "1.0.0"}}
"""


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write(PATH, SPEC)
    made.commit("begin")
    call(made, "generate")
    made.commit("generate")
    return made


def text(repository):
    return (repository.root / PATH).read_text()


def test_bump_moves_what_ran_the_same_version_and_no_other_byte(repository):
    said = call(repository, "bump", "web", "--env", "dev", "--image-tag", "1.1.0", "--commit")
    changed = [line for line in text(repository).splitlines() if line not in SPEC.splitlines()]
    assert changed == [
        '      images: {worker: {tag: "1.1.0"}}',
        '      image: {tag: "1.1.0"}',
        "        podAnnotations: {built-from: ghcr.io/acme/web:1.1.0}",
        "              {name: a, image: 'ghcr.io/acme/web:1.1.0'}, # before the new code",
    ]
    assert "web dev: image 1.0.0 → 1.1.0, image worker 1.0.0 → 1.1.0 (also `values.extraObjects[0]" in said
    assert (
        "warning: services/web/pipeline.yaml:10:45: `ghcr.io/acme/web:1.0.0` keeps its version: "
        "it is in a list that `dev` and `prod` share (`tiphys explain TP105`)" in said
    )
    assert "Tiphys-Image: worker=1.1.0" in repository.git("log", "-1", "--format=%B")
    assert repository.git("status", "--porcelain") == ""


def test_promotion_and_rollback_carry_what_runs_the_version_of_the_target(repository):
    repository.write(
        PATH,
        SPEC.replace(
            "    prod: {image", "    prod:\n      values: {hook: {image: ghcr.io/acme/web:1.0.0}}\n      image: {tag"
        ).replace('{tag: {tag: "1.0.0"}}', '{tag: "1.0.0"}'),
    )
    call(repository, "generate")
    repository.commit("a hook in prod")
    call(repository, "bump", "web", "--env", "dev", "--image-tag", "1.1.0", "--commit")
    words = ["--from", "dev", "--to", "prod", "--offline", "--reason", "no network"]
    preview = call(repository, "diff", "--promote", "dev:prod", "--no-rendered")
    assert "1.0.0 → 1.1.0" in preview
    call(repository, "promote", "web", *words, "--commit")
    assert "values: {hook: {image: ghcr.io/acme/web:1.1.0}}" in text(repository)
    assert parse("x", text(repository).encode()).data["spec"]["environments"]["prod"]["images"]["worker"]["tag"] == "1.1.0"
    call(repository, "rollback", "web", "--env", "prod", "--commit")
    assert "values: {hook: {image: ghcr.io/acme/web:1.0.0}}" in text(repository)


def test_a_list_that_one_environment_alone_has_is_edited_where_it_is(repository):
    repository.write(PATH, SPEC.partition("    prod:")[0])
    call(repository, "generate", "--allow-delete")
    repository.commit("no prod")
    said = call(repository, "bump", "web", "--env", "dev", "--image-tag", "1.1.0")
    assert 'initContainers: [{name: migrate, image: "ghcr.io/acme/web:1.1.0", args: [migrate]}]' in text(repository)
    assert "warning" not in said


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        ("ghcr.io/acme/web:1.0.0@" + DIGEST, ["--image-tag", "1.1.0"], "ghcr.io/acme/web:1.1.0"),
        (
            "ghcr.io/acme/web:1.0.0@" + DIGEST,
            ["--image-tag", "1.1.0", "--image-digest", OTHER],
            "ghcr.io/acme/web:1.1.0@" + OTHER,
        ),
        ("ghcr.io/acme/web@" + DIGEST, ["--image-tag", "1.1.0"], "ghcr.io/acme/web:1.1.0"),
        ("ghcr.io/acme/web@" + DIGEST, ["--image-digest", OTHER], "ghcr.io/acme/web@" + OTHER),
        ("ghcr.io/acme/web:1.0.0@" + OTHER, ["--image-tag", "1.1.0"], "ghcr.io/acme/web:1.0.0@" + OTHER),
        ("ghcr.io/acme/web", ["--image-tag", "1.1.0"], "ghcr.io/acme/web"),
    ],
)
def test_a_digest_that_is_stated_again_never_outlives_its_tag(stated, asked, expected, repository):
    spec = SPEC.partition("  environments:")[0].partition("  values:")[0]
    spec += f"  environments:\n    dev:\n      image: {{tag: \"1.0.0\", digest: '{DIGEST}'}}\n      values: {{hook: {{image: '{stated}'}}}}\n"
    repository.write(PATH, spec)
    call(repository, "generate", "--allow-delete")
    repository.commit("digest")
    call(repository, "bump", "web", "--env", "dev", *asked)
    assert f"values: {{hook: {{image: '{expected}'}}}}" in text(repository)


def test_what_is_written_so_that_it_cannot_be_edited_does_not_stop_a_release(repository):
    repository.write(PATH, SPEC.replace("'ghcr.io/acme/web:1.0.0'", '"ghcr.io/acme/\\\n                web:1.0.0"'))
    call(repository, "generate")
    repository.commit("folded")
    said = call(repository, "bump", "web", "--env", "dev", "--image-tag", "1.1.0", "--commit")
    assert "keeps its version: `spec.environments.dev.values.extraObjects" in said
    assert 'image: {tag: "1.1.0"}' in text(repository)


def test_a_list_of_an_environment_is_not_edited_and_its_file_is_named(repository):
    more = '  promotion: {from: dev}\n  defaults: {values: {sidecars: [{image: "ghcr.io/acme/web:1.0.0"}]}}\n'
    repository.write("environments/prod.yaml", environment("prod", more=more))
    call(repository, "generate")
    repository.commit("a sidecar for all")
    said = call(repository, "bump", "web", "--env", "prod", "--image-tag", "1.1.0")
    assert (
        "warning: environments/prod.yaml:8:42: `ghcr.io/acme/web:1.0.0` keeps its version: "
        "it is in a list that environments/prod.yaml sets (`tiphys explain TP105`)" in said
    )
    found = call(repository, "lint")
    assert "`ghcr.io/acme/web:1.0.0` repeats an image of the service in a list that `dev` and `prod` share" in found
    assert "`ghcr.io/acme/web:1.0.0` is an image of the service, which runs `1.1.0`; this one keeps its version" in found

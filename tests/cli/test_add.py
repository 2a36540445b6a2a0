"""`tiphys add`: the second service of a workspace, and those after it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.workspace.new_spec import path_for
from support.trees import read_tree, write_tree

CASES = yaml.safe_load(Path(__file__).with_name("add.yaml").read_text(encoding="utf-8"))
SPEC = "services/cart/pipeline.yaml"


@pytest.fixture
def new(tiphys, tmp_path):
    assert tiphys("init", "w", cwd=tmp_path).returncode == 0
    return tmp_path / "w"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_new_spec_is_where_the_workspace_keeps_the_others(case):
    specs = {service: path for path, service in case["specs"].items()}
    assert path_for("cart", case.get("patterns", ["services/**/pipeline.yaml"]), specs, case.get("like", "")) == case["path"]


def test_a_second_service_is_one_command_and_generates_without_a_warning(new, tiphys):
    done = tiphys("add", "cart", cwd=new)
    assert (done.returncode, done.stdout) == (0, f"created {SPEC}\n")
    assert "next: set the image and its tags in services/cart/pipeline.yaml, then: tiphys generate" in done.stderr
    data = yaml.safe_load((new / SPEC).read_text())
    assert list(data["spec"]["environments"]) == ["dev", "staging", "prod"], "in the order of promotion"
    assert data["spec"]["image"] == {"repository": "ghcr.io/acme/cart"}
    linted = tiphys("lint", "--format", "concise", cwd=new)
    assert [line for line in linted.stdout.splitlines() if "TP048" not in line] == []
    assert tiphys("generate", cwd=new).returncode == 0
    assert (new / "generated/prod/applications/cart.yaml").is_file()


def test_the_image_and_the_environments_are_those_that_were_asked_for(new, tiphys):
    done = tiphys("add", "cart", "--image", "localhost:5000/shop/cart", "--env", "prod", "--env", "dev", cwd=new)
    assert done.returncode == 0, done.stderr
    spec = yaml.safe_load((new / SPEC).read_text())["spec"]
    assert spec["image"] == {"repository": "localhost:5000/shop/cart"}
    assert list(spec["environments"]) == ["dev", "prod"]


def test_without_another_service_the_registry_is_a_placeholder_that_lint_tells_of(new, tiphys):
    (new / "services/hello/pipeline.yaml").unlink()
    assert tiphys("add", "cart", cwd=new).returncode == 0
    said = tiphys("lint", "--format", "concise", SPEC, cwd=new).stdout
    assert "note TP048 `registry.example.com/cart` is a placeholder from `tiphys add`" in said


def test_a_dry_run_prints_the_spec_and_writes_nothing(new, tiphys):
    before = read_tree(new)
    done = tiphys("add", "cart", "--dry-run", cwd=new)
    assert (done.returncode, "name: cart\n" in done.stdout) == (0, True)
    assert read_tree(new) == before


def test_a_copy_keeps_comments_brings_its_files_and_tells_what_still_has_the_old_name(new, tiphys):
    path = new / "services/hello/pipeline.yaml"
    text = path.read_text().replace("  values:\n", "  manifests: [extra.yaml]\n  values:\n    env: {HOST: hello.shop}\n")
    path.write_text(text)
    extra = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{service}-more'}\ndata: {a: b}\n"
    (new / "services/hello/extra.yaml").write_text(extra)
    done = tiphys("add", "cart", "--from", "hello", cwd=new)
    assert (done.returncode, done.stdout) == (0, f"created {SPEC}\ncreated services/cart/extra.yaml\n"), done.stderr
    assert (new / SPEC).read_text() == text.replace("name: hello", "name: cart").replace("acme/hello", "acme/cart")
    assert (new / "services/cart/extra.yaml").read_text() == extra
    assert f"check what still names hello: {SPEC}, line 14" in done.stderr


def test_what_a_policy_wants_more_is_told_of_the_spec_that_was_written(new, tiphys):
    environment = new / "environments/prod.yaml"
    environment.write_text(environment.read_text().replace("replicas: {min: 2}", "replicas: {min: 9}"))
    done = tiphys("add", "cart", cwd=new)
    assert done.returncode == 1
    assert f"{SPEC}:" in done.stdout
    assert (new / SPEC).is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["hello"], 1, "service `hello` already exists: services/hello/pipeline.yaml"),
        (["Cart"], 2, "is not a valid Kubernetes name"),
        (["../cart"], 2, "is not a valid Kubernetes name"),
        (["--", "-cart"], 2, "is not a valid Kubernetes name"),
        (["root"], 2, "Tiphys writes a file or folder with this name"),
        (["con"], 2, "is a device name on Windows"),
        (["a" * 53], 2, "the maximum is 52"),
        (["cart", "--env", "prd"], 2, "did you mean `prod`?"),
        (["cart", "--from", "helo"], 2, "did you mean `hello`?"),
        (["cart", "--from", "hello", "--env", "dev"], 2, "--env cannot be used with --from"),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_refused_and_nothing_is_written(arguments, code, said, new, tiphys):
    before = read_tree(new)
    done = tiphys("add", *arguments, cwd=new)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert read_tree(new) == before


def test_a_spec_that_cannot_be_read_is_not_overwritten(new, tiphys):
    write_tree(new, {SPEC: "half: [\n"})
    done = tiphys("add", "cart", cwd=new)
    assert (done.returncode, f"{SPEC} already exists" in done.stderr) == (1, True), done.stderr


def test_paths_and_services_name_each_other(new, tiphys):
    path = "services/hello/pipeline.yaml"
    assert f"tiphys lint {path}" in tiphys("lint", "hello", cwd=new).stderr
    for command in ("check", "generate", "verify"):
        assert "use the name of the service, `hello`" in tiphys(command, path, cwd=new).stderr
    assert "or create it: tiphys add payments" in tiphys("check", "payments", cwd=new).stderr

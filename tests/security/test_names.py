"""Names that something else reads in its own way: what is written stays what it is, wherever it is checked out."""

from __future__ import annotations

import re
import shutil
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.syntax import names
from support.paths import DATA, ROOT
from support.trees import read_tree, write_tree
from support.workspace import workspace

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: {name}}}
spec:
  image: {{repository: ghcr.io/acme/web, tag: "1.0.0"}}
  environments: {{prod: {{}}}}
"""
CASE = DATA / "cases" / "workload-ref-services"


def refused(tiphys, folder, rule, path, *, code=1):
    """Assert that generate refuses at a path, and writes nothing at all."""
    before = read_tree(folder)
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    assert any(line.startswith(f"{path}:") and f" {rule} " in line for line in done.stdout.splitlines()), done.stdout
    assert "Traceback" not in done.stderr
    assert read_tree(folder) == before
    return done.stdout


@pytest.mark.parametrize("name", ["kustomization", "chart", "applications", "root", "nul", "con", "com1", "lpt9"])
def test_a_service_does_not_take_the_place_of_what_argo_cd_or_windows_reads(name, tiphys, tmp_path):
    folder = write_tree(workspace(tmp_path / "w"), {"services/other/pipeline.yaml": SPEC.format(name=name)})
    assert f"`{name}` cannot be the name of a service" in refused(tiphys, folder, "TP037", "services/other/pipeline.yaml")


@pytest.mark.parametrize("name", ["kustomization", "chart", "aux", "prn", "com0"])
def test_an_environment_or_preset_cannot_be_called_what_a_checkout_or_a_tool_reads_as_something_else(name, tiphys, tmp_path):
    environment = (
        (DATA / "base" / "environments" / "prod.yaml").read_text(encoding="utf-8").replace("name: prod", f"name: {name}", 1)
    )
    folder = write_tree(workspace(tmp_path / "a"), {f"environments/{name}.yaml": environment})
    refused(tiphys, folder, "TP037", f"environments/{name}.yaml")
    preset = f"apiVersion: tiphys/v1\nkind: Strategy\nmetadata: {{name: {name}}}\nspec: {{strategy: {{canary: {{}}}}}}\n"
    folder = write_tree(workspace(tmp_path / "b"), {f"strategies/{name}.yaml": preset})
    refused(tiphys, folder, "TP037", f"strategies/{name}.yaml")


@pytest.mark.parametrize("name", ["nul", "COM1.old", "web.", "a ", "a:b", "git~1", "what?", "back\\slash", "ＣＯＮ"])
def test_a_folder_that_some_checkouts_cannot_have_is_named_before_it_is_merged(name, tiphys, tmp_path):
    folder = write_tree(workspace(tmp_path / "w"), {f"services/{name}/pipeline.yaml": SPEC.format(name="other")})
    refused(tiphys, folder, "TP037", f"services/{name}/pipeline.yaml")


TWINS = {
    "case": ("services/Shop/pipeline.yaml", "services/shop/pipeline.yaml"),
    "case of a folder above": ("services/Shop/a/pipeline.yaml", "services/shop/b/pipeline.yaml"),
    "unicode form": ("services/cafe\u0301/pipeline.yaml", "services/caf\u00e9/pipeline.yaml"),
    "a letter of another alphabet": ("services/shop/pipeline.yaml", "services/sh\u043ep/pipeline.yaml"),
    "a wide letter": ("services/shop/pipeline.yaml", "services/\uff53hop/pipeline.yaml"),
    "a dash that is another dash": ("services/a-b/pipeline.yaml", "services/a\u2010b/pipeline.yaml"),
}


@pytest.mark.parametrize("paths", TWINS.values(), ids=TWINS)
def test_no_spec_is_lost_in_a_checkout_that_takes_two_names_for_one_nor_hidden_behind_a_lookalike(paths, tiphys, tmp_path):
    files = {path: SPEC.format(name=f"s{number}") for number, path in enumerate(paths)}
    folder = write_tree(workspace(tmp_path / "w"), files)
    assert "TP049" in refused(tiphys, folder, "TP049", sorted(paths)[1])


def test_an_environment_in_two_files_is_not_read_from_one_of_them_by_chance(tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    shutil.copy(folder / "environments/prod.yaml", folder / "environments/prod.yml")
    assert "already described by environments/prod.yaml" in refused(tiphys, folder, "TP049", "environments/prod.yml")


def test_a_preset_in_two_files_is_not_read_from_one_of_them_by_chance(tiphys, tmp_path):
    preset = "apiVersion: tiphys/v1\nkind: Strategy\nmetadata: {name: slow}\nspec: {strategy: {canary: {}}}\n"
    folder = write_tree(workspace(tmp_path / "w"), {"strategies/slow.yaml": preset, "strategies/slow.yml": preset})
    refused(tiphys, folder, "TP049", "strategies/slow.yml")


@pytest.mark.parametrize("output", ["environments", "environments/out", "strategies", "templates", "nul", "out."])
def test_generated_files_are_never_mixed_with_what_is_read(output, tiphys, tmp_path):
    folder = workspace(tmp_path / "w")
    text = (folder / "tiphys.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    data["spec"]["output"] = output
    (folder / "tiphys.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    refused(tiphys, folder, "TP037", "tiphys.yaml", code=2)


@pytest.mark.parametrize(
    "name",
    [
        "{service}/../../../../../../../outside",
        "{service}/x",
        "{labels.team}",
        "{service}..{labels.team}",
        '{{ service ~ "/../../../../../outside" }}',
    ],
)
def test_a_profile_in_a_pull_request_writes_no_file_outside_of_its_folder(name, tiphys, tmp_path):
    folder = tmp_path / "w"
    shutil.copytree(CASE, folder)
    shutil.rmtree(folder / "expected")
    profile = folder / "templates/profiles/legacy/profile.yaml"
    quoted = "'" + name + "'"
    profile.write_text(profile.read_text(encoding="utf-8").replace('"{service}-new"', quoted), encoding="utf-8")
    spec = folder / "services/rooted/pipeline.yaml"
    text = spec.read_text(encoding="utf-8").replace("name: rooted}", "name: rooted, labels: {team: A.b}}")
    spec.write_text(re.sub("(?m)^ *canaryService: .*\n", "", text), encoding="utf-8")
    before = read_tree(tmp_path)
    done = tiphys("generate", "--format", "concise", cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert read_tree(tmp_path) == before
    assert " TP037 " in done.stdout or " TP023 " in done.stdout or " TP312 " in done.stdout, done.stdout


def test_an_application_that_would_replace_the_root_of_another_environment_is_refused(tiphys, tmp_path):
    prod = (DATA / "base" / "environments" / "prod.yaml").read_text(encoding="utf-8")
    files = {
        "environments/root.yaml": prod.replace("name: prod", "name: root", 1).replace("promotion: {from: dev}", ""),
        "services/other/pipeline.yaml": SPEC.format(name="prod").replace("prod: {}", "root: {}"),
    }
    folder = write_tree(workspace(tmp_path / "w"), files)
    said = refused(tiphys, folder, "TP501", "services/other/pipeline.yaml")
    assert "Application `prod-root` is also the root Application of prod" in said


def test_argo_cd_guesses_no_type_for_a_folder_that_tiphys_writes():
    environments = (yaml.safe_load(path.read_bytes())["spec"] for path in ROOT.glob("examples/*/environments/*.yaml"))
    roots = [spec["root"] for spec in environments if "root" in spec]
    omitting = {root["name"] for root in roots if "directory" in root.get("omit", ())}
    places = ("examples/*/generated/**/*.yaml", "examples/*/aws/**/*.yaml", "tests/data/cases/*/expected/**/*.yaml")
    for path in sorted(path for place in places for path in ROOT.glob(place)):
        data = yaml.safe_load(path.read_bytes())
        if data.get("kind") != "Application":
            continue
        spec = data["spec"]
        for source in [*spec.get("sources", []), *([spec["source"]] if "source" in spec else [])]:
            # Only recurse, jsonnet, include and exclude that are set keep Argo CD from dropping the field.
            if ROOT / "examples" in path.parents and data["metadata"]["name"] in omitting:
                assert "directory" not in source, path
            elif source.get("path", "").startswith(("generated/", "aws/")):
                assert source["directory"] == {"include": "*.yaml"}, path
            elif "directory" in source:
                assert "include" in source["directory"], path


NAME = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True) | st.sampled_from(
    ["applications", "root", "values", "rollout", "manifests", "kustomization", "chart", "nul", "com1", "service-a", "a"]
)
OBJECT = st.from_regex(r"[-A-Za-z0-9./é\u212a\u0131]{1,12}", fullmatch=True)


def written(environment, service, objects):
    """Return the paths that tiphys writes for a service, as `generator/service/build.py` makes them."""
    folder = f"generated/{environment}"
    yield f"{folder}/root.yaml"
    yield f"{folder}/applications/{service}.yaml"
    for name in ("values", "rollout", "manifests/rollout", "manifests/horizontalpodautoscaler"):
        yield f"{folder}/{service}/{name}.yaml"
    for name in objects:
        for kind in ("analysistemplate", "service"):
            if not names.unusable_file(f"{kind}-{name}"):
                yield f"{folder}/{service}/manifests/{kind}-{name}.yaml"


@given(st.sets(NAME, max_size=4), st.sets(NAME, max_size=4), st.sets(OBJECT, max_size=4))
def test_no_accepted_names_make_two_files_that_are_one_on_another_system(environments, services, objects):
    accepted = [
        (environment, service)
        for environment in environments
        for service in services
        if not names.misread(environment) and not names.misread(service) and service not in names.RESERVED
    ]
    paths = {path for pair in accepted for path in written(*pair, objects)}
    seen = {unicodedata.normalize("NFC", path).casefold() for path in paths}
    assert len(seen) == len(paths)
    folders = {path.rpartition("/")[0] for path in paths}
    assert not folders & paths, "a file and a folder of one name"
    for path in paths:
        assert not names.misread_path(path)
        assert ".." not in path
        assert not names.misread(path.rpartition("/")[2])


def test_names_that_are_only_near_to_reserved_ones_are_fine():
    for name in ("console", "null", "auxiliary", "com", "com10", "charts", "kustomizations", "nulls", "lpt", "github"):
        assert not names.misread(name), name
    for path in (
        "services/.github/x.yaml",
        "services/my shop/é/pipeline.yaml",
        "a/b.c/d.yaml",
        "services/communication/p.yaml",
    ):
        assert not names.misread_path(path), path

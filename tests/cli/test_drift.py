"""Whatever differs from what the specs render to is named: the file, its state and its spec."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from generator.pipeline.drift import origin_of
from support.trees import read_tree
from support.workspace import workspace

VALUES = "generated/prod/web/values.yaml"
APPLICATION = "generated/prod/applications/web.yaml"
SPEC = "services/web/pipeline.yaml"

API = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: api}
spec:
  image: {repository: ghcr.io/acme/api, tag: a}
  environments: {prod: {}}
"""


@pytest.fixture
def generated(tiphys, tmp_path):
    """Return a workspace of two services whose files are all there."""
    folder = workspace(tmp_path / "w")
    (folder / "services" / "api").mkdir()
    (folder / "services" / "api" / "pipeline.yaml").write_text(API)
    assert tiphys("generate", cwd=folder).returncode == 0
    return folder


def drift(tiphys, folder, *arguments):
    """Return (exit code, [(path, state, spec)]) of a check."""
    done = tiphys("check", "--format", "json", *arguments, cwd=folder)
    found = json.loads(done.stdout)["drift"]
    return done.returncode, [(item["path"], item["state"], item["spec"]) for item in found]


def test_a_clean_tree_is_clean_and_check_writes_nothing(tiphys, generated):
    before = read_tree(generated)
    assert drift(tiphys, generated) == (0, [])
    assert read_tree(generated) == before


def test_every_single_byte_that_changes_is_drift_of_just_that_file(tiphys, generated):
    for path in (VALUES, APPLICATION, "generated/prod/root.yaml"):
        file = generated / path
        original = file.read_bytes()
        origin = "environments/prod.yaml" if path.endswith("root.yaml") else SPEC
        for index in range(0, len(original), max(1, len(original) // 7)):
            file.write_bytes(original[:index] + bytes([original[index] ^ 1]) + original[index + 1 :])
            code, found = drift(tiphys, generated)
            state = "differs" if origin_of(file.read_bytes()) else "unowned"
            assert (code, found) == (1, [(path, state, origin)]), index
        file.write_bytes(original + b"\n")
        assert drift(tiphys, generated) == (1, [(path, "differs", origin)])
        file.write_bytes(original)
    assert drift(tiphys, generated) == (0, [])


def test_a_missing_file_is_named_and_comes_back(tiphys, generated):
    (generated / VALUES).unlink()
    assert drift(tiphys, generated) == (1, [(VALUES, "missing", SPEC)])
    done = tiphys("generate", cwd=generated)
    assert done.stdout == f"created {VALUES}\n"
    assert drift(tiphys, generated) == (0, [])


def test_a_file_of_somebody_else_is_reported_and_never_touched(tiphys, generated):
    foreign = generated / "generated" / "prod" / "web" / "notes.txt"
    foreign.write_text("mine")
    assert drift(tiphys, generated) == (1, [("generated/prod/web/notes.txt", "unowned", "")])
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 0
    assert "notes.txt: not written by Tiphys, left unchanged" in done.stderr
    assert foreign.read_text() == "mine"


def test_a_file_of_somebody_else_in_the_way_stops_everything(tiphys, generated):
    (generated / VALUES).write_text("mine: true\n")
    (generated / SPEC).write_text((generated / SPEC).read_text().replace('"1.0.0"', '"1.0.1"'))
    before = read_tree(generated)
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 1
    assert f"`{VALUES}` exists and was not written by Tiphys; nothing was changed" in done.stderr
    assert read_tree(generated) == before
    code, found = drift(tiphys, generated)
    assert (VALUES, "unowned", SPEC) in found
    assert code == 1


def test_a_deleted_spec_takes_its_application_along_only_when_that_is_said(tiphys, generated):
    shutil.rmtree(generated / "services" / "api")
    before = read_tree(generated)
    api = "services/api/pipeline.yaml"
    expected = [("generated/prod/api/values.yaml", "stale", api), ("generated/prod/applications/api.yaml", "stale", api)]
    assert drift(tiphys, generated) == (1, expected)
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 1
    assert "1 Application would be removed, and what it deployed then keeps running unmanaged" in done.stderr
    assert "run `tiphys generate --allow-delete` to remove the service" in done.stderr
    assert read_tree(generated) == before
    assert tiphys("generate", "--allow-delete", cwd=generated).returncode == 0
    assert not (generated / "generated" / "prod" / "api").exists(), "empty folders go too"
    assert drift(tiphys, generated) == (0, [])


def test_an_environment_that_is_no_longer_named_is_guarded_the_same_way(tiphys, generated):
    spec = generated / SPEC
    spec.write_text("\n".join(line for line in spec.read_text().splitlines() if "dev:" not in line) + "\n")
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 1
    assert "generated/dev/applications/web.yaml" in done.stderr
    assert "generated/dev/root.yaml" in done.stderr


def test_an_application_that_gets_another_name_is_a_removal_too(tiphys, generated):
    environment = generated / "environments" / "prod.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: shop\n    applicationName: p-{service}"))
    before = read_tree(generated / "generated")
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 1
    assert "2 Applications would be removed" in done.stderr
    assert "the service stays, but Argo CD creates its Application again under the new name" in done.stderr
    assert read_tree(generated / "generated") == before
    assert tiphys("generate", "--allow-delete", cwd=generated).returncode == 0


def test_what_a_removed_application_takes_along_is_told_by_its_finalizer(tiphys, generated):
    environment = generated / "environments" / "prod.yaml"
    environment.write_text(environment.read_text().replace("project: shop", "project: shop\n    onDelete: cascade"))
    assert tiphys("generate", cwd=generated).returncode == 0
    shutil.rmtree(generated / "services" / "api")
    assert "would be removed, and Argo CD then deletes what it deployed" in tiphys("generate", cwd=generated).stderr


def test_a_file_that_a_service_no_longer_needs_goes_without_asking(tiphys, generated):
    spec = generated / SPEC
    spec.write_text(spec.read_text().replace("environments:", "rollout: {preset: fast-canary}\n  environments:"))
    assert tiphys("generate", cwd=generated).returncode == 0
    assert (generated / "generated/prod/web/rollout.yaml").exists()
    spec.write_text(spec.read_text().replace("rollout: {preset: fast-canary}", "rollout: null"))
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 0
    assert "removed generated/prod/web/rollout.yaml" in done.stdout


def test_checking_one_service_or_environment_judges_nothing_else(tiphys, generated):
    (generated / "generated/prod/api/values.yaml").write_text("# Code generated by tiphys from x; DO NOT EDIT.\n")
    (generated / "generated/dev/web/values.yaml").unlink()
    assert drift(tiphys, generated, "web", "--env", "prod") == (0, [])
    assert [path for path, _, _ in drift(tiphys, generated, "web")[1]] == ["generated/dev/web/values.yaml"]
    assert [path for path, _, _ in drift(tiphys, generated, "--env", "prod")[1]] == ["generated/prod/api/values.yaml"]


def test_generate_writes_only_what_changed(tiphys, generated):
    times = {path: (generated / path).stat().st_mtime_ns for path in read_tree(generated)}
    spec = generated / SPEC
    spec.write_text(spec.read_text().replace('"1.0.0"', '"1.0.1"'))
    done = tiphys("generate", cwd=generated)
    assert done.stdout == f"updated {VALUES}\n"
    changed = {path for path in times if (generated / path).stat().st_mtime_ns != times[path]}
    assert changed == {VALUES, SPEC}


def test_diff_shows_what_would_change_and_writes_nothing(tiphys, generated):
    spec = generated / SPEC
    spec.write_text(spec.read_text().replace('"1.0.0"', '"1.0.1"'))
    before = read_tree(generated)
    done = tiphys("generate", "--diff", cwd=generated)
    assert done.returncode == 1
    assert '-  tag: "1.0.0"\n+  tag: "1.0.1"\n' in done.stdout
    assert f"--- a/{VALUES}\n+++ b/{VALUES}\n" in done.stdout
    assert read_tree(generated) == before
    spec.write_text(spec.read_text().replace('"1.0.1"', '"1.0.0"'))
    assert tiphys("generate", "--diff", cwd=generated).returncode == 0


def test_the_report_ends_in_the_command_that_repairs_it(tiphys, generated, golden):
    (generated / VALUES).write_text((generated / VALUES).read_text().replace("1.0.0", "9.9.9"))
    (generated / "generated/dev/web/values.yaml").unlink()
    (generated / "generated/prod/web/mine.txt").write_text("x")
    shutil.rmtree(generated / "services" / "api")
    done = tiphys("check", cwd=generated)
    text = f"{done.stdout}--- stderr, exit {done.returncode}\n{done.stderr}"
    golden(text, Path(__file__).with_name("drift") / "expected.txt")


def link_file(folder):
    (folder / VALUES).unlink()
    (folder / VALUES).symlink_to("/etc/hostname")


def link_folder(folder):
    shutil.move(folder / "generated/prod/web", folder / "elsewhere")
    (folder / "generated/prod/web").symlink_to(folder / "elsewhere")


def folder_in_the_way(folder):
    (folder / VALUES).unlink()
    (folder / VALUES).mkdir()


def hard_link(folder):
    os.link(folder / VALUES, folder / "other-name.yaml")
    (folder / VALUES).write_text("# Code generated by tiphys from x; DO NOT EDIT.\n")


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        (link_file, "exists and was not written by Tiphys"),
        (link_folder, "generated/prod/web"),
        (folder_in_the_way, "exists and is not a regular file"),
        (hard_link, "has more than one hard link"),
    ],
)
def test_nothing_is_written_through_links_or_over_what_is_no_file(obstacle, said, tiphys, generated):
    obstacle(generated)
    outside = (
        {path: path.read_bytes() for path in (generated / "elsewhere").rglob("*")} if (generated / "elsewhere").exists() else {}
    )
    done = tiphys("generate", cwd=generated)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert all(path.read_bytes() == content for path, content in outside.items())
    assert not (generated / "generated" / ".tiphys-stage").exists()


def test_another_checkout_gets_only_the_services_of_this_workspace(tiphys, generated, tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    assert tiphys("generate", "--output", config, cwd=generated).returncode == 0
    theirs = config / "generated/prod/theirs/values.yaml"
    theirs.parent.mkdir()
    theirs.write_text("# Code generated by tiphys from services/theirs/pipeline.yaml; DO NOT EDIT.\n")
    done = tiphys("generate", "--output", config, cwd=generated)
    assert (done.returncode, done.stdout) == (0, "")
    assert theirs.exists()
    assert tiphys("generate", "--output", tmp_path / "nowhere", cwd=generated).returncode == 2


def test_an_application_without_a_namespace_is_not_renamed_without_being_asked_for(tiphys, generated):
    """A renamed Application is deleted with its workloads, also where its namespace is left to the root."""
    path = generated / "environments/prod.yaml"
    text = path.read_text()
    with_omit = text.replace("argocd:\n", "argocd:\n    omit: [namespace]\n", 1)
    assert with_omit != text
    path.write_text(with_omit)
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 0, "leaving the namespace out renames nothing: " + done.stderr
    path.write_text(
        with_omit.replace("    omit: [namespace]\n", '    omit: [namespace]\n    applicationName: "new-{service}"\n')
    )
    done = tiphys("generate", cwd=generated)
    assert done.returncode == 1, done.stderr
    assert "2 Applications would be removed" in done.stderr
    path.write_text(text)
    assert tiphys("generate", cwd=generated).returncode == 0, "writing it again renames nothing either"

"""The package as it is released: the same bytes from the same commit, wherever and whenever it is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from email import message_from_bytes

import pytest

from support.paths import ROOT
from support.programs import build_backend

EPOCH = 1_700_000_000
"""The time of the commit, in seconds: 2023-11-14 22:13:20 UTC."""


def copied(folder, *, reverse=False):
    """Copy what Git tracks, in one order or the other, as the order of a directory is that in which files came."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in sorted(filter(None, listed.split("\0")), reverse=reverse):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
        target.chmod(((ROOT / path).stat().st_mode & 0o111) | 0o600)
        os.utime(target, (time.time() - 3600, time.time() - 3600 * reverse))
    return folder


def build(tree, out, *targets, umask=0o022, **environment):
    """Build what a release has, and return it by name."""
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(EPOCH),
        "TIPHYS_SOURCE_URL": "https://git.example/acme/tiphys",
        **environment,
    }
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out), *(word for one in targets for word in ("-t", one))]
    subprocess.run(command, cwd=tree, env=environment, umask=umask, capture_output=True, check=True)
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    build_backend()
    tree = copied(tmp_path_factory.mktemp("a"))
    return build(tree, tmp_path_factory.mktemp("dist")), tmp_path_factory.mktemp("opened")


@pytest.fixture(scope="module")
def opened(release):
    """Return the source distribution, unpacked."""
    files, folder = release
    (name,) = (name for name in files if name.endswith(".tar.gz"))
    (folder / name).write_bytes(files[name])
    subprocess.run(["tar", "xzf", name], cwd=folder, check=True)
    return folder / name.removesuffix(".tar.gz")


def wheel_of(release):
    (name,) = (name for name in release[0] if name.endswith(".whl"))
    return name


def test_anyone_can_build_the_released_bytes_again_on_a_machine_of_their_own(release, tmp_path):
    tree = copied(tmp_path / "a folder with another name", reverse=True)
    again = build(tree, tmp_path / "out", umask=0o077, TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7", HOME=str(tmp_path))
    assert sorted(again) == sorted(release[0])
    for name, content in release[0].items():
        assert again[name] == content, name


def test_the_source_distribution_builds_the_released_wheel_without_being_told_anything(release, opened, tmp_path):
    again = build(opened, tmp_path / "out", "wheel", TIPHYS_SOURCE_URL="")
    assert again == {wheel_of(release): release[0][wheel_of(release)]}


def test_the_wheel_has_what_an_index_shows_and_no_file_of_the_tests(release, tmp_path):
    name = wheel_of(release)
    (tmp_path / name).write_bytes(release[0][name])
    with zipfile.ZipFile(tmp_path / name) as wheel:
        names = wheel.namelist()
        (where,) = (one for one in names if one.endswith("/METADATA"))
        metadata = message_from_bytes(wheel.read(where))
        assert {entry.date_time[:3] for entry in wheel.infolist()} == {(2023, 11, 14)}
    assert {one.partition("/")[0] for one in names} == {"generator", "tiphys.py", where.partition("/")[0]}
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "https://git.example/acme/tiphys/blob/v" in metadata.get_payload()
    labels = [value.partition(",")[0] for value in metadata.get_all("Project-URL")]
    assert labels == ["Source", "Documentation", "Changelog", "Issues", "Security"]


def test_the_source_distribution_has_what_its_own_tests_and_checks_need(opened):
    for name in (".ci/run", "pyproject.toml", "requirements/ci.txt", "tests/conftest.py", "tools/check_wheel.sh", "PKG-INFO"):
        assert (opened / name).is_file(), name
    assert os.access(opened / ".ci" / "run", os.X_OK)
    with tarfile.open(f"{opened}.tar.gz") as archive:
        assert not [name for name in archive.getnames() if "__pycache__" in name]

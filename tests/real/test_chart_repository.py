"""Chart repositories, real ones: what goes in comes out, and each way to fail has its own words."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from generator.release.destination import Directory
from generator.system import helm as helms
from generator.system.charts import package as chart_package
from generator.system.charts import repository as chart_repository
from generator.system.charts.failures import ChartRepositoryError, MissingChartError, NoAccessError, UnreachableError
from generator.system.charts.package import Package
from generator.system.charts.repository import Repository
from support.chart_repositories import READER, free_port, logged_in, start_registry
from support.processes import kill
from support.programs import program

pytestmark = [pytest.mark.both_helms, pytest.mark.usefixtures("helm", "helm_home")]


@pytest.fixture
def real(helm):
    return helms.find(helm)


def web(version="1.0.0", text="a: 1\n", **more) -> Package:
    metadata = f"apiVersion: v2\nname: web\nversion: {version}\n"
    files = {"Chart.yaml": metadata.encode(), "values.yaml": text.encode()}
    return Package("web", version, chart_package.packed("web", files), **more)


def filled(repository, real, *packages) -> Repository:
    """Return a repository of either kind with packages in it."""
    made = Repository(repository.address)
    for package in packages:
        if made.is_oci:
            chart_repository.push(real, made, package)
        else:
            Directory(real, str(repository.folder), "served").put([package])
    return made


@pytest.fixture(params=["oci", "http"])
def new(request):
    return lambda *arguments: request.getfixturevalue(request.param)("dev", *arguments)


def test_what_was_put_there_comes_back_byte_for_byte(new, real, tmp_path):
    package = web(provenance=b"signed\n")
    repository = filled(new(), real, package, web("1.1.0"))
    assert chart_repository.package(real, repository, "web", "1.0.0") == package
    assert chart_repository.package(real, repository, "web", "1.1.0") == web("1.1.0"), "one without a provenance"
    target = tmp_path / "got"
    target.mkdir()
    path = chart_repository.pull(real, repository, "web", "^1.0.0", str(target))
    assert sorted(file.name for file in target.iterdir()) == ["web-1.1.0.tgz"]
    assert Path(path).read_bytes() == web("1.1.0").content


def test_build_metadata_survives_an_oci_tag(new, real):
    repository = filled(new(), real, web("1.0.0+build.7"))
    assert chart_repository.package(real, repository, "web", "1.0.0+build.7") == web("1.0.0+build.7")


def test_versions_are_told_newest_first(new, real):
    repository = filled(new(), real, web("1.0.0"), web("1.2.0"), web("1.10.0"), web("2.0.0-rc.1"))
    every = ["2.0.0-rc.1", "1.10.0", "1.2.0", "1.0.0"]
    assert chart_repository.versions(real, repository, "web") == (every[:2] if repository.is_oci else every)
    assert chart_repository.versions(real, repository, "we") == []


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [
        ("web", "3.0.0", "has no version 3.0.0 of the chart `web`"),
        ("web", "^3.0.0", "has no version ^3.0.0 of the chart `web`"),
        ("wbe", "1.0.0", "has no chart `wbe`"),
        ("wbe", "^1.0.0", "has no chart `wbe`"),
    ],
)
def test_what_is_not_there_is_told_apart_and_what_is_there_is_named(name, version, words, new, real, tmp_path):
    repository = filled(new(), real, web("1.0.0"))
    with pytest.raises(MissingChartError) as caught:
        chart_repository.pull(real, repository, name, version, str(tmp_path))
    assert caught.value.message == f"{repository.address} {words}"
    assert caught.value.versions == (("1.0.0",) if name == "web" else ())
    assert ("1.0.0" in caught.value.hint) is (name == "web")


@pytest.mark.parametrize("version", ["1.0.0", "^1.0.0"])
@pytest.mark.parametrize("address", ["oci://127.0.0.1:{port}/x", "http://127.0.0.1:{port}", "https://nowhere.invalid/charts"])
def test_a_repository_that_is_down_is_unreachable(address, version, real, tmp_path):
    repository = Repository(address.format(port=free_port()))
    with pytest.raises(UnreachableError) as caught:
        chart_repository.pull(real, repository, "web", version, str(tmp_path))
    assert caught.value.message.startswith(f"{repository.address} cannot be reached: ")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("version", ["1.0.0", "^1.0.0"])
def test_a_registry_wants_the_credentials_that_helm_has(version, locked_registry_host, real, tmp_path):
    repository = Repository(f"oci://{locked_registry_host}/charts")
    with pytest.raises(NoAccessError) as caught:
        chart_repository.pull(real, repository, "web", version, str(tmp_path))
    with pytest.raises(NoAccessError):
        chart_repository.push(real, repository, web())
    assert f"`{' '.join(logged_in(real, locked_registry_host))}`" in caught.value.hint
    chart_repository.push(real, repository, web())
    assert chart_repository.package(real, repository, "web", version) == web()


def test_credentials_that_became_wrong_are_no_access(helm_home, locked_registry_host, real):
    helm_home.mkdir(parents=True, exist_ok=True)
    settings = {"auths": {locked_registry_host: {"auth": "cmVhZGVyOndyb25n"}}}
    (helm_home / "registry.json").write_text(json.dumps(settings))
    with pytest.raises(NoAccessError) as caught:
        chart_repository.push(real, Repository(f"oci://{locked_registry_host}/charts"), web())
    assert "wrong" not in caught.value.message + caught.value.hint
    assert "cmVhZGVyOndyb25n" not in caught.value.message + caught.value.hint


def test_an_http_repository_wants_the_credentials_of_helm_repo_add(http, helm, real, helm_home):
    served = http("dev", credentials=READER)
    repository = filled(served, real, web())
    with pytest.raises(NoAccessError) as caught:
        chart_repository.package(real, repository, "web", "1.0.0")
    assert f"`helm repo add NAME {served.address} --username USER`" in caught.value.hint
    user, password = READER
    added = [helm, "repo", "add", "mine", served.address + "/", "--username", user, "--password", password]
    subprocess.run(added, check=True, capture_output=True)
    assert chart_repository.package(real, repository, "web", "1.0.0") == web()
    assert chart_repository.versions(real, repository, "web") == ["1.0.0"]
    settings = helm_home / "config" / "repositories.yaml"
    settings.write_text(settings.read_text().replace(password, "rotated"))
    with pytest.raises(NoAccessError):
        chart_repository.package(real, repository, "web", "1.0.0")


@pytest.mark.parametrize("content", ["<html>sign in</html>", "", "entries: 7\n"])
def test_what_is_no_repository_is_said_to_be_none(content, http, real):
    served = http("dev")
    (served.folder / "index.yaml").write_text(content)
    with pytest.raises(UnreachableError) as caught:
        chart_repository.package(real, Repository(served.address), "web", "1.0.0")
    assert caught.value.message.startswith(f"{served.address} is not a chart repository: ")


def test_a_package_that_the_index_does_not_list_is_not_taken(http, real):
    served = http("dev")
    repository = filled(served, real, web())
    (served.folder / "web-1.0.0.tgz").write_bytes(web(text="a: replaced\n").content)
    with pytest.raises(ChartRepositoryError, match="than its index lists"):
        chart_repository.package(real, repository, "web", "1.0.0")


def test_a_registry_that_dies_is_told_in_words(tmp_path, real):
    process, host = start_registry(program("docker-registry"), tmp_path / "r")
    repository = Repository(f"oci://{host}/charts")
    chart_repository.push(real, repository, web())
    kill(process)
    with pytest.raises(UnreachableError):
        chart_repository.push(real, repository, web("1.1.0"))


@pytest.mark.parametrize(
    ("address", "asked", "flags"),
    [
        ("oci://127.0.0.1:5000/x", False, ["--plain-http"]),
        ("oci://localhost/x", False, ["--plain-http"]),
        ("oci://[::1]:5000/x", False, ["--plain-http"]),
        ("oci://registry.localhost:5000", False, ["--plain-http"]),
        ("oci://registry.example.com/x", True, ["--plain-http"]),
        ("oci://registry.example.com/x", False, []),
        ("oci://127.example.com/x", False, []),
        ("http://127.0.0.1:8080", True, []),
    ],
)
def test_tls_is_left_out_only_on_this_machine_or_where_it_is_asked_for(address, asked, flags):
    assert Repository.of({"chart": {"repository": address, "plainHTTP": asked}}).flags() == flags

"""What an index shows of the package: complete, and without links that lead nowhere there."""

from __future__ import annotations

import subprocess
import tomllib

import pytest
from markdown_it import MarkdownIt

from support.paths import ROOT
from support.programs import build_backend

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCE = "https://git.example/acme/tiphys"


@pytest.fixture(scope="module")
def package_metadata():
    build_backend()
    from tools import package_metadata

    return package_metadata


def addresses(text):
    """Return where the links and pictures of a Markdown text lead."""
    from html.parser import HTMLParser

    found = []

    class Links(HTMLParser):
        def handle_starttag(self, _tag, attrs):
            found.extend(value for name, value in attrs if name in ("href", "src", "srcset"))

    Links().feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    return found


def test_no_link_of_the_long_description_is_dead_on_the_page_of_an_index(package_metadata):
    text = package_metadata.long_description(README, SOURCE, "v1.2.3")
    found = addresses(text)
    assert len(found) > 30
    assert all(address.startswith("https://") for address in found)
    ours = [address.removeprefix(SOURCE) for address in found if address.startswith(SOURCE)]
    assert len(ours) == len(addresses(README))
    for address in ours:
        kind, ref, path = address.lstrip("/").split("/", 2)
        assert (kind in ("blob", "raw"), ref) == (True, "v1.2.3")
        assert (ROOT / path.partition("#")[0]).exists(), path
    assert [kind for kind in ours if kind.startswith("/raw/") and not kind.endswith(".svg")] == []


def test_a_build_of_a_clone_names_no_address_that_someone_else_may_own(package_metadata):
    text = package_metadata.long_description(README, "", "v1.2.3")
    assert addresses(text) == [address for address in addresses(README) if address.startswith("https://")]
    assert "](" not in text
    assert "the Gateway API" not in text, "a picture that cannot be shown is left out"
    assert package_metadata.addresses("", "v1.2.3") == {}


def test_what_is_code_in_the_readme_is_shown_as_it_is(package_metadata):
    text = "[a](b.md)\n\n```\n[a](b.md)\n```\n[a](https://b.example/) [a](#b) [`c`](d.md#e)\n"
    assert package_metadata.long_description(text, "", "") == (
        "a\n\n```\n[a](b.md)\n```\n[a](https://b.example/) [a](#b) `c`\n"
    )
    assert package_metadata.long_description(text, SOURCE, "v1") == (
        f"[a]({SOURCE}/blob/v1/b.md)\n\n```\n[a](b.md)\n```\n[a](https://b.example/) [a](#b) [`c`]({SOURCE}/blob/v1/d.md#e)\n"
    )


@pytest.mark.parametrize("address", ["http://git.example/a/b", "git@git.example:a/b", "https://git.example", "https://x/a)b"])
def test_an_address_that_is_not_that_of_a_repository_ends_the_build(address, package_metadata, monkeypatch):
    monkeypatch.setenv("TIPHYS_SOURCE_URL", address)
    with pytest.raises(ValueError, match="TIPHYS_SOURCE_URL must be the https address of a repository"):
        package_metadata.PackageMetadata(str(ROOT), {}).update({"version": "1.2.3"})


def test_every_kind_of_search_on_an_index_finds_what_the_package_is_for():
    project = PROJECT["project"]
    assert len(project["description"]) < 120
    for needed in (
        "License-File",
        "Python",
        "Operating System :: POSIX :: Linux",
        "Operating System :: MacOS",
        "Typing :: Typed",
    ):
        assert needed == "License-File" or any(needed in one for one in project["classifiers"])
    assert not any("Windows" in one or "OS Independent" in one for one in project["classifiers"])
    assert {"argo-cd", "argo-rollouts", "helm", "kubernetes", "gitops", "linter"} <= set(project["keywords"])


def test_a_source_distribution_has_all_that_is_in_the_repository_and_nothing_of_what_is_next_to_it():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
    assert sorted(included) == sorted({path.partition("/")[0] for path in listed.split("\0") if path})

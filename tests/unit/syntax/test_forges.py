"""Links to commits go to the forge that is meant, and an address that anyone wrote is never a script or another host."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.syntax.forges import MOST, commit_page, comparison_page, remote_of

PAGES = yaml.safe_load(Path(__file__).with_name("forges.yaml").read_text(encoding="utf-8"))
SET = {"git.set.example.com": "gitlab"}


@pytest.mark.parametrize("address", PAGES)
def test_a_commit_is_linked_where_its_forge_shows_it(address):
    assert commit_page(address, "1234567", SET) == PAGES[address]


@pytest.mark.parametrize("commit", ["", "123456", "HEAD", "1234567/../x", "1234567\n", "g" * 40, "1" * 65])
def test_what_is_no_commit_is_in_no_link(commit):
    assert commit_page("https://github.com/acme/web", commit) == ""
    assert comparison_page("https://github.com/acme/web", commit, "1234567") == ""


def test_a_comparison_has_the_older_commit_where_the_forge_expects_it():
    pages = {
        "https://github.com/a/w": "https://github.com/a/w/compare/aaaaaaa...bbbbbbb",
        "https://gitlab.com/a/w": "https://gitlab.com/a/w/-/compare/aaaaaaa...bbbbbbb",
        "https://bitbucket.org/a/w": "https://bitbucket.org/a/w/branches/compare/bbbbbbb..aaaaaaa",
        "https://gitea.com/a/w": "https://gitea.com/a/w/compare/aaaaaaa...bbbbbbb",
    }
    assert {address: comparison_page(address, "a" * 7, "b" * 7) for address in pages} == pages


def test_a_long_address_is_refused_before_it_is_searched():
    assert remote_of("https://github.com/" + "a/" * MOST) is None

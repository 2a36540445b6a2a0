"""The code of a release as trailers record it: nothing is lost between two commits, and nothing malformed is believed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import ConfigError
from generator.history.code import Code, checked_code, described, recorded, references

SHA = "1234567890abcdef1234567890abcdef12345678"
URL = "https://github.com/acme/web"


def values(lines):
    """Return trailers as a commit has them."""
    return [(key.lower(), value.strip()) for key, _, value in (line.partition(":") for line in lines)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(st.text(), st.from_regex(r"\A[a-z]{1,9}@[a-z]{1,9}\.example\Z"), st.text(), st.text())
def test_what_a_commit_says_of_code_survives_the_next_promotion(name, email, subject, body):
    code = described(Code(SHA, URL), (name, email), "2026-11-28T17:31:17+01:00", (subject, body))
    lines = [*code.trailers(), *references([code])]
    assert all(line.isprintable() for line in lines)
    again = recorded(values(lines))
    assert again is not None
    assert (again.commit, again.repository, again.subject, again.committed) == (SHA, URL, code.subject, code.committed)
    assert references([again])[: len(references([code])) - 2] == references([code])[: len(references([code])) - 2]


def test_argo_cd_gets_each_trailer_by_the_name_that_it_reads():
    code = described(
        Code(SHA, "git@github.com:acme/web.git"), ('Ann "A" Doe', "ann@example.com"), "2026-11-28T17:31:17Z", ("Fix", "Why")
    )
    assert references([code, code]) == [
        'Argocd-reference-commit-author: "Ann \\"A\\" Doe" <ann@example.com>',
        f"Argocd-reference-commit-sha: {SHA}",
        "Argocd-reference-commit-subject: Fix",
        'Argocd-reference-commit-body: "Fix\\n\\nWhy"',
        "Argocd-reference-commit-repourl: ssh://git@github.com/acme/web.git",
        "Argocd-reference-commit-date: 2026-11-28T17:31:17Z",
    ]


def test_releases_of_several_commits_are_not_told_as_one():
    assert references([Code(SHA), Code("a" * 40)]) == []
    assert references([Code(SHA), None]) == []
    assert references([]) == []


@pytest.mark.parametrize(
    ("commit", "repository", "said"),
    [
        ("HEAD", "", "is not the id of a commit"),
        ("12345", "", "is not the id of a commit"),
        ("--upload-pack=x", "", "is not the id of a commit"),
        (SHA, "https://token@github.com/a/b", "contains credentials"),
        (SHA, "https://u:p@github.com/a/b", "contains credentials"),
        (SHA, "javascript:alert(1)", "is not the URL of a repository"),
        (SHA, "../code", "is not the URL of a repository"),
        (SHA, "ext::sh -c x", "is not the URL of a repository"),
    ],
)
def test_what_is_no_commit_or_holds_a_secret_is_never_recorded(commit, repository, said):
    with pytest.raises(ConfigError, match=said):
        checked_code(commit, repository)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Tiphys-Code-Commit: HEAD"],
        [f"Tiphys-Code-Repository: {URL}"],
        [f"Tiphys-Code-Commit: {SHA}", "Tiphys-Code-Repository: javascript:alert(1)"],
        [f"Tiphys-Code-Commit: {SHA}", "Tiphys-Code-Repository: https://u:p@github.com/a/b"],
    ],
)
def test_malformed_trailers_are_no_code(lines):
    assert recorded(values(lines)) is None


def test_argo_cds_trailers_about_another_commit_are_not_taken():
    lines = [f"Tiphys-Code-Commit: {SHA}", f"Argocd-reference-commit-sha: {'a' * 40}", "Argocd-reference-commit-subject: Fix"]
    assert recorded(values(lines)) == Code(SHA)
    wrong = [*lines[:1], f"Argocd-reference-commit-sha: {SHA}", 'Argocd-reference-commit-body: {"a": 1}']
    assert recorded(values(wrong)) == Code(SHA)

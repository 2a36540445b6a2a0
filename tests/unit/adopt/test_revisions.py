"""Which revision of the config repository a workspace follows."""

from __future__ import annotations

import pytest

from generator.adopt.revisions import most


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        (["dev", "main", "dev"], "dev"),
        (["dev", "", "dev", "HEAD"], "HEAD"),
        (["dev-branch", "main"], "main"),
        (["develop", "production", "staging"], "production"),
        (["{{branch}}"], ""),
        ([], ""),
    ],
)
def test_it_is_the_one_of_most_applications_and_never_that_of_development_by_chance(revisions, expected):
    assert most(revisions) == expected

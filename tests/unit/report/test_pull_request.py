"""The text of a pull request: what decides comes first, nothing of a stranger is markup, and it fits into any forge."""

from __future__ import annotations

import pytest

from generator.diff import Comparison
from generator.report.markup import MOST
from generator.report.pull_request import Text, as_markdown

NOTHING = Comparison("before", "after", ())
PLAIN = Text("Promote api prod: image 1 → 2", "prod", [("api", True)], NOTHING, [], [], [], {})


def test_the_parts_are_in_the_order_in_which_a_reviewer_needs_them():
    text = PLAIN._replace(skipped={"api": [("soak", "INC-1")]}, unplanned=["api"])
    said = as_markdown(text)
    assert [line for line in said.splitlines() if line.startswith("#")] == [
        "## Promote api prod: image 1 → 2",
        "### Skipped gates",
        "### Changes",
        "### Rollout",
        "### Undo",
    ]
    assert "- **soak** of api: INC" in said
    assert "Not planned, because their charts have no profile: &#96;api&#96;" in said
    assert "tiphys rollback api --env prod --commit\n```" in said


def test_parts_without_content_are_left_out_and_a_new_service_has_no_version_to_go_back_to():
    said = as_markdown(PLAIN._replace(services=[("api", False)]))
    assert "### Skipped gates" not in said
    assert "### Rollout" not in said
    assert "tiphys rollback" not in said
    assert "had no version here before: revert the commit of the merge" in said


@pytest.mark.parametrize("words", ["@acme/sre", "#1", "[x](http://evil)", "a\n/merge", "<img src=x>", "| a |", "# big"])
def test_a_reason_or_a_subject_is_text_and_no_mention_link_command_or_markup(words):
    said = as_markdown(PLAIN._replace(subject=words, skipped={"api": [("soak", words)]}))
    assert words not in said
    assert not any(line.startswith(("/", "# ")) for line in said.splitlines())


def test_a_promotion_of_thousands_fits_and_says_what_is_left_out():
    names = [f"service-{number}" for number in range(5_000)]
    skipped = {name: [("soak", "x" * 200), ("chart", "@" * 200)] for name in names}
    said = as_markdown(PLAIN._replace(services=[(name, True) for name in names], skipped=skipped, unplanned=names))
    assert len(said.encode("utf-8")) <= MOST
    assert "more are not shown: the text of a pull request is limited." in said
    assert "# and so on for 4,980 more\n```" in said
    assert "### Undo" in said


def test_a_smaller_limit_is_kept():
    said = as_markdown(PLAIN._replace(subject="ä" * 300), 2_000)
    assert len(said.encode("utf-8")) <= 2_000

"""The block in CODEOWNERS: what people wrote around it stays, byte for byte, and it is never hidden by a section."""

from __future__ import annotations

import pytest

from generator.syntax.codeowners import BlockError, Owned, block, found, is_plain, section_above, with_block

BLOCK = block([Owned("services/api/", ("@acme/api", "a@example.com")), Owned("my services/x.yaml", ("@x",))], "")
OTHER = block([Owned("deploy/x/", ("@y",))], "deploy")
TEXT = "\n".join(BLOCK) + "\n"


def test_a_line_names_one_place_from_the_root_and_escapes_spaces():
    assert BLOCK[1:-1] == ["/services/api/ @acme/api a@example.com", "/my\\ services/x.yaml @x"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", TEXT),
        ("* @all\n", f"* @all\n\n{TEXT}"),
        ("* @all", f"* @all\n\n{TEXT}"),
        ("* @all\n\n", f"* @all\n\n{TEXT}"),
        ("* @all\n^[Docs]\ndocs/ @d\n", f"* @all\n\n{TEXT}\n^[Docs]\ndocs/ @d\n"),
        ("[Docs]\ndocs/ @d\n", f"{TEXT}\n[Docs]\ndocs/ @d\n"),
        (f"a\n{BLOCK[0]}\n/old/ @o\n{BLOCK[-1]}\nb\n", f"a\n{TEXT}b\n"),
        (f"a\n[Docs]\n{TEXT}b\n", f"a\n{TEXT}[Docs]\nb\n"),
        ("* @all\r\n", "* @all\r\n\r\n" + TEXT.replace("\n", "\r\n")),
        ("\n".join(OTHER) + "\n", "\n".join(OTHER) + f"\n\n{TEXT}"),
    ],
)
def test_other_lines_stay_and_a_second_time_changes_nothing(before, after):
    assert with_block(before, BLOCK, "") == after
    assert with_block(after, BLOCK, "") == after
    assert found(after, "") == BLOCK
    assert section_above(after, "") == ""


def test_each_workspace_of_a_repository_has_its_own_block():
    both = with_block(TEXT, OTHER, "deploy")
    assert (found(both, ""), found(both, "deploy"), found(TEXT, "deploy")) == (BLOCK, OTHER, [])


def test_a_block_below_the_head_of_a_section_is_seen():
    assert section_above(f"[Docs][2] @d\n{TEXT}", "") == "[Docs][2] @d"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{TEXT}{TEXT}", "line 5 repeats `# BEGIN tiphys codeowners"),
        (f"x\n{BLOCK[0]}\n", "line 2 has `# BEGIN tiphys codeowners` without the other mark"),
        (f"{BLOCK[-1]}\n{BLOCK[0]}\n", "line 2 has `# BEGIN tiphys codeowners` without the other mark"),
        (f"x\n\n{BLOCK[-1]}\n", "line 3 has `# END tiphys codeowners` without the other mark"),
    ],
)
def test_marks_that_do_not_fit_lose_no_line_of_others(text, problem):
    for look in (lambda: found(text, ""), lambda: with_block(text, BLOCK, ""), lambda: section_above(text, "")):
        with pytest.raises(BlockError, match=problem.replace("`", ".")):
            look()


@pytest.mark.parametrize(("path", "plain"), [("a/b-c_d.e", True), ("größe/x", True), ("a b", True), ("a[b]", False), ("a*", False),
                                             ("a#b", False), ("a\\b", False), ("!a", False), ("a\tb", False), ("a?", False)])  # fmt: skip
def test_no_path_is_written_that_a_forge_reads_as_something_else(path, plain):
    assert is_plain(path) is plain


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r"])
def test_a_block_in_one_comment_line_is_none_as_no_forge_breaks_lines_there(separator):
    hidden = f"# x{separator}{separator.join(BLOCK)}\n"
    assert found(hidden, "") == []
    assert with_block(hidden, BLOCK, "") == f"{hidden}\n{TEXT}"
    below = f"# x{separator}[Docs] @d\n{TEXT}"
    assert section_above(below, "") == ""


def test_the_line_ends_of_windows_are_line_ends():
    assert found(TEXT.replace("\n", "\r\n"), "") == BLOCK

"""Tables for terminals and for programs."""

from __future__ import annotations

from generator.report.table import table


def test_a_table_fits_the_terminal_and_is_whole_where_nobody_looks():
    rows = [["1", "short", "a subject that goes on and on, " * 4], ["2", "日本語の名前", "x"]]
    cut = table(["#", "by", "subject"], rows, 40).splitlines()
    assert max(map(len, cut)) <= 40
    assert cut[1].endswith("…")
    assert "on and on, " * 1 in table(["#", "by", "subject"], rows).splitlines()[1]
    assert len(table(["#", "by", "subject"], rows).splitlines()[1]) > 120

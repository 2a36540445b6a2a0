"""Which version a range stands for: a chart repository offers versions, and must not choose one outside of the range."""

from __future__ import annotations

import pytest

from generator.system.charts.failures import ChartRepositoryError
from generator.system.charts.repository import Repository, newest
from generator.system.program import Done

PLACE = Repository("oci://registry.example.com/charts")


class Says:
    """A Helm that shows one chart, whatever it is asked for."""

    version = (3, 17)

    def __init__(self, version):
        self._version = version

    def ask(self, *_words, **_more):
        return Done(0, f"name: hello\nversion: {self._version}\n".encode(), "")


@pytest.mark.parametrize(
    ("says", "wanted"), [("1.5.0", "1.x"), ("1.5.0", "*"), ("1.5.0-rc.1", ">=1.0.0-0"), ("v1.5.0", "~1.5"), ("1.5.0+b", "^1")]
)
def test_a_version_in_the_range_is_taken(says, wanted):
    assert newest(Says(says), PLACE, "hello", wanted) == says


@pytest.mark.parametrize(
    ("says", "wanted"), [("9.9.9", "1.x"), ("0.9.0", ">=1.0"), ("2.0.0-rc.1", "^1"), ("latest", "*"), ("1.5.0\x1b[31m", "1.x")]
)
def test_a_version_outside_of_the_range_is_an_error_that_names_the_repository(says, wanted):
    with pytest.raises(
        ChartRepositoryError, match=r"registry\.example\.com/charts serves a package for hello .* that cannot be used"
    ) as error:
        newest(Says(says), PLACE, "hello", wanted)
    assert "\x1b" not in error.value.message

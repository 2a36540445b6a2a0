"""Named tuples that are cheap to define do what those of `typing` do."""

from __future__ import annotations

import pickle

import pytest

from generator.syntax.named_tuples import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2
    """Upwards."""

    @property
    def total(self) -> int:
        """The sum."""
        return self.x + self.y

    def __str__(self) -> str:
        return f"{self.x}/{self.y}"


class Named(Point):
    """With a dictionary of its own."""


def test_fields_defaults_methods_and_docstrings_are_those_of_the_class():
    point = Point(1)
    assert (point.x, point.y, point.total, str(point), repr(point)) == (1, 2, 3, "1/2", "Point(x=1, y=2)")
    assert point == (1, 2) == Point(x=1, y=2)
    assert point._replace(y=5) == Point(1, 5)
    assert point._asdict() == {"x": 1, "y": 2}
    assert (Point.__doc__, Point.__module__, Point.__qualname__) == ("A place.", __name__, "Point")
    assert Point.__annotations__ == {"x": "int", "y": "int"}
    assert not hasattr(point, "__dict__")


def test_a_missing_or_unknown_field_is_refused():
    with pytest.raises(TypeError):
        Point()
    with pytest.raises(TypeError):
        Point(1, z=3)


def test_a_process_can_send_one_to_another(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, __name__, __import__("types").SimpleNamespace(Point=Point))
    assert pickle.loads(pickle.dumps(Point(3, 4))) == Point(3, 4)


def test_a_class_can_add_to_one():
    assert Named(1).total == 3
    assert Named(1) == Point(1)

"""Specs of the past are read by the shape of their text, and mean what the parser says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.history.ledger.shapes import Shapes
from generator.history.ledger.versions import part_of_spec
from generator.syntax.reader import try_parse

TEXTS = st.one_of(
    st.from_regex(r"\A[0-9A-Za-z._+-]{1,12}\Z"),
    st.sampled_from(["1.2.3", "v1.2.3-rc.1", "sha256:" + "a" * 64, "1.10", "null", "---", "1.2.3-", "=", "no"]),
)
FRAMES = st.sampled_from([
    """metadata: {{name: web, labels: {{team: "{a}"}}}}
spec:
  image: {{repository: r, tag: {b}}} # was {a}
  environments: {{prod: {{image: {{tag: "{c}", digest: '{d}'}}}}, dev: }}
""",
    """metadata:
  name: web
spec:
  image:
    tag: >
      "{a}"
    digest: '{b}'
  chart: {{name: "{c}", version: "{d}"}}
  environments:
    "{a}": {{image: {{tag: "{b}"}}}}
    prod: {{image: {{tag: {c}}}}}
""",
    """metadata: {{name: web}}
spec:
  images: {{proxy: {{repository: r, tag: "{a}"}}, "cache": {{tag: {b}, digest: '{c}'}}}}
  environments:
    prod: {{images: {{proxy: {{tag: "{d}"}}}}}}
    dev: {{image: {{tag: "{a}"}}, images: {{cache: {{tag: {c}, digest: "{d}"}}, '{b}': null}}}}
""",
    """metadata: {{name: web}}
spec: {{environments: {{"{a}": {{image: {{tag: "{b}"}}}}, '{c}' : , prod: {{image: {{tag: {d}}}}}}}}}
""",
    """metadata: {{name: web}}
spec:
  values: |
    tag: "{a}"
    'x'{b}"y"
  image: {{tag: it's "{c}" and more}}
  environments: {{prod: {{image: {{tag: "{d}"}}}}, other: [{{x: "{a}"}}]}}
""",
])  # fmt: skip


@given(FRAMES, st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=3, max_size=6))
def test_specs_that_are_filled_into_a_shape_read_as_if_they_were_parsed(frame, fillings):
    shapes = Shapes(part_of_spec)
    for a, b, c, d in fillings:
        raw = frame.format(a=a, b=b, c=c, d=d).encode()
        source, problems = try_parse("", raw)
        assert shapes.read(raw) == (part_of_spec(source.data) if source and not problems else None), raw

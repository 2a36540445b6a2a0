"""Versions that are taken from texts of the same shape are those that merging the layers of each text gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.history.ledger.shapes import Form, Shape, Shapes
from generator.history.ledger.versions import UnreadableVersionError, Versions, part_of_spec
from generator.syntax.reader import try_parse

TAGS = st.sampled_from(["1.0.0", "1.1.0", "web", "x-web", "service"])
DIGESTS = st.sampled_from(["sha256:" + letter * 64 for letter in "ab"])
SPECS = st.sampled_from([
    """metadata: {{name: web}}
spec:
  image: {{tag: "{a}", digest: "{d}"}}
  environments: {{prod: {{image: {{tag: "{b}"}}}}, dev: {{image: {{tag: "{c}"}}}}}}
""",
    """metadata: {{name: "web"}}
spec:
  image: {{tag: "{a}"}}
  images: {{proxy: {{tag: "{b}", digest: "{d}"}}}}
  environments: {{prod: {{images: {{proxy: {{tag: "{c}"}}}}}}, dev: {{image: {{digest: "{d}"}}}}}}
""",
    """metadata: {{name: "web"}}
spec:
  chart: {{name: "{a}"}}
  environments: {{prod: {{image: {{tag: "{b}"}}, chart: {{name: "{c}", version: "{b}"}}}}}}
""",
    """metadata: {{name: web, labels: {{team: "{a}"}}}}
spec: {{image: "{a}", environments: {{prod: {{image: {{tag: "{b}"}}}}, dev: {{image: {{tag: [1]}}}}}}}}
""",
])  # fmt: skip
ENVIRONMENTS = st.sampled_from([
    "spec: {chart: {name: service, version: 2.0.0}}",
    "spec: {chart: {name: 'x-{service}', version: 2.0.0}, defaults: {image: {tag: 1.0.0, digest: 'sha256:1'}}}",
    "spec: {chart: {name: service, version: 2.0.0}, defaults: {image: {tag: 'x-{service}', digest: 'sha256:1'}}}",
    "spec: {defaults: {images: {proxy: {tag: '{labels.team}', digest: 'sha256:1'}}}}",
    "spec: []",
])  # fmt: skip


class Parsed(Shapes):
    """Reads each text by itself."""

    def form(self, raw):
        source, problems = try_parse("", raw)
        return Form(Shape(part_of_spec(source.data) if source is not None and not problems else None))


def answers(contents, shapes=None):
    versions = Versions(contents, shapes)
    for spec_id in sorted(set(contents) - {"environment"}):
        for name in ("dev", "prod", "none"):
            try:
                yield spec_id, name, versions.version(spec_id, name, "environment")
            except UnreadableVersionError:
                yield spec_id, name, "unreadable"


@given(SPECS, ENVIRONMENTS, st.lists(st.tuples(TAGS, TAGS, TAGS, DIGESTS), min_size=2, max_size=8))
def test_a_digest_of_another_tag_or_the_version_of_another_chart_is_never_told(frame, environment, fillings):
    contents = {"environment": environment.encode()}
    for number, (a, b, c, d) in enumerate(fillings):
        contents[f"spec {number}"] = frame.format(a=a, b=b, c=c, d=d).encode()
    assert [*answers(contents)] == [*answers(contents, Parsed(part_of_spec))]

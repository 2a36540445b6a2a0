"""A plain scalar that a spec may hold is the same to every reader of YAML."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.syntax.reader.scalars import AmbiguousError, plain

NUMBERISH = st.text("0123456789_.+-eExobBXOinfNaytru:T ~=<", min_size=1, max_size=8)


@settings(max_examples=3000, deadline=None, derandomize=True)
@given(NUMBERISH | st.sampled_from(["yes", "no", "on", "off", "y", "n", "null", "~", "true", "false", ".inf", ".nan", "1.8.0"]))
def test_a_plain_scalar_that_is_accepted_means_the_same_to_other_readers(text):
    if (
        text != text.strip()
        or text.startswith(("- ", "-:", "? ", ": ", "#"))
        or ": " in text
        or " #" in text
        or text.endswith(":")
    ):
        return
    try:
        value = plain(text)
    except AmbiguousError:
        return
    for read in (lambda: yaml.safe_load(f"a: {text}\n"), lambda: YAML(typ="safe", pure=True).load(f"a: {text}\n")):
        try:
            other = read()["a"]
        except Exception:
            continue
        assert other == value
        assert type(other) is type(value)

"""The published schema of reports, as tests hold it against each one that they see."""

from __future__ import annotations

import json
from functools import cache

from support.paths import ROOT


@cache
def report_validator():
    """Return what holds every JSON report that a test sees against the published schema, with nothing more in it."""
    from jsonschema import Draft7Validator

    text = (ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text.replace('"additionalProperties": true', '"additionalProperties": false')))

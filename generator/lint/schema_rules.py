"""Under which rule, and how severely, a violation of a schema is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.diagnostics import Severity
from generator.kubernetes.objects import ROLLOUTS, KubeObject

if TYPE_CHECKING:
    from generator.syntax.schema.errors import SchemaProblem

KUBERNETES, ARGO, OPERATOR = "TP604", "TP605", "TP667"
ALL = (KUBERNETES, ARGO, OPERATOR)
_UNKNOWN = "TP021"


def rule_of(item: KubeObject, wrong: SchemaProblem) -> tuple[str, Severity]:
    """Return the id of the rule, and the severity: a field of an operator's object may only be one of another release."""
    if wrong.of_release:
        may_be_newer = wrong.rule == _UNKNOWN and not wrong.meant
        return OPERATOR, Severity.WARNING if may_be_newer else Severity.ERROR
    return ARGO if item.group == ROLLOUTS else KUBERNETES, Severity.ERROR

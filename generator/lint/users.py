"""The rules that the users of a workspace wrote themselves: those in rules/, and admission policies that it names.

Nothing of them is imported for a workspace without any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.syntax.budget import STEP, Budget
from generator.syntax.named_tuples import NamedTuple
from generator.workspace import definitions
from generator.workspace.definitions import POLICIES

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic
    from generator.lint.rules.rule import Rule
    from generator.workspace.files import Sources
    from generator.workspace.model import Workspace

ADMISSION = "TP693"
"""The id of what admission policies find, and of what cannot be decided of them."""
MOST = 2_000_000
"""Units of work of one evaluation, about 20 ms."""
MOST_TOGETHER = 300_000_000
"""Units of work of all evaluations of a run."""
OF_EVALUATION = 7 * STEP
"""What it takes to begin with an object."""
OF_FINDING = 100 * STEP
"""What it takes to tell of an object, in time and in memory."""


class OwnRules(NamedTuple):
    """The rules of a user that can run, and what is wrong with the others."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


NONE = OwnRules()


def rules_of(loader: Sources, workspace: Workspace) -> OwnRules:
    """Return the rules of a workspace."""
    if not loader.own_rules and not workspace.lint.get(POLICIES):
        return NONE
    from generator.lint import own_rules, policies

    together = Budget(MOST_TOGETHER)
    own = own_rules.of(loader.own_rules, together)
    named = definitions.read(loader, workspace, POLICIES)
    admitting = policies.of(named.objects, together)
    return OwnRules((*own.rules, *admitting.rules), (*own.problems, *named.problems, *admitting.problems))


def names_of(loader: Sources, workspace: Workspace) -> frozenset[str]:
    """Return the names that settings and suppressions can use."""
    objects = definitions.read(loader, workspace, POLICIES).objects if workspace.lint.get(POLICIES) else ()
    return loader.names_of_own_rules | {item.name for item in objects if item.kind == definitions.POLICY}

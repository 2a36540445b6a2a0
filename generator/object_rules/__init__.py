"""What must hold of Kubernetes objects, one file per rule, by id."""

from __future__ import annotations

from generator.object_rules.rule import ObjectFinding, ObjectRule

__all__ = ["OBJECT_RULES", "ObjectFinding", "ObjectRule"]

OBJECT_RULES: tuple[ObjectRule, ...] = ()

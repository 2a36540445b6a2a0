"""Changes to a spec that touch nothing but the bytes of what changes."""

from generator.syntax.edit.splice import NULL, Edit, RefusedEditError, splice

__all__ = ["NULL", "Edit", "RefusedEditError", "splice"]

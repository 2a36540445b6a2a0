"""jsonschema at work with schemas of others: without network, with linear patterns, and with an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft4Validator, Draft6Validator, Draft7Validator, ValidationError, validators
from jsonschema.exceptions import UnknownType
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from generator.syntax.budget import Budget
from generator.syntax.schema.costs import CROSSED, ERROR, SCHEMA, WORD
from generator.syntax.schema.foreign import prepared
from generator.syntax.schema.over_defaults import NOT_UNDERSTOOD
from generator.verify.schema_addresses import REFERENCES, Addresses
from generator.verify.schema_keywords import Keyword, Keywords, cost

_ALONE = (Draft4Validator, Draft6Validator, Draft7Validator)
"""Drafts in which nothing next to a reference counts."""


class UnusableSchemaError(NotImplementedError):
    """A schema refers to what it does not contain, or asks what is not understood here."""


class SchemaErrors:
    """The errors of values by one schema, which is looked at once."""

    def __init__(self, schema: Mapping[str, Any], budget: Budget) -> None:
        """Begin with a schema whose keywords have the right types, and with what pays; raises UnusableSchemaError, SpentError."""
        self._budget = budget
        budget.read([dict(schema)], 8)
        self._addresses = Addresses(schema)
        budget.spend(self._addresses.of_all)
        base: Any = validators.validator_for(schema, default=Draft7Validator)
        keywords = {name: self._paid(name, keyword) for name, keyword in {**base.VALIDATORS, **self._own(base)}.items()}
        made: Any = validators.create(
            meta_schema=base.META_SCHEMA,
            validators=keywords,  # type: ignore[arg-type]  # it takes None for no error as well
            type_checker=base.TYPE_CHECKER,
            id_of=base.ID_OF,
            applicable_validators=self._applicable(keywords, alone=base in _ALONE),
        )
        try:
            bare = prepared(schema)
            resource = specification_with(base.META_SCHEMA["$schema"]).create_resource(bare)
            address = resource.id() or ""
            # Anchors are looked for once: without this, each reference to one looks through the whole schema.
            resolver = Registry().with_resource(address, resource).crawl().resolver(address)
            self._validator = made(bare, _resolver=resolver)
        except (Unresolvable, *NOT_UNDERSTOOD):
            raise UnusableSchemaError from None

    def of(self, values: Mapping[str, Any]) -> list[ValidationError]:
        """Return the errors of values; raises UnusableSchemaError, and SpentError."""
        try:
            return list(self._validator.iter_errors(values))
        except (Unresolvable, UnknownType, ArithmeticError, *NOT_UNDERSTOOD):
            raise UnusableSchemaError from None

    def _own(self, base: Any) -> Mapping[str, Keyword]:
        return {name: keyword for name, keyword in Keywords(self._budget).own().items() if name in base.VALIDATORS}

    def _applicable(self, keywords: Mapping[str, Keyword], *, alone: bool) -> Callable[[Any], Iterable[tuple[str, Any]]]:
        def applicable(schema: Any) -> list[tuple[str, Any]]:
            self._budget.spend(SCHEMA + WORD * len(schema) + self._addresses.of_part(schema))
            if alone and "$ref" in schema:
                return [("$ref", schema["$ref"])]
            return [(name, wanted) for name, wanted in schema.items() if name in keywords]

        return applicable

    def _paid(self, name: str, keyword: Keyword) -> Keyword:
        def run(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
            joined = self._addresses.of_reference(wanted) if name in REFERENCES and isinstance(wanted, str) else 0
            self._budget.spend(cost(name, wanted, instance) + joined)
            for error in keyword(validator, wanted, instance, schema) or ():
                self._budget.spend(CROSSED if isinstance(error.validator, str) else ERROR)
                yield error

        return run

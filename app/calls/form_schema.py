"""A form as JSON Schema (2020-12): what is handed in, so that any client can draw and check it."""

from collections.abc import Sequence
from typing import Any

from app.calls.form import Choice, Column, Condition, File, FormField, Number, Section, Table, Text, YesNo

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PDF = "application/pdf"
WRITTEN = r"\S"
"""Blanks alone are no answer."""


def schema_of(sections: Sequence[Section]) -> dict[str, Any]:
    """The form: an object of sections by key, each an object of answers by field, in the form's order."""
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {section.key: _section(section) for section in sections},
        "required": [section.key for section in sections],
        "additionalProperties": False,
    }


def _section(section: Section) -> dict[str, Any]:
    return {"title": section.title} | _fields(section.asks)


def _fields(fields: Sequence[FormField]) -> dict[str, Any]:
    """Fields under a condition are there only if it holds: shown, and required unless they are optional."""
    always = [one for one in fields if one.only_if is None]
    found = _object(always) | {"unevaluatedProperties": False}
    under = [_under(one.only_if, one) for one in fields if one.only_if is not None]
    return found | ({"allOf": under} if under else {})


def _object(fields: Sequence[FormField]) -> dict[str, Any]:
    required = [one.key for one in fields if one.required]
    named = {"type": "object", "properties": {one.key: _field(one) for one in fields}}
    return named | ({"required": required} if required else {})


def _under(condition: Condition, one: FormField) -> dict[str, Any]:
    holds = {"properties": {condition.field: {"const": condition.answer}}, "required": [condition.field]}
    return {"if": holds, "then": _object([one])}


def _field(one: FormField | Column) -> dict[str, Any]:
    titled = {"title": one.title}
    match one:
        case Text():
            written = {"pattern": WRITTEN} if one.required else {}
            return titled | {"type": "string", "maxLength": one.limit} | written
        case YesNo():
            return titled | {"type": "boolean"}
        case Choice():
            options = [{"const": option.code, "title": option.title} for option in one.options]
            return titled | {"type": "string", "oneOf": options}
        case Number():
            return titled | _number(one)
        case Table():
            rows = {"minItems": one.least, "maxItems": one.most} if one.required else {"maxItems": one.most}
            return titled | {"type": "array", "items": _fields(one.columns)} | rows
        case File():
            told = f"Attached as the document {one.document}; here its SHA-256 once it is handed in."
            kind = {"type": "string", "pattern": "^[0-9a-f]{64}$", "readOnly": True, "description": told}
            return titled | kind | {"contentMediaType": PDF, "x-document": one.document}


def _number(one: Number) -> dict[str, Any]:
    """A number with decimals is a string: JSON has no exact ones; its bounds are said in words."""
    bounds = {"minimum": one.least, "maximum": one.most}
    if not one.decimals:
        return {"type": "integer"} | {name: int(at) for name, at in bounds.items() if at is not None}
    told = [
        f"{'at least' if name == 'minimum' else 'at most'} {at}"
        for name, at in bounds.items()
        if at is not None
    ]
    described = {"description": f"{', '.join(told)}.".capitalize()} if told else {}
    return {"type": "string", "pattern": rf"^-?[0-9]{{1,15}}(\.[0-9]{{1,{one.decimals}}})?$"} | described

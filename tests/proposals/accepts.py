"""What a JSON Schema accepts, as far as a form's schema uses the language."""

import re
from typing import Any

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
READ = {
    "$schema", "title", "description", "readOnly", "contentMediaType", "x-document", "type", "properties",
    "required", "allOf", "if", "then", "const", "oneOf", "items", "minItems", "maxItems", "maxLength",
    "minimum", "maximum", "pattern", "additionalProperties", "unevaluatedProperties",
}  # fmt: skip


def accepts(schema: dict[str, Any], value: Any) -> bool:
    assert set(schema) <= READ, set(schema) - READ
    named = _named(schema, value)
    closed = False in (schema.get("additionalProperties"), schema.get("unevaluatedProperties"))
    return _holds(schema, value) and not (closed and set(value) - named)


def _holds(schema: dict[str, Any], value: Any) -> bool:
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool))):
        return False
    if "const" in schema and (value != schema["const"] or type(value) is not type(schema["const"])):
        return False
    if isinstance(value, str) and (
        len(value) > schema.get("maxLength", len(value)) or not re.search(schema.get("pattern", ""), value)
    ):
        return False
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return False
    if isinstance(value, list):
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not least <= len(value) <= most or not all(accepts(schema["items"], one) for one in value):
            return False
    if isinstance(value, dict):
        inside = schema.get("properties", {})
        if set(schema.get("required", ())) - set(value):
            return False
        if not all(accepts(inside[key], value[key]) for key in inside.keys() & value.keys()):
            return False
    if "oneOf" in schema and sum(accepts(one, value) for one in schema["oneOf"]) != 1:
        return False
    return all(_holds(one["then"], value) for one in schema.get("allOf", ()) if _holds(one["if"], value))


def _named(schema: dict[str, Any], value: Any) -> set[str]:
    """The properties that the schema says anything of, for this value."""
    found = set(schema.get("properties", ()))
    for one in schema.get("allOf", ()):
        found |= _named(one["then"], value) if _holds(one["if"], value) else set()
    return found

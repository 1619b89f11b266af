"""An example for any JSON schema of the document: plausible, and valid for the schema it is made from."""

from typing import Any

KEY = "3f1c9a52-7d0e-4b86-9a41-5c2e8f60d7b3"
FORMATS = {
    "uuid": KEY,
    "date-time": "2030-01-15T09:00:00Z",
    "date": "2030-01-15",
    "email": "ada@example.org",
    "password": "quartz umbrella seventeen lanterns",
}
WORDS = {
    "reference": "IMI2-2030-21-01",
    "deadline": "2030-03-28T17:00",
    "rule_set": "imi2",
    "language": "en",
    "country": "BE",
    "pic": "999999999",
    "acronym": "LANTERN",
    "number": "101000001",
    "name": "Ada Martin",
    "topic": "IMI2-2030-21-01",
    "title": "Early signs of heart failure",
}


def example(schema: dict[str, Any], document: dict[str, Any], name: str = "") -> Any:
    """A value for `schema`; `name` is the field it stands in, which chooses the words."""
    match schema:
        case {"$ref": str(path)}:
            return example(document["components"]["schemas"][path.rsplit("/", 1)[1]], document, name)
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"anyOf": [{"type": "number"} as number, {"type": "string"}, *_]}:
            return str(_number(number))
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
            return example(first, document, name)
        case {"type": "object"}:
            return _object(schema, document)
        case {"type": "array"}:
            least = max(1, schema.get("minItems", 1))
            return [example(schema["items"], document, name.removesuffix("s")) for _ in range(least)]
        case {"type": "boolean"}:
            return True
        case {"type": "integer"}:
            return int(_number(schema))
        case {"type": "number"}:
            return _number(schema)
        case {"type": "string"}:
            return _string(schema, name)
    return None


def _object(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What is required; everything when nothing is, as in an edit."""
    fields = schema.get("properties", {})
    wanted = schema.get("required") or list(fields)
    return {name: example(fields[name], document, name) for name in wanted}


def _number(schema: dict[str, Any]) -> float:
    least, most = schema.get("minimum"), schema.get("maximum", schema.get("exclusiveMaximum"))
    if least is None and "exclusiveMinimum" in schema:
        above = schema["exclusiveMinimum"]
        return float(above + 1) if most is None else (above + most) / 2
    return float(least or 1) if most is None or most >= 1 else float(least or most)


def _string(schema: dict[str, Any], name: str) -> str:
    if name in WORDS:
        return WORDS[name]
    if "format" in schema:
        return FORMATS[schema["format"]]
    words = name.replace("_", " ").capitalize() or "Text"
    return words.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]

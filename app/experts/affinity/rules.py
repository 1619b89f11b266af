"""What of an expert and of a proposal is compared, by which weights, and the digest that shows a change."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import rfc8785

LEVELS = {"familiar": 0.5, "experienced": 0.8, "leading": 1.0}
"""How much a keyword counts by how well the expert knows it."""
FIELD = "keywords"
"""The field of a form, whatever its section, in which a proposal says its own."""


@cache
def weights() -> dict[str, float]:
    """Of text, keywords, the nearest document and meaning, where a call's rules say none."""
    found: dict[str, float] = json.loads((files("app.experts.affinity") / "weights.json").read_text())
    return found


def keywords_of(expertise: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """An expert's terms with what each counts."""
    return {field["term"]: LEVELS.get(field["level"], LEVELS["experienced"]) for field in expertise}


def keywords_in(answers: Mapping[str, Any]) -> set[str]:
    """What a proposal names in a field for keywords, separated by commas, semicolons or lines."""
    said = [one.get(FIELD) for one in answers.values() if isinstance(one, Mapping)]
    words = [word.strip() for text in said if isinstance(text, str) for word in re.split(r"[,;\n]", text)]
    return {word for word in words if word}


def digest_of(*parts: Any) -> str:
    """The SHA-256 of plain values."""
    return hashlib.sha256(rfc8785.dumps(list(parts))).hexdigest()

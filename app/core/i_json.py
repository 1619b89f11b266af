"""Which JSON is read: I-JSON (RFC 7493), so that what one reader sees in a body every other sees too."""

import json
from collections.abc import Iterator
from typing import Any

from app.core.errors import Malformed
from app.core.reason import Reason

EXACT = 2**53 - 1
"""Whole numbers up to here mean the same to everybody; JSON has no type for others."""


class _Refused(Exception):
    pass


def check(body: bytes) -> None:
    """Refuse a name given twice, a number that is not exact or not finite, text that is no Unicode, NUL.

    Python reads all of these without a word, and the database then does not (a 500), or a proxy and we
    read different things. What is no JSON at all is left to the route. Raises Malformed.
    """
    try:
        whole = json.loads(
            body.decode(),
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_once,
        )
        if b"\\u" in body:
            _unicode(whole)
    except _Refused as fault:
        raise Malformed(reasons=[Reason("not-i-json", str(fault), "/body", "sender")]) from None
    except UnicodeDecodeError:
        raise Malformed(reasons=[Reason("not-i-json", "The body is not UTF-8.", "/body", "sender")]) from None
    except RecursionError:
        told = "The body is nested too deep."
        raise Malformed(reasons=[Reason("not-i-json", told, "/body", "sender")]) from None
    except ValueError:
        return


def _constant(name: str) -> Any:
    raise _Refused("NaN and Infinity are no JSON.")


def _float(given: str) -> float:
    if not abs(number := float(given)) <= EXACT:
        raise _Refused("A number is too large to be exact.")
    return number


def _int(given: str) -> int:
    if len(given) > 17 or abs(int(given)) > EXACT:
        raise _Refused("A number is too large to be exact.")
    return int(given)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused("A name stands twice in one object.")
    return found


def _unicode(whole: Any) -> None:
    for text in _texts(whole):
        if "\x00" in text:
            raise _Refused("A text holds a NUL character.")
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise _Refused("A text holds half of a surrogate pair.")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)

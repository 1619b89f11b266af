"""The code by which a certificate is verified."""

import base64
import re

ALPHABET = re.compile(r"[A-Z2-7]{26}", re.ASCII)
BYTES = 16


def code_of(chance: bytes) -> str:
    """A code that nobody guesses, of 16 random bytes: letters and digits that are not mistaken easily."""
    return base64.b32encode(chance).decode().rstrip("=")


def read(given: str) -> str | None:
    """The code that somebody typed, with or without spaces and hyphens; None if it can be none."""
    code = re.sub(r"[\s-]", "", given).upper()
    return code if ALPHABET.fullmatch(code) else None


def in_groups(code: str) -> str:
    """As it is printed."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))

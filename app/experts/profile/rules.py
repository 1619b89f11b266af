"""Identifiers of people and papers, their check digits; how long data are kept."""

import re

ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.ASCII)
DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.ASCII | re.IGNORECASE)
MESH = re.compile(r"D\d{6}(\d{3})?", re.ASCII)


def orcid(given: str) -> str:
    """The sixteen digits of an ORCID id, as digits or as its address. Raises ValueError.

    The last is a check digit (ISO 7064, MOD 11-2), `X` where it is ten.
    """
    found = ORCID.fullmatch(given.strip())
    if found is None:
        raise ValueError("An ORCID id is like 0000-0002-1825-0097.")
    digits, total = found[1].replace("-", ""), 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2 % 11
    if digits[-1] != "0123456789X"[(12 - total) % 11]:
        raise ValueError("The last digit of this ORCID id does not agree with the others.")
    return found[1]


def doi(given: str) -> str:
    """A DOI alone, in small letters, since case tells none apart. Raises ValueError."""
    found = DOI.fullmatch(given.strip())
    if found is None:
        raise ValueError("A DOI is like 10.1000/182.")
    return found[1].lower()

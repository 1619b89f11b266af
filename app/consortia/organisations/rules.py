"""Codes that hold themselves to a rule, and names as they are compared (pure)."""

import re
import unicodedata
from decimal import Decimal
from difflib import SequenceMatcher

PORTAL_CODES = {"EL": "GR", "UK": "GB"}
"""Two countries whose codes on the European portal differ from ISO 3166."""
MOST_TURNOVER = {
    "up_to_2m": Decimal(2_000_000),
    "up_to_10m": Decimal(10_000_000),
    "up_to_50m": Decimal(50_000_000),
    "up_to_500m": Decimal(500_000_000),
    "above_500m": Decimal("Infinity"),
}
"""What a year's turnover is at most in each band, in euro."""
PIC = re.compile(r"[0-9]{9}", re.ASCII)
ROR = re.compile(r"(?:https://ror\.org/|ror\.org/)?(0[a-hjkmnp-tv-z0-9]{6}[0-9]{2})", re.ASCII)
ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
VAT = re.compile(r"[A-Z0-9+*]{4,20}", re.ASCII)
WITHOUT_MARKS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
"""Letters that Unicode does not take apart into a plain one and its mark."""

FORMS = frozenset(
    "ab ag aisbl aps as asbl bv corp ev gmbh inc kg limited llc ltd nv oy plc sa sarl sas spa srl".split()
)
"""Legal forms, which do not tell two organisations apart when one looks for the same one twice."""
NEAR = 0.8
"""How alike two words are that differ by a slip of the pen: of 1."""


def country(code: str) -> str:
    """An ISO 3166 code. Raises ValueError for a code of the portal alone."""
    if code in PORTAL_CODES:
        raise ValueError(f"The ISO 3166 code of this country is {PORTAL_CODES[code]}.")
    return code


def pic(code: str) -> str:
    """A participant identification code (C-05). Raises ValueError."""
    if not PIC.fullmatch(code):
        raise ValueError("A participant identification code (PIC) has nine digits.")
    return code


def ror(given: str) -> str:
    """A ROR id as its address; its last two digits check the rest (ISO 7064, 97-10). Raises ValueError."""
    found = ROR.fullmatch(given.strip().lower())
    if found is None:
        raise ValueError("A ROR id looks like https://ror.org/05dxps055.")
    code = found.group(1)
    number = 0
    for sign in code[:7]:
        number = number * 32 + ROR_DIGITS.index(sign)
    if 98 - number * 100 % 97 != int(code[7:]):
        raise ValueError("The check digits of this ROR id are wrong; is there a slip of the pen in it?")
    return f"https://ror.org/{code}"


def vat(given: str) -> str:
    """A VAT number without what people put between its signs. Raises ValueError."""
    plain = re.sub(r"[ .\-/]", "", given).upper()
    if not VAT.fullmatch(plain):
        raise ValueError("A VAT number has 4 to 20 letters and digits, the country's own letters first.")
    return plain


def named(name: str) -> str:
    """A name that can be read. Raises ValueError."""
    if not folded(name):
        raise ValueError("A name has at least one letter or digit.")
    return name


def folded(name: str) -> str:
    """A name as it is compared: no capitals, no marks, one space between its words."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(WITHOUT_MARKS)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def pieces(name: str, *, unfinished: bool = False) -> list[str]:
    """The three-letter pieces of a folded name's words; the last word may be `unfinished`, as one types."""
    found: set[str] = set()
    for word in name.split():
        padded = f"  {word} "
        found.update(padded[at : at + 3] for at in range(len(padded) - 2))
    if unfinished and name:
        last = f"  {name.split()[-1]} "[-3:]
        found.discard(last)
    return sorted(found)


def same_name(one: str, other: str) -> bool:
    """Whether two folded names may well be of the same: one of them has no word that the other is without.

    What names of a kind have in common does not count: `universita di parma` is not `universita di pavia`.
    """
    ours, theirs = _telling(one), _telling(other)
    missing = [word for word in ours if word not in theirs]
    extra = [word for word in theirs if word not in ours]
    for word in list(missing):
        if near := next((e for e in extra if SequenceMatcher(None, word, e).ratio() >= NEAR), None):
            missing.remove(word)
            extra.remove(near)
    return bool(ours and theirs) and not (missing and extra)


def _telling(name: str) -> list[str]:
    """The words that tell a name from others: no legal form, no single letter."""
    return [word for word in name.split() if word not in FORMS and (len(word) > 1 or word.isdigit())]

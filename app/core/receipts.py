"""Receipts: a signed statement of what was handed in and when, which anybody can verify (JWS, ES256)."""

import json
import re
from functools import cache
from typing import Annotated, Any

import rfc8785
from jose import jwk, jws  # type: ignore[import-untyped]
from jose.exceptions import JOSEError  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.fault import Fault
from app.core.segments import beginning

ALGORITHM = "ES256"
# A type of its own: no receipt can pass for an access token, which is signed with the same key.
HEADER = {"alg": ALGORITHM, "typ": "receipt+jws"}
BEGINNING = beginning(HEADER)
LARGEST = 4096
LETTER = "[A-Za-z0-9_-]"
SIGNATURE = 86  # characters of a signature (ES256)
SHAPE = re.compile(rf"{re.escape(BEGINNING)}{LETTER}+\.{LETTER}{{{SIGNATURE}}}", re.ASCII)
SIGNED = re.compile(rf"{LETTER}+\.{LETTER}*\.{LETTER}+", re.ASCII)
# In a text the lines may be broken anywhere; where a receipt ends is known by the length of its signature.
BREAK = r"\s*"
IN_A_TEXT = re.compile(
    BREAK.join(map(re.escape, BEGINNING))
    + rf"{BREAK}(?:{LETTER}{BREAK})+\.{BREAK}(?:{LETTER}{BREAK}){{{SIGNATURE - 1}}}{LETTER}",
    re.ASCII,
)


class NotGenuine(Fault):
    """Why this is no receipt, or none of this key, in one sentence."""


class Facts(BaseModel):
    """What a receipt says: who issued it, of which proposal and version, its digest, when it had arrived."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    iss: str
    reference: str
    version: Annotated[int, Field(ge=1)]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    received_at: str


@cache
def _key(pem: str) -> Any:
    return jwk.construct(pem, ALGORITHM)


def sign(pem: str, facts: BaseModel, kind: str = HEADER["typ"]) -> str:
    """The facts in canonical JSON (RFC 8785), signed with a private key (PEM, P-256) as this kind."""
    header = {"typ": kind}
    return str(jws.sign(rfc8785.dumps(facts.model_dump()), _key(pem), headers=header, algorithm=ALGORITHM))


def signed(public_pem: str, text: str) -> bytes:
    """What was signed with the other half of this key (PEM). Raises NotGenuine."""
    try:
        return bytes(jws.verify(text, _key(public_pem), [ALGORITHM]))
    except JOSEError:
        raise NotGenuine("The signature is not of this key, or what it stands under was altered.") from None


def public_key(pem: str) -> str:
    """The public half of the key (PEM), with which receipts are verified."""
    return bytes(_key(pem).public_key().to_pem()).decode()


def issuer_of(receipt: str) -> str:
    """Whom a receipt of our own names as its issuer; nothing is verified."""
    return str(json.loads(jws.get_unverified_claims(receipt))["iss"])


def found_in(text: str) -> str:
    """The receipt in a text, such as the mail that brought it, without the breaks that copying puts in.

    The text itself if there is none in it.
    """
    found = IN_A_TEXT.search(text)
    return "".join((found.group() if found else text).split())


def read(public_pem: str, receipt: str) -> Facts:
    """What a receipt says, if it was signed with the other half of this key (PEM). Raises NotGenuine."""
    if len(receipt) > LARGEST or not SIGNED.fullmatch(receipt):
        raise NotGenuine("This is no receipt.")
    if not receipt.startswith(BEGINNING):
        raise NotGenuine("This is a token of another kind, and no receipt.")
    if not SHAPE.fullmatch(receipt):
        raise NotGenuine("This is no whole receipt.")
    said = signed(public_pem, receipt)
    try:
        return Facts.model_validate(json.loads(said))
    except (ValueError, ValidationError):
        raise NotGenuine("What is signed here is no receipt.") from None

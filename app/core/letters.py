"""Letters: a signed statement of what was written about a proposal, and when (JWS, ES256)."""

import json
from hashlib import sha256
from typing import Annotated

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core import receipts
from app.core.receipts import ALGORITHM, NotGenuine
from app.core.segments import beginning

KIND = "letter+jws"
# A type of its own: no letter can pass for a receipt or a token, which are signed with the same key.
BEGINNING = beginning({"alg": ALGORITHM, "typ": KIND})


class Facts(BaseModel):
    """What is signed of a letter: who wrote it, about which proposal, of which kind, its digest, when."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    iss: str
    reference: str
    kind: str
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    written_at: str


def digest_of(subject: str, text: str) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of subject and text."""
    return sha256(rfc8785.dumps({"subject": subject, "text": text})).hexdigest()


def sign(pem: str, facts: Facts) -> str:
    """The facts in canonical JSON (RFC 8785), signed with a private key (PEM, P-256)."""
    return receipts.sign(pem, facts, KIND)


def read(public_pem: str, signature: str) -> Facts:
    """What is signed here, if it was signed as a letter by this key (PEM). Raises NotGenuine."""
    if not signature.startswith(BEGINNING):
        raise NotGenuine("This is signed as something else than a letter.")
    said = receipts.signed(public_pem, signature)
    try:
        return Facts.model_validate(json.loads(said))
    except (ValueError, ValidationError):
        raise NotGenuine("What is signed here is no letter.") from None

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


class Signed(BaseModel):
    """A letter in its signed form, as it is handed over: what was written, and the signature of it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    subject: str
    text: str
    signature: str

    def as_file(self) -> bytes:
        """JSON that a person can read, too; what is signed does not depend on how it is spelt."""
        return json.dumps(self.model_dump(), ensure_ascii=False, indent=1).encode()


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


def verified(public_pem: str, given: str) -> tuple[Signed, Facts]:
    """A letter in its signed form (JSON), and what is signed of it: by this key (PEM), about this text.

    Raises NotGenuine.
    """
    try:
        letter = Signed.model_validate_json(given)
    except ValidationError:
        raise NotGenuine("This is no letter in its signed form.") from None
    facts = read(public_pem, letter.signature)
    if digest_of(letter.subject, letter.text) != facts.digest:
        raise NotGenuine("What is written here is not what was signed.")
    return letter, facts

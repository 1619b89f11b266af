"""Receipts: a signed statement of what was handed in and when, which anybody can verify (JWS, ES256)."""

from functools import cache
from typing import Any

import rfc8785
from jose import jwk, jws  # type: ignore[import-untyped]

# A type of its own: no receipt can pass for an access token, which is signed with the same key.
HEADER = {"typ": "receipt+jws"}
ALGORITHM = "ES256"


@cache
def _key(pem: str) -> Any:
    return jwk.construct(pem, ALGORITHM)


def sign(pem: str, facts: dict[str, str | int]) -> str:
    """The facts in canonical JSON (RFC 8785), signed with a private key (PEM, P-256)."""
    return str(jws.sign(rfc8785.dumps(facts), _key(pem), headers=HEADER, algorithm=ALGORITHM))


def public_key(pem: str) -> str:
    """The public half of the key (PEM), with which receipts are verified."""
    return bytes(_key(pem).public_key().to_pem()).decode()

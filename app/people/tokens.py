"""Access tokens: the one place that calls python-jose, with every measure that it lacks."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from jose import jwk, jwt  # type: ignore[import-untyped]

from app.core.clock import machine_now
from app.core.errors import Unauthenticated
from app.core.segments import beginning

ALGORITHMS = ["ES256"]
HEADER = {"alg": "ES256", "typ": "at+jwt"}
LARGEST = 4096
REQUIRED = ("iss", "aud", "sub", "sid", "jti", "iat", "exp")
OPTIONS = {f"require_{name}": True for name in REQUIRED if name != "sid"}
SHAPE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}", re.ASCII)
NOT_GOOD = "The access token is not good, or no longer; sign in again."


# Our own tokens all begin with these very bytes. Comparing them leaves no foreign header to be parsed: no
# other algorithm, type, key id, `crit`, and no nesting deep enough to bring the parser down.
BEGINNING = beginning(HEADER)


@dataclass(frozen=True)
class Bearer:
    """Whom a good token speaks for: an account, and the sign-in it came of."""

    account_id: UUID
    family_id: UUID


@dataclass(frozen=True)
class Tokens:
    """Issues and reads access tokens under one P-256 key (PEM). No role stands in a token."""

    pem: str = field(repr=False)
    issuer: str
    life: timedelta

    @cached_property
    def _private(self) -> Any:
        return jwk.construct(self.pem, ALGORITHMS[0])

    @cached_property
    def _public(self) -> Any:
        return self._private.public_key()

    @property
    def audience(self) -> str:
        return f"{self.issuer}/v1"

    def issue(self, bearer: Bearer) -> str:
        """A token that is good from now for `life`, by the machine's clock."""
        now = machine_now()
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(bearer.account_id),
            "sid": str(bearer.family_id),
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "exp": int((now + self.life).timestamp()),
        }
        return str(jwt.encode(claims, self._private, ALGORITHMS[0], headers=HEADER))

    def read(self, token: str) -> Bearer:
        """Whom the token speaks for. Raises Unauthenticated for every token that is not one of ours."""
        try:
            return self._read(token)
        except Exception:  # the parsers below raise many kinds; whatever they are, it is no good token
            raise Unauthenticated(NOT_GOOD) from None

    def _read(self, token: str) -> Bearer:
        if len(token) > LARGEST or not token.startswith(BEGINNING) or not SHAPE.fullmatch(token):
            raise ValueError
        claims = jwt.decode(
            token, self._public, ALGORITHMS, options=OPTIONS, issuer=self.issuer, audience=self.audience
        )
        if set(claims) != set(REQUIRED) or claims["aud"] != self.audience or claims["iss"] != self.issuer:
            raise ValueError
        now = int(machine_now().timestamp())
        if not (type(claims["iat"]) is type(claims["exp"]) is int and claims["iat"] <= now < claims["exp"]):
            raise ValueError
        return Bearer(UUID(claims["sub"]), UUID(claims["sid"]))

"""Forged access tokens: each is refused, whatever library is asked."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from app.people.tokens import Tokens

HEADER: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt"}
GONE: Any = object()
BOMB = b"[" * 3_000 + b"]" * 3_000


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def plain(value: Any) -> bytes:
    return (
        value
        if isinstance(value, bytes)
        else json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    )


@dataclass
class Forger:
    """Somebody who makes tokens by hand: with the real key, another, or none."""

    tokens: Tokens

    def __post_init__(self) -> None:
        key = load_pem_private_key(self.tokens.pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self.key = key
        self.other = ec.generate_private_key(ec.SECP256R1())

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        whole = {
            "iss": self.tokens.issuer,
            "aud": self.tokens.audience,
            "sub": str(uuid4()),
            "sid": str(uuid4()),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 600,
        } | changed
        return {name: value for name, value in whole.items() if value is not GONE}

    def signed(
        self, header: Any = HEADER, claims: Any = None, key: ec.EllipticCurvePrivateKey | None = None
    ) -> str:
        start = f"{b64(plain(header))}.{b64(plain(claims if claims is not None else self.claims()))}"
        der = (key or self.key).sign(start.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return f"{start}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def hmac(self, secret: bytes) -> str:
        start = f"{b64(plain(HEADER | {'alg': 'HS256'}))}.{b64(plain(self.claims()))}"
        return f"{start}.{b64(hmac.digest(secret, start.encode(), hashlib.sha256))}"

    def public(self, encoding: Encoding, form: PublicFormat) -> bytes:
        return self.key.public_key().public_bytes(encoding, form)

    def corpus(self) -> Iterator[tuple[str, str]]:
        """Every forged token with what is wrong with it."""
        yield from self._unsigned()
        yield from self._confused()
        yield from self._headers()
        yield from self._claims()
        yield from self._shapes()

    def _unsigned(self) -> Iterator[tuple[str, str]]:
        body = b64(plain(self.claims()))
        for name in ("none", "None", "nOnE"):
            yield f"alg {name}", f"{b64(plain(HEADER | {'alg': name}))}.{body}."
        yield "alg missing", f"{b64(plain({'typ': 'at+jwt'}))}.{body}.{b64(b'x' * 64)}"
        yield "no signature", f"{b64(plain(HEADER))}.{body}."
        yield "signature of zeros", f"{b64(plain(HEADER))}.{body}.{b64(bytes(64))}"
        start = f"{b64(plain(HEADER))}.{body}"
        yield "signature in DER", f"{start}.{b64(self.key.sign(start.encode(), ec.ECDSA(hashes.SHA256())))}"
        yield "another's key", self.signed(key=self.other)
        header, _, signature = self.signed().split(".")
        yield "another's claims", f"{header}.{body}.{signature}"

    def _confused(self) -> Iterator[tuple[str, str]]:
        info, point = PublicFormat.SubjectPublicKeyInfo, PublicFormat.UncompressedPoint
        yield "HS256 with the public key in PEM", self.hmac(self.public(Encoding.PEM, info))
        yield "HS256 with the public key in DER", self.hmac(self.public(Encoding.DER, info))
        yield (
            "HS256 with the public key as SSH has it",
            self.hmac(self.public(Encoding.OpenSSH, PublicFormat.OpenSSH)),
        )
        yield "HS256 with the public point", self.hmac(self.public(Encoding.X962, point))
        yield "HS256 with an empty key", self.hmac(b"")
        for name in ("ES384", "ES512", "RS256", "PS256", "EdDSA", "HS512", "dir", 1, None, ["ES256"]):
            yield f"alg {name!r} over an ES256 signature", self.signed(HEADER | {"alg": name})

    def _headers(self) -> Iterator[tuple[str, str]]:
        x = self.other.public_key().public_numbers()
        jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64(x.x.to_bytes(32, "big")),
            "y": b64(x.y.to_bytes(32, "big")),
        }
        yield "its own key in the header", self.signed(HEADER | {"jwk": jwk}, key=self.other)
        yield (
            "its own key by address",
            self.signed(HEADER | {"jku": "https://evil.example/k"}, key=self.other),
        )
        yield "its own certificate", self.signed(HEADER | {"x5c": ["MIIB"]}, key=self.other)
        yield "a key id that climbs", self.signed(HEADER | {"kid": "../../../dev/null"}, key=self.other)
        yield "a key id that injects", self.signed(HEADER | {"kid": "' OR 1=1 --"}, key=self.other)
        yield "typ JWT", self.signed(HEADER | {"typ": "JWT"})
        yield "typ missing", self.signed({"alg": "ES256"})
        yield "typ of a refresh token", self.signed(HEADER | {"typ": "rt+jwt"})
        yield "crit unknown", self.signed(HEADER | {"crit": ["exp"], "exp": 1})
        yield "crit empty", self.signed(HEADER | {"crit": []})
        yield "payload not encoded", self.signed(HEADER | {"b64": False, "crit": ["b64"]})
        yield "alg twice", self.signed(b'{"alg":"none","alg":"ES256","typ":"JWT"}')
        yield "header nested deep", self.signed(b'{"alg":"ES256","typ":"at+jwt","x":' + BOMB + b"}")
        yield "header not JSON", self.signed(b"alg=ES256")
        yield "header a list", self.signed(b'["ES256"]')

    def _claims(self) -> Iterator[tuple[str, str]]:
        for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp"):
            yield f"no {name}", self.signed(claims=self.claims(**{name: GONE}))
        yield "another issuer", self.signed(claims=self.claims(iss="http://evil.example"))
        yield "another audience", self.signed(claims=self.claims(aud="http://evil.example/v1"))
        yield "no audience in the list", self.signed(claims=self.claims(aud=[]))
        yield "expired", self.signed(claims=self.claims(iat=1, exp=2))
        yield "expires as text", self.signed(claims=self.claims(exp="never"))
        yield (
            "expires never",
            self.signed(claims=plain(self.claims(exp=0)).replace(b'"exp":0', b'"exp":1e400')),
        )
        yield "expires as NaN", self.signed(claims=self.claims(exp=float("nan")))
        yield "issued tomorrow", self.signed(claims=self.claims(iat=int(time.time()) + 86_400))
        yield "not valid before tomorrow", self.signed(claims=self.claims(nbf=int(time.time()) + 86_400))
        yield "subject a number", self.signed(claims=self.claims(sub=1))
        yield "subject no id", self.signed(claims=self.claims(sub="admin"))
        yield "sign-in no id", self.signed(claims=self.claims(sid="x"))
        yield "claims a list", self.signed(claims=b"[]")
        yield "claims nested deep", self.signed(claims=b'{"x":' + b"[" * 1_200 + b"]" * 1_200 + b"}")
        yield "claims not text", self.signed(claims=b"\xff\xfe")

    def _shapes(self) -> Iterator[tuple[str, str]]:
        good = self.signed()
        yield "two parts", good.rsplit(".", 1)[0]
        yield "four parts", f"{good}.x"
        yield "five parts", f"{good}.x.y"
        yield "only points", ".."
        yield "no token at all", "x"
        yield "not of its letters", good.replace(".", ".é", 1)
        yield "padded", good.replace(".", "=.", 1)
        yield "in the other alphabet", good[:-1] + "+"
        yield "a megabyte", self.signed(claims=self.claims(x="x" * 1_000_000))
        yield "just too large", self.signed(claims=self.claims(x="x" * 4_000))

"""Access tokens: the forged corpus, with another library's opinion on each."""

from datetime import timedelta
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from app.core.errors import Unauthenticated
from app.core.keys import new_p256
from app.people.desk import desk
from app.people.tokens import LARGEST, Bearer, Tokens
from tests.conftest import World
from tests.people.forgery import Forger

TOKENS = Tokens(new_p256(), "http://test", timedelta(minutes=15))
FORGER = Forger(TOKENS)
CORPUS = dict(FORGER.corpus())


def accepted(token: str) -> bool:
    try:
        TOKENS.read(token)
    except Unauthenticated:
        return False
    return True


def accepted_by_oracle(token: str) -> bool:
    """What joserfc says, told the same claims; size, type and the ids' form are our own rules."""
    given: jwt.ClaimsOption = {"essential": True, "allow_blank": False}
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": TOKENS.issuer},
        aud={"essential": True, "value": TOKENS.audience},
        sub=given,
        sid=given,
        jti=given,
        iat=given,
        exp=given,
    )
    try:
        read = jwt.decode(token, ECKey.import_key(TOKENS.pem), algorithms=["ES256"])
        registry.validate(read.claims)
        ids_are_text = all(len(str(read.claims[name])) == 36 for name in ("sub", "sid", "jti"))
        return (
            ids_are_text
            and read.header["typ"] == "at+jwt"
            and "crit" not in read.header
            and len(token) <= LARGEST
        )
    except Exception:
        return False


def test_our_own_token_is_read_by_us_and_by_the_oracle() -> None:
    bearer = Bearer(uuid4(), uuid4())
    token = TOKENS.issue(bearer)
    assert TOKENS.read(token) == bearer
    assert accepted_by_oracle(token)
    assert accepted(FORGER.signed())


def test_a_token_tells_no_role() -> None:
    claims = jwt.decode(
        TOKENS.issue(Bearer(uuid4(), uuid4())), ECKey.import_key(TOKENS.pem), ["ES256"]
    ).claims
    assert set(claims) == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("fault", CORPUS)
def test_a_forged_token_is_refused_by_both(fault: str) -> None:
    assert (accepted(CORPUS[fault]), accepted_by_oracle(CORPUS[fault])) == (False, False)


def test_we_are_stricter_than_the_oracle() -> None:
    """A foreign header, further claims and a list of audiences are valid elsewhere; we never issue them."""
    strange = [
        FORGER.signed({"alg": "ES256", "typ": "at+jwt", "kid": "1"}),
        FORGER.signed(b'{"typ":"at+jwt","alg":"ES256"}'),
        FORGER.signed(claims=FORGER.claims(roles=["admin"])),
        FORGER.signed(claims=FORGER.claims(aud=[TOKENS.audience, "http://evil.example"])),
    ]
    assert [accepted_by_oracle(token) for token in strange] == [True] * 4
    assert [accepted(token) for token in strange] == [False] * 4


@pytest.mark.anyio
async def test_a_forged_token_is_401_on_the_wire(world: World) -> None:
    forger = Forger(desk().tokens)
    found = {}
    async with world.client() as client:
        for fault, token in forger.corpus():
            headers = {b"Authorization": b"Bearer " + token.encode()}
            found[fault] = (await client.get("/v1/me", headers=headers)).status_code
        unknown = desk().tokens.issue(Bearer(uuid4(), uuid4()))
        found["of nobody"] = (
            await client.get("/v1/me", headers={"Authorization": f"Bearer {unknown}"})
        ).status_code
    assert found == dict.fromkeys(found, 401)

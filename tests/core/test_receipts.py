"""Receipts: who reads one reads what was signed, or one sentence on why it is none."""

import base64
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jws  # type: ignore[import-untyped]

from app.cli import main
from app.core import receipts
from app.core.keys import new_p256
from app.people.tokens import Bearer, Tokens

KEY, OTHER = new_p256(), new_p256()
PUBLIC = receipts.public_key(KEY)
FACTS = receipts.Facts(
    iss="http://test",
    reference="IMI2-2020-21-01-004711",
    version=3,
    digest="ab" * 32,
    received_at="2020-03-31T14:59:59.999999+00:00",
)
RECEIPT = receipts.sign(KEY, FACTS)
ALTERED = "The signature is not of this key, or what it stands under was altered."
NONE = "This is no receipt."


def forged(**changes: object) -> str:
    """The receipt with other facts under the same signature."""
    head, _, signature = RECEIPT.split(".")
    said = base64.urlsafe_b64encode(json.dumps(FACTS.model_dump() | changes).encode()).decode().rstrip("=")
    return f"{head}.{said}.{signature}"


def signed(payload: bytes, typ: str = "receipt+jws", alg: str = "ES256", key: str = KEY) -> str:
    return str(jws.sign(payload, key, headers={"typ": typ}, algorithm=alg))


def test_a_receipt_says_what_was_signed() -> None:
    assert receipts.read(PUBLIC, RECEIPT) == FACTS


@pytest.mark.parametrize(
    ("receipt", "why"),
    [
        (forged(version=4), ALTERED),
        (forged(received_at="2020-03-31T14:59:58.000000+00:00"), ALTERED),
        (forged(), ALTERED),  # the same facts, otherwise spelt: what is signed is bytes
        (RECEIPT[:-8] + "AAAAAAAA", ALTERED),
        (receipts.sign(OTHER, FACTS), ALTERED),
        (signed(b"{}"), "What is signed here is no receipt."),
        (signed(json.dumps(FACTS.model_dump() | {"more": 1}).encode()), "What is signed here is no receipt."),
        (
            signed(json.dumps(FACTS.model_dump() | {"version": "3"}).encode()),
            "What is signed here is no receipt.",
        ),
        (signed(b"\xff"), "What is signed here is no receipt."),
        (signed(json.dumps(FACTS.model_dump()).encode(), typ="at+jwt"), NONE),
        (signed(json.dumps(FACTS.model_dump()).encode(), alg="HS256", key="secret"), NONE),
        (RECEIPT.partition(".")[0] + "..", NONE),
        (f"{RECEIPT}\n", NONE),
        (RECEIPT + "A" * receipts.LARGEST, NONE),
        ("", NONE),
    ],
)
def test_what_is_none_is_told_apart_in_a_sentence(receipt: str, why: str) -> None:
    with pytest.raises(receipts.NotGenuine) as told:
        receipts.read(PUBLIC, receipt)
    assert str(told.value) == why


def test_an_access_token_of_the_same_key_is_no_receipt() -> None:
    token = Tokens(KEY, "http://test", timedelta(minutes=5)).issue(Bearer(uuid4(), uuid4()))
    with pytest.raises(receipts.NotGenuine, match=NONE):
        receipts.read(PUBLIC, token)


@given(st.integers(0, len(RECEIPT) - 1), st.sampled_from("AZaz09-_."))
def test_with_any_other_character_it_says_the_same_or_is_none(place: int, letter: str) -> None:
    """The last bits of a segment may be spelt in several ways; what it says never changes."""
    with suppress(receipts.NotGenuine):
        assert receipts.read(PUBLIC, RECEIPT[:place] + letter + RECEIPT[place + 1 :]) == FACTS


@given(st.text(max_size=300))
def test_no_text_brings_it_down(text: str) -> None:
    with pytest.raises(receipts.NotGenuine):
        receipts.read(PUBLIC, receipts.found_in(text))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    (tmp_path / "key.pem").write_text(PUBLIC)
    return tmp_path / "key.pem"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    """What the command exits with: nothing, or the sentence that goes with code 1."""
    monkeypatch.setattr("sys.argv", ["imi", "receipt", "verify", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_the_command_reads_the_mail_it_came_in(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mail.txt").write_text(f"Your proposal has been received.\n\n{RECEIPT}\n\nKeep it.\n")
    assert run(monkeypatch, str(tmp_path / "mail.txt"), "--key", str(key)) in (0, None)
    told = capsys.readouterr().out
    for fact in FACTS.model_dump().values():
        assert str(fact) in told


@pytest.mark.parametrize(
    ("text", "pem", "told"),
    [
        (forged(version=4), PUBLIC, ALTERED),
        (RECEIPT, receipts.public_key(OTHER), ALTERED),
        (RECEIPT, "no key", "The key cannot be read as an elliptic-curve key in PEM form."),
        ("A mail without any.", PUBLIC, NONE),
        (None, PUBLIC, "receipt.txt cannot be read."),
    ],
)
def test_the_command_says_why_not_and_ends_with_code_1(
    text: str | None, pem: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        (tmp_path / "receipt.txt").write_text(text)
    (tmp_path / "key.pem").write_text(pem)
    said = run(monkeypatch, str(tmp_path / "receipt.txt"), "--key", str(tmp_path / "key.pem"))
    assert str(said).endswith(told)

"""Letters in their signed form: whoever holds one can show that it was written so, or is told why not."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.core import letters, receipts
from app.core.keys import new_p256
from tests.core.test_receipts import publishing

KEY, OTHER = new_p256(), new_p256()
PUBLIC = receipts.public_key(KEY)
SUBJECT, TEXT = "Proposal P-1: the outcome", "To the coordinator\n\nÉté “selected”.\u007f\n"
FACTS = letters.Facts(
    iss="http://test",
    reference="P-1",
    kind="outcome",
    digest=letters.digest_of(SUBJECT, TEXT),
    written_at="2021-03-01T12:00:00.000000+00:00",
)
SIGNATURE = letters.sign(KEY, FACTS)
LETTER = letters.Signed(subject=SUBJECT, text=TEXT, signature=SIGNATURE)
NONE = "This is no letter in its signed form."
ALTERED = "The signature is not of this key, or what it stands under was altered."
OTHER_TEXT = "What is written here is not what was signed."
RECEIPT = receipts.sign(
    KEY, receipts.Facts(iss="i", reference="P-1", version=1, digest="0" * 64, received_at="t")
)


def with_(**changes: Any) -> str:
    return json.dumps(LETTER.model_dump() | changes)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    """What the command exits with: nothing, or the sentence that goes with code 1."""
    monkeypatch.setattr("sys.argv", ["imi", "audit", "letter", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_a_letter_is_what_was_signed() -> None:
    assert letters.verified(PUBLIC, LETTER.as_file().decode()) == (LETTER, FACTS)


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        (with_(text=TEXT + " "), OTHER_TEXT),
        (with_(subject="Proposal P-2: the outcome"), OTHER_TEXT),
        (with_(subject=TEXT, text=SUBJECT), OTHER_TEXT),
        (with_(signature=letters.sign(OTHER, FACTS)), ALTERED),
        (with_(signature=SIGNATURE[:-8] + "AAAAAAAA"), ALTERED),
        (with_(signature=letters.BEGINNING), ALTERED),
        (with_(signature=RECEIPT), "This is signed as something else than a letter."),
        (with_(signature=""), "This is signed as something else than a letter."),
        (with_(signature=None), NONE),
        (with_(kind="outcome"), NONE),
        (json.dumps({"subject": SUBJECT, "text": TEXT}), NONE),
        (SIGNATURE, NONE),
        (TEXT, NONE),
        ("[]", NONE),
        ("", NONE),
    ],
)
def test_what_is_none_is_told_apart_in_a_sentence(given_: str, why: str) -> None:
    with pytest.raises(receipts.NotGenuine) as told:
        letters.verified(PUBLIC, given_)
    assert str(told.value) == why


@given(st.text(max_size=40), st.text(max_size=40))
def test_of_another_text_the_signature_is_none(subject: str, text: str) -> None:
    with suppress(receipts.NotGenuine, UnicodeEncodeError):
        found, _ = letters.verified(PUBLIC, with_(subject=subject, text=text))
        assert (found.subject, found.text) == (SUBJECT, TEXT)


@given(st.text(max_size=300))
def test_no_text_brings_it_down(text: str) -> None:
    for given_ in (text, with_(signature=text), with_(signature=letters.BEGINNING + text)):
        with pytest.raises(receipts.NotGenuine):
            letters.verified(PUBLIC, given_)


def test_the_command_says_so_by_a_key_alone_and_shows_what_was_signed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = tmp_path / "key.pem"
    key.write_text(PUBLIC)
    file = tmp_path / "letter.json"
    file.write_bytes(LETTER.as_file())
    assert run(monkeypatch, str(file), "--key", str(key)) in (None, 0)
    said = capsys.readouterr().out
    assert said.startswith("Genuine: http://test wrote this letter (outcome) about P-1 at 2021-03-01T12:00")
    assert f"{SUBJECT}\n\n{TEXT}" in said
    file.write_text(with_(text="Another."))
    assert run(monkeypatch, str(file), "--key", str(key)) == OTHER_TEXT
    file.write_bytes(LETTER.as_file())
    key.write_text(receipts.public_key(OTHER))
    assert run(monkeypatch, str(file), "--key", str(key)) == ALTERED


def test_the_command_takes_the_key_of_an_address_that_is_trusted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "letter.json"
    file.write_bytes(LETTER.as_file())
    with publishing(PUBLIC) as (address, asked):
        assert run(monkeypatch, str(file), "--server", address) in (None, 0)
    assert asked == ["/v1/public/receipts/key"]
    assert "Genuine" in capsys.readouterr().out
    missing = run(monkeypatch, str(tmp_path / "none"), "--server", "http://127.0.0.1:1")
    assert missing == "http://127.0.0.1:1 gives no key."

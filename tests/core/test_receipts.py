"""Receipts: who reads one reads what was signed, or one sentence on why it is none."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pikepdf
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
ANOTHER_KIND = "This is a token of another kind, and no receipt."


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
        (signed(json.dumps(FACTS.model_dump()).encode(), typ="at+jwt"), ANOTHER_KIND),
        (signed(json.dumps(FACTS.model_dump()).encode(), alg="HS256", key="secret"), ANOTHER_KIND),
        (RECEIPT.partition(".")[0] + "..", NONE),
        (f"{RECEIPT}\n", NONE),
        (RECEIPT[:-1], "This is no whole receipt."),
        (RECEIPT + "A", "This is no whole receipt."),
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
    with pytest.raises(receipts.NotGenuine, match=ANOTHER_KIND):
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


@given(st.lists(st.integers(1, len(RECEIPT) - 1), max_size=9), st.sampled_from(["\n", "\r\n", " \n  "]))
def test_it_is_found_in_a_text_however_its_lines_are_broken(places: list[int], line_break: str) -> None:
    parts = [RECEIPT[a:b] for a, b in pairwise([0, *sorted(set(places)), len(RECEIPT)])]
    text = f"The signed text:\n\n{line_break.join(parts)}\n\nKeep it. Its.end.is known.\n"
    assert receipts.found_in(text) == RECEIPT


def with_attached(**attached: str) -> bytes:
    """A PDF with files attached to it."""
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    for name, text in attached.items():
        made.attachments[f"{name}.jws"] = pikepdf.AttachedFileSpec(made, text.encode())
    made.save(out)
    return out.getvalue()


@contextmanager
def publishing(pem: str) -> Iterator[tuple[str, list[str]]]:
    """A server that publishes a key; its address, and what it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's own word
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(pem.encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


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
    assert told == (
        "Genuine: http://test received IMI2-2020-21-01-004711, version 3, "
        "at 2020-03-31T14:59:59.999999+00:00, "
        f"and the digest of its manifest (SHA-256) is {FACTS.digest}.\n"
    )


def test_the_command_reads_standard_input_and_the_pdf(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for sent in (RECEIPT.encode(), with_attached(other="x", receipt=RECEIPT)):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(sent)))
        assert run(monkeypatch, "-", "--key", str(key)) in (0, None)
        assert capsys.readouterr().out.startswith("Genuine: http://test received IMI2-2020-21-01-004711,")
    for none in (with_attached(), with_attached(other=RECEIPT), b"%PDF-1.7 and no more"):
        (tmp_path / "receipt.pdf").write_bytes(none)
        said = run(monkeypatch, str(tmp_path / "receipt.pdf"), "--key", str(key))
        assert said == "To this PDF no receipt is attached."


def test_the_key_comes_from_a_server_that_is_named_and_never_from_the_one_in_the_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "receipt.txt").write_text(RECEIPT)
    with publishing(PUBLIC) as (address, asked):
        assert run(monkeypatch, str(tmp_path / "receipt.txt"), "--server", f"{address}/") in (0, None)
    assert capsys.readouterr().out.startswith("Genuine: ")
    assert asked == ["/v1/public/receipts/key"]
    for nowhere in (address, "no address", "ftp://host"):
        said = run(monkeypatch, str(tmp_path / "receipt.txt"), "--server", nowhere)
        assert said == f"{nowhere} gives no key."
    both = run(monkeypatch, str(tmp_path / "receipt.txt"), "--server", address, "--key", "key.pem")
    assert both == "Give the public key by --key or by --server, not by both."


def test_no_key_is_made_up_to_verify_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "receipt.txt").write_text(RECEIPT)
    monkeypatch.setenv("IMI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("IMI_SIGNING_KEY", raising=False)
    told = "This installation has no key; give the public one by --key FILE or --server ADDRESS."
    assert run(monkeypatch, str(tmp_path / "receipt.txt")) == told
    assert not (tmp_path / "data").exists()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "signing-key.pem").write_text(KEY)
    assert run(monkeypatch, str(tmp_path / "receipt.txt")) in (0, None)


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

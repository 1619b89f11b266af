"""`imi receipt verify`: whether a receipt is genuine, without asking who issued it."""

import sys
from io import BytesIO
from pathlib import Path

import httpx2
import pikepdf

from app.core import receipts
from app.core.fault import Fault
from app.core.settings import load_settings

KEY = "/v1/public/receipts/key"
PATIENCE = 10  # seconds
ATTACHED = "receipt.jws"


def verify(source: str, key: Path | None, server: str | None) -> str:
    """One sentence on the receipt in this file (a text, a mail or the PDF), or of standard input for `-`.

    `key` is a file with the public key (PEM), `server` an address that publishes it: never one that the
    receipt itself names. Without either it is the key of this installation. Raises Fault, and NotGenuine for
    what is not.
    """
    public = trusted_key(key, server)
    given = _text_in(handed_in(source), source)
    facts = receipts.read(public, receipts.found_in(given))
    return (
        f"Genuine: {facts.iss} received {facts.reference}, version {facts.version}, at {facts.received_at}, "
        f"and the digest of its manifest (SHA-256) is {facts.digest}."
    )


def trusted_key(key: Path | None, server: str | None) -> str:
    """The public key (PEM): of a file, of an address that publishes it, or our own. Raises Fault."""
    if key is not None and server is not None:
        raise Fault("Give the public key by --key or by --server, not by both.")
    return _checked(_fetched(server) if server is not None else _own() if key is None else _text(key))


def handed_in(source: str) -> bytes:
    """What is in this file, or on standard input for `-`. Raises Fault."""
    return sys.stdin.buffer.read() if source == "-" else _bytes(Path(source))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Fault(f"{path} cannot be read.") from None


def _text(path: Path) -> str:
    return decoded(_bytes(path), str(path))


def decoded(given: bytes, name: str) -> str:
    try:
        return given.decode()
    except UnicodeDecodeError:
        raise Fault(f"{name} cannot be read.") from None


def _text_in(given: bytes, name: str) -> str:
    """What is written there; of a PDF, what is attached to it."""
    if not given.startswith(b"%PDF-"):
        return decoded(given, name)
    try:
        with pikepdf.open(BytesIO(given)) as pdf:
            return pdf.attachments[ATTACHED].get_file().read_bytes().decode()
    except Exception:  # a file that is none raises many kinds
        raise receipts.NotGenuine("To this PDF no receipt is attached.") from None


def _own() -> str:
    settings = load_settings()
    if not settings.has_key:  # none is made up to verify with
        raise Fault("This installation has no key; give the public one by --key FILE or --server ADDRESS.")
    return receipts.public_key(settings.key)


def _fetched(server: str) -> str:
    try:
        answer = httpx2.get(server.rstrip("/") + KEY, timeout=PATIENCE)
        return answer.raise_for_status().text
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise Fault(f"{server} gives no key.") from None


def _checked(pem: str) -> str:
    try:
        return receipts.public_key(pem)
    except Exception:  # the parser raises many kinds, some of which quote the input
        raise Fault("The key cannot be read as an elliptic-curve key in PEM form.") from None

"""`imi receipt verify`: whether a receipt is genuine, without any server."""

import sys
from pathlib import Path

from app.core import receipts
from app.core.fault import Fault
from app.core.settings import load_settings


def verify(source: str, key: Path | None) -> str:
    """One sentence on the receipt in this file, or of standard input for `-`.

    `key` is a file with the public key (PEM); left out, it is that of this installation. Raises Fault, and
    NotGenuine for what is not.
    """
    text = sys.stdin.read() if source == "-" else _text(Path(source))
    public = receipts.public_key(load_settings().key) if key is None else _text(key)
    facts = receipts.read(_checked(public), receipts.found_in(text))
    return (
        f"Genuine: {facts.iss} received {facts.reference}, version {facts.version}, at {facts.received_at}. "
        f"The digest of its manifest (SHA-256) is {facts.digest}."
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Fault(f"{path} cannot be read.") from None


def _checked(pem: str) -> str:
    try:
        return receipts.public_key(pem)
    except Exception:  # the parser raises many kinds, some of which quote the input
        raise Fault("The key cannot be read as an elliptic-curve key in PEM form.") from None

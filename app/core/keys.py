"""The signing key: an elliptic-curve private key on P-256, given or generated once and kept."""

import os
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class KeyFault(Exception):
    """The key cannot be used; the text says why in a plain sentence, never what it is."""


def check_p256(pem: str) -> None:
    """Raises KeyFault unless `pem` is an unencrypted private key on the curve P-256."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except Exception:  # the parser raises many kinds, some of which quote the input
        raise KeyFault("cannot be read as an unencrypted private key in PEM form.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyFault("is not an elliptic-curve key on P-256.")


def new_p256() -> str:
    """A fresh private key in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def kept_p256(path: Path) -> str:
    """The key kept in `path`, generated at the first call; readable by its owner alone."""
    if not path.exists():
        _write_once(path, new_p256())
    try:
        pem = path.read_text()
        check_p256(pem)
    except (OSError, KeyFault):
        raise KeyFault(f"The key in {path} cannot be used; delete it to have a new one.") from None
    return pem


def _write_once(path: Path, text: str) -> None:
    # Written apart and linked: of two processes starting at once, both read the same whole key.
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

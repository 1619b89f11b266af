"""`imi audit letter`: whether a letter is genuine, without asking who wrote it."""

from pathlib import Path

from app.core import letters
from app.core.receipt_cli import decoded, handed_in, trusted_key


def verify(source: str, key: Path | None, server: str | None) -> str:
    """One sentence on the letter in this file, in its signed form, or of standard input for `-`; then what
    was signed, since a program may show another part of a file.

    `key` is a file with the public key (PEM), `server` an address that publishes it: never one that the
    letter itself names. Without either it is the key of this installation. Raises Fault, and NotGenuine for
    what is not.
    """
    public = trusted_key(key, server)
    letter, facts = letters.verified(public, decoded(handed_in(source), source))
    return (
        f"Genuine: {facts.iss} wrote this letter ({facts.kind}) about {facts.reference} at "
        f"{facts.written_at}, and its digest (SHA-256) is {facts.digest}.\n\n"
        f"{letter.subject}\n\n{letter.text}"
    )

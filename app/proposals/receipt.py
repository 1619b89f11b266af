"""The receipt of a sealed version as a PDF: for people; what is verified is the signed text in it."""

from datetime import UTC
from importlib.resources import files
from typing import Any

from app.calls.rules import in_words
from app.core.receipts import issuer_of
from app.core.typeset import typeset
from app.proposals.models import SealedVersion

LINE = 80  # characters of the signed text


def _template() -> bytes:
    return (files("app.proposals") / "receipt.typ").read_bytes()


async def receipt_pdf(version: SealedVersion) -> bytes:
    """The same bytes whenever it is asked for: all of it comes from what was sealed."""
    return await typeset(_template(), _facts(version), version.received_at)


def _facts(version: SealedVersion) -> dict[str, Any]:
    manifest = version.manifest
    return {
        "heading": f"Receipt for {manifest['reference']}, version {version.number}",
        "issuer": issuer_of(version.receipt),
        "rows": [
            ("Reference", manifest["reference"]),
            ("Acronym", manifest["acronym"]),
            ("Version", str(version.number)),
            ("Received, Brussels time", in_words(version.received_at)),
            ("Received, UTC", version.received_at.astimezone(UTC).isoformat(timespec="microseconds")),
        ],
        "digest": version.digest,
        "documents": [
            (d["key"], "" if d["pages"] is None else str(d["pages"]), str(d["size"]), d["digest"])
            for d in manifest["documents"]
        ],
        "sections": [(s["key"], str(s["characters"]), s["digest"]) for s in manifest["sections"]],
        "signed": [version.receipt[at : at + LINE] for at in range(0, len(version.receipt), LINE)],
    }

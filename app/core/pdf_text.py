"""Reads the text of one PDF page by page, in a process of its own that may use little."""

import logging
import os
import unicodedata
from typing import Any, BinaryIO

from pypdf import PdfReader, overwrite_configuration

MOST = 400_000  # characters that are kept: of a hundred dense pages, more than any form takes
BETWEEN = "\f"  # pages, as whoever asks knows
WIDEST = 4  # bytes of a character
# In files an optional hyphen and one that is written are often one sign.
PLAIN = str.maketrans({"\0": " ", BETWEEN: " ", "\xad": "-", "\u2010": "-", "\u2011": "-"})

# Its complaints of a file are for nobody, and no other program is to be started for one.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
overwrite_configuration(jbig2dec_binary=None)


def text_of(page: Any) -> str:
    """What a page says, in plain signs; nothing if that cannot be told."""
    try:
        found = page.extract_text()
    except Exception:  # whatever is wrong with a page of others, the next may be read
        return ""
    plain = unicodedata.normalize("NFKC", found).translate(PLAIN)
    return plain.encode("utf-8", "replace").decode().strip()


def read(source: BinaryIO, text: int) -> dict[str, Any]:
    """Write to the descriptor `text` what the file says, or say why it is refused.

    A page without text stays as an empty one, and so does each that would be beyond what is kept.
    """
    os.ftruncate(text, 0)
    pages, left = [], MOST
    for page in PdfReader(source).pages:
        found = text_of(page) if left > 0 else ""
        left -= len(found)
        pages.append(found if left >= 0 else "")
    if not any(pages):
        return {"refused": "No text can be read."}
    with open(text, "wb", closefd=False) as out:
        out.write(BETWEEN.join(pages).encode())
    return {"pages": len(pages)}

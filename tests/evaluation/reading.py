"""What a PDF of ours says, read back: its words by the maps of its fonts, the kinds of its tags."""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def words_of(content: bytes) -> str:
    """All that stands on its pages, without spaces and breaks: where a line ends is the page's affair."""
    with pikepdf.open(BytesIO(content)) as file:
        return "".join("".join(_shown(page)) for page in file.pages).replace(" ", "")


def _shown(page: Any) -> Iterator[str]:
    fonts = {name: _map(font) for name, font in page.Resources.Font.items()}
    known: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            known = fonts[str(operands[0])]
        if str(operator) in ("Tj", "TJ"):
            pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
            for piece in pieces:
                if isinstance(piece, pikepdf.String):
                    raw = bytes(piece)
                    codes = (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
                    yield "".join(known.get(code, "") for code in codes)


def _map(font: Any) -> dict[int, str]:
    """From the codes of a font to text."""
    found, table = {}, font.ToUnicode.read_bytes()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        found |= {int(code, 16): _text(text) for code, text in CHAR.findall(block)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in RANGE.findall(block):
            begin = int(text, 16)
            found |= {int(first, 16) + n: chr(begin + n) for n in range(int(last, 16) - int(first, 16) + 1)}
    return found


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def tags_of(content: bytes) -> Counter[str]:
    """How often each kind of tag stands in it."""
    found: Counter[str] = Counter()

    def walk(here: Any) -> None:
        if isinstance(here, pikepdf.Array):
            for one in here:
                walk(one)
        elif isinstance(here, pikepdf.Dictionary):
            if "/S" in here:
                found[str(here.S)[1:]] += 1
            if "/K" in here:
                walk(here.K)

    with pikepdf.open(BytesIO(content)) as file:
        walk(file.Root.StructTreeRoot.K)
    return found

"""Marks a copy of one PDF for whoever reads it, in a process of its own that may use little."""

import os
from typing import Any, BinaryIO

import pikepdf

MARGIN = 0.012  # of the page's height, under the line
WIDEST = 0.94  # of the page's width
PLAIN = 600.0  # points: a page as small as this takes the line in its own size, larger ones a larger line
HIGHEST = 100  # levels of the tree of pages
Box = tuple[float, float, float, float]


def box_of(page: Any) -> Box:
    """What of a page is shown: its lower left and upper right corner."""
    try:
        a, b, c, d = (float(number) for number in page.cropbox)
    except (AttributeError, KeyError, TypeError, ValueError, RuntimeError):
        a, b, c, d = 0.0, 0.0, 612.0, 792.0  # what readers take it for
    return min(a, c), min(b, d), max(a, c), max(b, d)


def turned(page: Any) -> int:
    """By how many degrees it is shown turned to the right; the tree above may say so."""
    here = page.obj
    for _ in range(HIGHEST):
        if "/Rotate" in here:
            found = here.get("/Rotate")
            return int(found) % 360 if isinstance(found, int) else 0
        if not isinstance(here.get("/Parent"), pikepdf.Dictionary):
            break
        here = here.get("/Parent")
    return 0


def upright(box: Box, degrees: int) -> tuple[str, float, float]:
    """The matrix from the page as it is shown, its lower left corner at 0 0, and its width and height."""
    left, low, right, high = box
    width, height = right - left, high - low
    match degrees:
        case 90:
            return f"0 1 -1 0 {right:.3f} {low:.3f}", height, width
        case 180:
            return f"-1 0 0 -1 {right:.3f} {high:.3f}", width, height
        case 270:
            return f"0 -1 1 0 {left:.3f} {high:.3f}", height, width
    return f"1 0 0 1 {left:.3f} {low:.3f}", width, height


def line_on(width: float, height: float, mark: Box) -> str:
    """The matrix that sets the line in the middle of the lower margin."""
    wide = mark[2] - mark[0]
    scale = min(WIDEST * width / wide, max(1.0, min(width, height) / PLAIN))
    return f"{scale:.5f} 0 0 {scale:.5f} {(width - wide * scale) / 2:.3f} {MARGIN * height:.3f}"


def over_all(width: float, height: float, mark: Box) -> str:
    """The matrix that spreads the mark over the page."""
    return f"{width / (mark[2] - mark[0]):.5f} 0 0 {height / (mark[3] - mark[1]):.5f} 0 0"


def _known(page: Any) -> Any:
    """The forms that a page may draw by name, its own and inherited ones."""
    if not isinstance(page.resources, pikepdf.Dictionary):
        page.obj.Resources = pikepdf.Dictionary()
    resources = page.resources
    if not isinstance(resources.get("/XObject"), pikepdf.Dictionary):
        resources.XObject = pikepdf.Dictionary()
    return resources.XObject


def mark(source: BinaryIO, marks: BinaryIO, copy: int, readable: int) -> dict[str, Any]:
    """Write to the descriptor `copy` the file with its marks, or say why it is refused.

    The first page of `marks` goes on every page; the second across those after the first `readable`, if that
    is not 0. A mark is drawn under a page and over it: where the page's own drawing leaves its state odd,
    the one below is still in its place. No stream of the file is decoded.
    """
    os.ftruncate(copy, 0)
    try:
        with (
            pikepdf.open(source, attempt_recovery=False, suppress_warnings=True) as pdf,
            pikepdf.open(marks) as made,
        ):
            # Who wrote it, where and under which file name is no matter of its reader.
            for where, told in ((pdf.trailer, "/Info"), (pdf.Root, "/Metadata")):
                if told in where:
                    del where[told]
            boxes = [box_of(page) for page in made.pages]
            forms = [pdf.copy_foreign(page.as_form_xobject()) for page in made.pages]
            names = [pikepdf.Name.random(prefix="Mark") for _ in forms]
            drawings: dict[str, tuple[Any, Any]] = {}
            for number, page in enumerate(pdf.pages, 1):
                matrix, width, height = upright(box_of(page), turned(page))
                drawn = [(names[0], forms[0], line_on(width, height, boxes[0]))]
                if readable and number > readable:
                    drawn.insert(0, (names[1], forms[1], over_all(width, height, boxes[1])))
                for name, form, _ in drawn:
                    _known(page)[name] = form
                told = "".join(f"q {matrix} cm {place} cm {name} Do Q\n" for name, _, place in drawn)
                if told not in drawings:  # most pages are alike
                    under, over = f"{told}q\n".encode(), f"\nQ\n{told}".encode()
                    drawings[told] = pdf.make_stream(under), pdf.make_stream(over)
                page.contents_add(drawings[told][0], prepend=True)
                page.contents_add(drawings[told][1])
            with open(copy, "r+b", closefd=False) as out:
                pdf.save(
                    out,
                    compress_streams=False,
                    stream_decode_level=pikepdf.StreamDecodeLevel.none,
                    object_stream_mode=pikepdf.ObjectStreamMode.preserve,
                )
            return {"pages": len(pdf.pages)}
    except MemoryError:
        return {"refused": "Marking it takes too much memory."}
    except (pikepdf.PdfError, ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError):
        return {"refused": "It cannot be marked."}

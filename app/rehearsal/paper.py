"""Paper for rehearsals: a small, sound PDF that says it is synthetic."""

from io import BytesIO
from zlib import compress

import pikepdf


def pdf(title: str, pages: int = 2) -> bytes:
    """A PDF of so many A4 pages with this title."""
    made = pikepdf.new()
    made.docinfo["/Title"] = f"{title} (synthetic)"
    for number in range(1, pages + 1):
        page = made.add_blank_page(page_size=(595, 842))
        text = f"BT /F1 14 Tf 72 760 Td ({title}, synthetic, page {number}) Tj ET".encode("latin-1")
        page.Contents = made.make_stream(text)
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    out = BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def unreadable_pdf(title: str) -> bytes:
    """The same, of sound structure, but with a second page whose content cannot be decoded."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf(title))) as made:
        packed = bytearray(compress(b"BT /F1 14 Tf 72 760 Td (Lost) Tj ET"))
        packed[2] = 0x07  # a kind of block that there is not
        damaged = made.make_stream(b"")
        damaged.write(bytes(packed), filter=pikepdf.Name.FlateDecode)
        made.pages[1].Contents = damaged
        made.save(out, deterministic_id=True)
    return out.getvalue()

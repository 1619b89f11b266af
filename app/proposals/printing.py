"""What a print of a proposal says, by the titles of its form; pure, on a manifest and what it names."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.calls.chosen import Form
from app.calls.form import PLAIN, Choice, Column, File, FormField, Section, Table, YesNo

LINE, CELL = re.compile(r"\S{30}"), re.compile(r"\S{12}")
BREAK = "\u200b"
"""Where a word longer than a line may be broken: what runs off the page would be lost."""
Facts = Mapping[str, Any]


def facts_of(
    manifest: Facts, form: Form, texts: Mapping[str, str], answers: Mapping[str, Facts], state: str, line: str
) -> dict[str, Any]:
    """Everything that stands in the print of what is, or would be, handed in; `line` is on each page.

    Of a proposal that is judged blind the manifest has neither acronym nor partners.
    """
    titles = {document.key: document.title for document in form.documents}
    return {
        "heading": _soft(", ".join(manifest[name] for name in ("acronym", "reference") if name in manifest)),
        "state": state,
        "line": _soft(line),
        "rows": [
            ("Title", _soft(manifest["title"] or "None yet.")),
            ("Requested", f"{manifest['requested']['amount']} EUR"),
            *_by_partners(manifest.get("partners")),
        ],
        "abstract": _paragraphs(manifest["abstract"]),
        "partners": [_partner(partner) for partner in manifest.get("partners", ())],
        "sections": list(_sections(form, texts, answers, titles)),
        "documents": [_document(each, titles) for each in manifest["documents"]],
    }


def _by_partners(partners: Sequence[Facts] | None) -> Iterator[tuple[str, str]]:
    """What they ask for together, unless the reader does not read who they are, or all of their figures."""
    if partners is not None and all("requested" in partner for partner in partners):
        asked = sum((Decimal(partner["requested"]["amount"]) for partner in partners), Decimal("0.00"))
        yield "By its partners", f"{asked} EUR"


def _partner(partner: Facts) -> list[str]:
    part = "coordinator" if partner.get("coordinates") else "partner"
    signed = "signed" if partner.get("signed") else "not signed"
    amount = f"{partner['requested']['amount']} EUR" if "requested" in partner else ""
    return [_soft(partner["legal_name"], CELL), partner["country"], f"{part}, {signed}", amount]


def _document(each: Facts, titles: Mapping[str, str]) -> list[str]:
    limit = each.get("limit")
    told = (
        titles.get(each["key"], each["key"]),
        each["pages"] or "",
        "" if limit is None else limit,
        each.get("size", ""),
    )
    return [*(_soft(str(one), CELL) for one in told), _soft(each.get("digest", ""))]


def _sections(
    form: Form, texts: Mapping[str, str], answers: Mapping[str, Facts], titles: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Those of the form, in its order, and any other that something is written in."""
    known = {section.key for section in form.sections}
    for section in form.sections:
        found = {PLAIN: texts.get(section.key, "")} if section.plain else answers.get(section.key, {})
        yield {"title": _soft(section.title), "answers": list(_answers(section, found, titles))}
    for key in sorted({*texts, *answers} - known):
        written = answers.get(key) or {PLAIN: texts.get(key, "")}
        yield {
            "title": key,
            "answers": [_told(name, _paragraphs(_plain(one))) for name, one in written.items()],
        }


def _answers(section: Section, found: Facts, titles: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    fields = {one.key: one for one in section.asks}
    for key in (*(key for key in fields if key in found), *(key for key in found if key not in fields)):
        one, answer = fields.get(key), found[key]
        title = None if section.plain else one.title if one else key
        if isinstance(one, Table) and isinstance(answer, list):
            rows = [
                [_soft(_said(column, row.get(column.key), titles)) for column in one.columns]
                for row in answer
            ]
            yield _told(title, [], [_soft(column.title, CELL) for column in one.columns], rows)
        elif said := _said(one, answer, titles):
            yield _told(title, _paragraphs(said))


def _told(
    title: str | None, text: list[str], columns: list[str] | None = None, rows: list[list[str]] | None = None
) -> dict[str, Any]:
    return {"title": title and _soft(title), "text": text, "columns": columns, "rows": rows or []}


def _said(one: FormField | Column | None, answer: Any, titles: Mapping[str, str]) -> str:
    """An answer in the form's words; what does not fit the form as it stands."""
    match one:
        case YesNo() if isinstance(answer, bool):
            return "Yes" if answer else "No"
        case Choice():
            return next((option.title for option in one.options if option.code == answer), _plain(answer))
        case File():
            return f"{titles.get(one.document, one.document)}, SHA-256 {answer}"
    return _plain(answer)


def _plain(answer: Any) -> str:
    if answer is None:
        return ""
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def _paragraphs(text: str) -> list[str]:
    return [_soft(line) for line in text.splitlines() if line.strip()]


def _soft(text: str, long: re.Pattern[str] = LINE) -> str:
    return long.sub(lambda word: word.group() + BREAK, text)

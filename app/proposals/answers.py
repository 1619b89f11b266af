"""Answers to a form: what a draft may hold, what counts of it, what is missing when it is handed in; pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.calls.chosen import Form
from app.calls.form import Choice, Column, File, FormField, Number, Section, Table, Text, YesNo
from app.core.reason import Reason
from app.proposals.rules import missing

Answers = Mapping[str, Any]
Fields = Sequence[FormField | Column]


def unfit(fields: Fields, given: Answers, at: str = "/body") -> Iterator[Reason]:
    """Why a draft does not take these answers: only kinds and limits, so that anything unfinished is kept."""
    known = {one.key: one for one in fields}
    for key, answer in given.items():
        if key not in known:
            yield Reason("no-such-field", f"There is no field {key}.", f"{at}/{key}", "sender")
        elif answer is not None:
            yield from _unfit(known[key], answer, f"{at}/{key}")


def _unfit(one: FormField | Column, answer: Any, at: str) -> Iterator[Reason]:
    match one:
        case Text() if isinstance(answer, str):
            if len(answer) > one.limit:
                told = f"“{one.title}” takes {one.limit} characters; these are {len(answer)}."
                yield Reason("text-too-long", told, at, "sender")
        case YesNo() if isinstance(answer, bool):
            pass
        case Choice() if isinstance(answer, str):
            if answer not in one.codes:
                told = f"“{one.title}” takes one of {', '.join(one.codes)}."
                yield Reason("no-such-option", told, at, "sender")
        case Number() if (number := _number(one, answer)) is not None:
            if one.most is not None and number > one.most:
                yield Reason("number-too-large", f"“{one.title}” is at most {one.most:f}.", at, "sender")
        case Table() if isinstance(answer, list):
            if len(answer) > one.most:
                told = f"“{one.title}” takes {one.most} rows; these are {len(answer)}."
                yield Reason("too-many-rows", told, at, "sender")
            for place, row in enumerate(answer):
                yield from unfit(one.columns, row, f"{at}/{place}")
        case File():
            told = f"The file is attached as the document {one.document}."
            yield Reason("attached-as-document", told, at, "sender")
        case _:
            yield Reason("other-kind", f"“{one.title}” takes {_takes(one)}.", at, "sender")


def _number(one: Number, answer: Any) -> Decimal | None:
    """The number that is given: a whole one as such, any other as a decimal string."""
    if one.decimals:
        said = isinstance(answer, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", answer)
        return Decimal(answer) if said and len(answer.partition(".")[2]) <= one.decimals else None
    return Decimal(answer) if isinstance(answer, int) and not isinstance(answer, bool) else None


def _takes(one: FormField | Column) -> str:
    match one:
        case Number() if one.decimals:
            return f"a number as a string, with at most {one.decimals} decimals"
        case Number():
            return "a whole number"
        case YesNo():
            return "true or false"
        case Table():
            return "a list of rows"
        case _:
            return "a text"


def shown(fields: Fields, answers: Answers) -> list[FormField | Column]:
    """The fields that are asked: those under no condition, or whose condition holds and is itself asked."""
    known = {one.key: one for one in fields}

    def asked(one: FormField | Column) -> bool:
        condition = one.only_if
        return condition is None or (
            answers.get(condition.field) == condition.answer and asked(known[condition.field])
        )

    return [one for one in fields if asked(one)]


def blank(answer: Any) -> bool:
    return answer is None or answer == [] or (isinstance(answer, str) and not answer.strip())


def counted(section: Section, answers: Answers, attached: Mapping[str, str]) -> dict[str, Any]:
    """What is handed in of a section: answers to what is asked, and a file by the digest of its document."""
    found: dict[str, Any] = {}
    for one in shown(section.asks, answers):
        answer: Any = attached.get(one.document) if isinstance(one, File) else answers.get(one.key)
        if isinstance(one, Table) and answer:
            answer = [_row(one, row) for row in answer]
        if not blank(answer):
            found[one.key] = answer
    return found


def _row(table: Table, row: Answers) -> dict[str, Any]:
    return {c.key: row[c.key] for c in shown(table.columns, row) if not blank(row.get(c.key))}


def asked_for(section: Section, answers: Answers) -> set[str]:
    """The documents that must be attached because of what is answered."""
    return {one.document for one in shown(section.asks, answers) if isinstance(one, File) and one.required}


def gaps(
    form: Form, title: str, abstract: str, written: Collection[str], answers: Mapping[str, Answers],
    attached: Collection[str],
) -> Iterator[Reason]:  # fmt: skip
    """Every part of the form that is missing (M-03); `written` are the plain sections with a text."""
    asking = [section for section in form.sections if not section.plain]
    wanted = {key for section in asking for key in asked_for(section, answers.get(section.key, {}))}
    required = [d for d in form.documents if d.required or d.key in wanted]
    plain = [section for section in form.sections if section.plain]
    yield from missing(title, abstract, plain, written, required, attached)
    for section in asking:
        here = f"/sections/{section.key}"
        for gap in _unanswered(section.asks, answers.get(section.key, {}), section.key, here):
            told = f"In the section “{section.title}”, {gap.text}"
            yield Reason(gap.code, told, gap.path, gap.who)


def unexplained(form: Form, answers: Mapping[str, Answers]) -> Iterator[Reason]:
    """Texts that are expected and left empty: on an issue of ethics that is answered with yes (X-01)."""
    for section in form.sections:
        given = answers.get(section.key, {})
        for one in shown(section.asks, given):
            if isinstance(one, Text) and one.expected and blank(given.get(one.key)):
                told = f"In the section “{section.title}”, “{one.title}” is not explained."
                path = f"/sections/{section.key}/{one.key}"
                yield Reason(f"{section.key}-{one.key}-unexplained", told, path, "partners")


def _unanswered(fields: Fields, answers: Answers, named: str, at: str) -> Iterator[Reason]:
    for one in shown(fields, answers):
        answer: Any = answers.get(one.key)
        code, here = f"{named}-{one.key}", f"{at}/{one.key}"
        if isinstance(one, File):
            continue
        if blank(answer):
            if one.required:
                yield Reason(f"{code}-missing", f"“{one.title}” is not answered.", here, "partners")
        elif isinstance(one, Number):
            number = _number(one, answer)
            if one.least is not None and number is not None and number < one.least:
                yield Reason(
                    f"{code}-too-small", f"“{one.title}” is at least {one.least:f}.", here, "partners"
                )
        elif isinstance(one, Table):
            if one.required and len(answer) < one.least:
                told = f"“{one.title}” has at least {one.least} rows; these are {len(answer)}."
                yield Reason(f"{code}-too-few", told, here, "partners")
            for place, row in enumerate(answer):
                yield from _unanswered(one.columns, row, code, f"{here}/{place}")

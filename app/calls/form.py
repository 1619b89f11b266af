"""A form as data: sections of fields, some asked for under a condition; and where it contradicts itself."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from app.calls.rule_parts import Code, Document, StageKind, Strict, Whole

MOST_ROWS = 200
"""Of any table."""
Bound = Annotated[Decimal, Field(max_digits=15, decimal_places=4)]


class Condition(Strict):
    """A field is shown, and required if it is at all, while another of its section has this answer."""

    field: Code
    answer: StrictBool | Code


class Entry(Strict):
    """What a form asks for: its key and title, and whether it must be answered once it is shown."""

    key: Code
    title: str
    required: bool = True
    only_if: Condition | None = None


class Text(Entry):
    """A text of at most so many characters; an `expected` one left empty is told, and blocks nothing."""

    kind: Literal["text"]
    limit: Whole
    expected: bool = False


class Number(Entry):
    """A number: whole, or with so many decimals, and then a decimal string."""

    kind: Literal["number"]
    least: Bound | None = None
    most: Bound | None = None
    decimals: Annotated[int, Field(ge=0, le=4)] = 0


class Option(Strict):
    code: Code
    title: str


class Choice(Entry):
    """One of several."""

    kind: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=1)]

    @property
    def codes(self) -> list[str]:
        return [option.code for option in self.options]


class YesNo(Entry):
    kind: Literal["yes_no"]


Column = Annotated[Text | Number | Choice | YesNo, Field(discriminator="kind")]


class Table(Entry):
    """Rows of the same columns; from so many, if it must be answered, to so many."""

    kind: Literal["table"]
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    least: Whole = 1
    most: Annotated[int, Field(ge=1, le=MOST_ROWS)]


class File(Entry):
    """A document of the form, attached as such; the field says when it is asked for."""

    kind: Literal["file"]
    document: Code


FormField = Annotated[Text | Number | Choice | YesNo | Table | File, Field(discriminator="kind")]
PLAIN = "text"
"""The key of the only field of a plain section."""


class Section(Strict):
    """A section of the form. A plain one is a text of at most `limit` characters, any other has fields.

    No `stages`: it belongs to every stage.
    """

    key: Code
    title: str
    limit: Whole | None = None
    fields: tuple[FormField, ...] = ()
    stages: tuple[StageKind, ...] = ()

    @property
    def plain(self) -> bool:
        return not self.fields

    @property
    def asks(self) -> tuple[FormField, ...]:
        """Its fields; of a plain one its text."""
        text = Text(kind="text", key=PLAIN, title=self.title, limit=self.limit) if self.limit else None
        return (text,) if text else self.fields


def contradictions(sections: Sequence[Section], documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """Where a form contradicts itself: the place, and in words."""
    yield from twice("/sections", "key", [section.key for section in sections])
    named: list[str] = []
    for number, section in enumerate(sections):
        at = f"/sections/{number}"
        if section.plain == (section.limit is None):
            yield f"{at}/fields", "a section has either a limit or fields"
        yield from twice(f"{at}/fields", "key", [one.key for one in section.fields])
        for place, one in enumerate(section.fields):
            here = f"{at}/fields/{place}"
            yield from _condition(one, section.fields, here)
            match one:
                case File():
                    yield from _file(one, section, documents, here)
                    if one.document in named:
                        yield f"{here}/document", f"{one.document} is asked for twice"
                    named.append(one.document)
                case Table():
                    yield from _table(one, here)
                case _:
                    yield from _bounds(one, here)


def twice(at: str, name: str, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each key of a list that stands there before."""
    for number, key in enumerate(keys):
        if keys.index(key) != number:
            yield f"{at}/{number}/{name}", f"{key} stands twice"


def _condition(one: FormField, fields: Sequence[FormField], at: str) -> Iterator[tuple[str, str]]:
    if one.only_if is None:
        return
    known = {other.key: other for other in fields}
    wanted = one.only_if.answer
    match known.get(one.only_if.field):
        case None:
            yield f"{at}/only_if/field", f"the section has no field {one.only_if.field}"
            return
        case YesNo():
            fits = isinstance(wanted, bool)
        case Choice() as choice:
            fits = wanted in choice.codes
        case _:
            yield f"{at}/only_if/field", f"{one.only_if.field} is neither a yes or no nor a choice"
            return
    if not fits:
        yield f"{at}/only_if/answer", f"{one.only_if.field} has no answer {wanted}"
    seen, here = {one.key}, one.only_if.field
    while (other := known.get(here)) and here not in seen and other.only_if:
        seen.add(here)
        here = other.only_if.field
    if here == one.key:
        yield f"{at}/only_if/field", f"whether {one.key} is shown depends on itself"


def _file(one: File, section: Section, documents: Sequence[Document], at: str) -> Iterator[tuple[str, str]]:
    document = next((each for each in documents if each.key == one.document), None)
    if document is None:
        yield f"{at}/document", f"{one.document} is no document of the form"
    elif document.stages and not set(section.stages or ("short", "full")) <= set(document.stages):
        yield f"{at}/document", f"{one.document} is not there in each stage of its section"
    elif document.required and (one.only_if or not one.required):
        yield f"{at}/document", f"{one.document} is required whatever is answered"


def _table(one: Table, at: str) -> Iterator[tuple[str, str]]:
    if one.least > one.most:
        yield f"{at}/least", f"{one.least} rows are more than {one.most}"
    yield from twice(f"{at}/columns", "key", [column.key for column in one.columns])
    for number, column in enumerate(one.columns):
        here = f"{at}/columns/{number}"
        yield from _condition(column, one.columns, here)
        yield from _bounds(column, here)


def _bounds(one: FormField, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(one, Number):
        for name, bound in (("least", one.least), ("most", one.most)):
            if bound is not None and round(bound, one.decimals) != bound:
                yield f"{at}/{name}", f"{bound} has more than {one.decimals} decimals"
        if one.least is not None and one.most is not None and one.least > one.most:
            yield f"{at}/least", f"{one.least} is more than {one.most}"
    if isinstance(one, Text) and one.expected and one.required:
        yield f"{at}/expected", "what is required is expected anyway"
    if isinstance(one, Choice):
        yield from twice(f"{at}/options", "code", one.codes)

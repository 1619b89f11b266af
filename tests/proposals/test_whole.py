"""The whole of a draft or a sealed version as one file: nothing written is lost, nothing of it is code."""

import json
from hashlib import sha256
from io import BytesIO
from time import monotonic
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from sqlalchemy import update

from app.calls.rule_set import rule_sets
from app.consortia.budget.rules import FIGURES
from app.core.clock import machine_now
from app.core.typeset import typeset
from app.proposals.models import Proposal, ProposalState
from app.proposals.printing import facts_of
from app.proposals.whole import packaged
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.budget.test_budget import open_to_all, says
from tests.consortia.build import open_stage
from tests.consortia.test_coordination import part_of
from tests.proposals.build import pdf, ready, started, submitted, upload
from tests.proposals.test_copies import drawn, handed_in, log
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
TEMPLATE = (packaged("app.proposals") / "draft.typ").read_bytes()
NASTY = {
    "code": '#panic("no") #read("/etc/passwd") $x^2$ \\ ` * _ @a <b> // /* ]] }} #import "@preview/a:0.1.0"',
    "emoji": "\U0001f600\U0001f9ec\u200d",
    "chinese": "\u4e2d\u6587\u5b57" * 400,
    "rtl": "\u0645\u0631\u062d\u0628\u0627 \u202e abc \u2066 x \u2069",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028\ufffe\ufeff",
    "long": "A sentence of some words. " * 2_300,
    "unbroken": "x" * 60_000,
    "lines": "a\n" * 30_000,
}


def opened(body: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def pages(body: bytes) -> int:
    with pikepdf.open(BytesIO(body)) as made:
        return len(made.pages)


async def test_a_draft_is_one_file_with_all_that_is_written(world: World) -> None:
    applied = await ready(world, countries=("DE", "FR"))
    body = pdf(3, mark="whole")
    assert (await upload(applied.fellows[0], applied.id, body)).status_code == 200
    for who in (applied.lead, *applied.fellows):
        answer = await who.get(f"{applied.path}/draft.zip")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
        found = opened(answer.content)
        documents = {"documents/exploitation_plan.pdf", "documents/part_b.pdf"}
        assert set(found) == {"draft.pdf", "answers.json", *documents}
        assert found["documents/part_b.pdf"] == body
        told = json.loads(found["answers.json"])
        assert (told["state"], told["title"]) == ("Draft, not submitted.", "A title")
        written = {s["key"]: s["answers"] for s in told["sections"]}
        assert written["impact"] == {"text": "On impact."}
        assert pages(found["draft.pdf"]) >= 1
    reference = (await is_there(applied.lead, applied.path))["reference"]
    wanted = {
        "Content-Disposition": f'attachment; filename="{reference}-draft.zip"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted


async def test_a_draft_says_what_was_changed_since_it_was_handed_in(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE",))

    async def state() -> str:
        answer = await applied.lead.get(f"{applied.path}/draft.zip")
        return str(json.loads(opened(answer.content)["answers.json"])["state"])

    assert await state() == "Version 1 was handed in. Nothing has been changed since."
    assert (await upload(applied.lead, applied.id, pdf(1, mark="changed"))).status_code == 200
    changed = (await is_there(applied.lead, applied.path))["unsubmitted"]["text"]
    assert await state() == f"Version 1 was handed in. {changed}"
    async with world.sessions() as session, session.begin():
        await session.execute(update(Proposal).values(state=ProposalState.ELIGIBLE))
    assert await state() == "Version 1 was handed in; the draft is void."


async def test_nobody_else_takes_a_draft(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE",))
    rival = await started(world, applied.topic_stage, countries=("FR",))
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    auditor = await person(world, "auditor", "auditor")
    assert (await applied.lead.get(f"{applied.path}/draft.zip")).status_code == 200
    for who in (rival.lead, stranger):
        await is_hidden(who, f"{applied.path}/draft.zip")
        await is_hidden(who, f"{applied.path}/sealed/1/proposal.zip")
    for who in (office, auditor):
        assert (await who.get(f"{applied.path}/draft.zip")).status_code == 404
    async with world.client() as nobody:
        assert (await nobody.get(f"/v1{applied.path}/draft.zip")).status_code == 404


async def test_who_has_left_takes_neither_and_no_reading(world: World) -> None:
    applied = await submitted(world)
    pat = applied.fellows[0]
    mine = await part_of(pat, applied)
    whole = f"{applied.path}/sealed/1/proposal.zip"
    for path in (f"{applied.path}/draft.zip", whole):
        assert (await pat.get(path)).status_code == 200
    await pat.make(f"/partners/{mine}/leave")
    for path in (f"{applied.path}/draft.zip", whole, f"{applied.path}/sealed/1/documents/part_b"):
        await is_hidden(pat, path)
    await is_hidden(pat, f"{applied.path}/readings")
    assert len((await is_there(pat, f"/partners/{mine}/receipts"))["items"]) == 1


async def test_a_partner_takes_no_figures_of_others(world: World) -> None:
    applied = await ready(world)
    pat = applied.fellows[0]
    mine = await part_of(pat, applied)
    await says(pat, mine, personnel="4321.00", requested="1234.00")
    await applied.lead.make(f"{applied.path}/submit")
    office = await person(world, "office", "office")
    both = (f"{applied.path}/draft.zip", f"{applied.path}/sealed/1/proposal.zip")

    async def lines(who: Actor, path: str) -> list[list[str]]:
        """The figures that are told of each partner."""
        told = json.loads(opened((await who.get(path)).content)["answers.json"])
        found = (told.get("manifest") or told)["partners"]
        return [[part[name]["amount"] for name in FIGURES if name in part] for part in found]

    for path in both:
        assert sorted(map(len, await lines(applied.lead, path))) == [8, 8, 8]
        assert sorted(map(len, await lines(pat, path))) == [0, 0, 8]
        other = await lines(applied.fellows[1], path)
        assert sorted(map(len, other)) == [0, 0, 8]
        assert "1234.00" not in str(other)
    assert sorted(map(len, await lines(office, both[1]))) == [8, 8, 8]
    await open_to_all(applied.lead, applied.consortium)
    for path in both:
        assert "1234.00" in str(await lines(applied.fellows[1], path))


def test_a_print_without_figures_says_no_sum_of_them() -> None:
    """The sum less what one reads would be what one does not."""
    euro = {"amount": "5.00", "currency": "EUR"}
    partner = {"legal_name": "An institute", "country": "DE"}
    manifest = {"acronym": "A", "reference": "P-1", "title": "", "abstract": "", "requested": euro}
    manifest |= {"documents": [], "partners": [partner | {"requested": euro}, partner]}
    form = SimpleNamespace(sections=[], documents=[])
    told = facts_of(manifest, form, {}, {}, "", "")  # type: ignore[arg-type]
    assert [name for name, _ in told["rows"]] == ["Title", "Requested"]
    assert [line[-1] for line in told["partners"]] == ["5.00 EUR", ""]
    manifest["partners"] = [partner | {"requested": euro}] * 2
    told = facts_of(manifest, form, {}, {}, "", "")  # type: ignore[arg-type]
    assert told["rows"][-1] == ("By its partners", "10.00 EUR")


async def test_a_sealed_version_is_one_file_for_whoever_may_read_it(world: World) -> None:
    read = await handed_in(world)
    path = f"{read.applied.path}/sealed/1/proposal.zip"
    sealed = await is_there(read.applied.lead, f"{read.applied.path}/sealed/1")
    for who, marks in ((read.applied.lead, None), (read.auditor, None), (read.reviewer, 4), (read.office, 4)):
        answer = await who.get(path)
        assert answer.status_code == 200
        found = opened(answer.content)
        told = json.loads(found["answers.json"])
        assert (told["manifest"], told["texts"]) == (sealed["manifest"], sealed["texts"])
        assert pages(found["proposal.pdf"]) >= 1
        for each in sealed["manifest"]["documents"]:
            body = found[f"documents/{each['key']}.pdf"]
            assert (sha256(body).hexdigest() == each["digest"]) is (marks is None)
            if marks and each["key"] == "part_b":
                assert drawn(body) == [1, 1, 2, 2]
    wanted = [("auditor", "whole", False), ("reviewer", "whole", True), ("office", "whole", True)]
    assert await log(read.office, read.applied.path) == wanted
    assert (await read.reviewer.get(f"{read.applied.path}/sealed/2/proposal.zip")).status_code == 404


@pytest.mark.parametrize("kind", NASTY)
async def test_what_is_written_is_text_whatever_it_is(kind: str) -> None:
    text, began = NASTY[kind], monotonic()
    rules = rule_sets()["horizon_europe"]
    plain = next(s for s in rules.sections if s.plain)
    manifest: dict[str, Any] = {
        "reference": "P-1",
        "acronym": text[:40],
        "title": text[:200],
        "abstract": text[:4000],
        "requested": {"amount": "1.00", "currency": "EUR"},
        "documents": [],
        "partners": [{"legal_name": text[:200], "country": "DE"}],
    }
    form: Any = type("F", (), {"sections": rules.sections, "documents": rules.documents})
    facts = facts_of(manifest, form, {plain.key: text, "gone": text[:100]}, {}, "Draft.", text[:80])
    made = await typeset(TEMPLATE, facts, machine_now(), large=True)
    assert pages(made) >= 1
    assert monotonic() - began < 20
    if kind == "unbroken":
        assert pages(made) > 5, "it runs off the page"


async def test_what_is_nasty_comes_back_as_it_was_written(world: World) -> None:
    applied = await started(world, countries=("DE",))
    for number, text in enumerate(NASTY.values(), 1):
        kept = text[:20_000]
        answer = await applied.lead.patch(f"{applied.path}/sections/impact", {"text": kept}, number)
        if answer.status_code == 409:  # longer than the form takes
            kept = kept[:1_000]
            answer = await applied.lead.patch(f"{applied.path}/sections/impact", {"text": kept}, number)
        assert answer.status_code == 200, answer.text
        found = opened((await applied.lead.get(f"{applied.path}/draft.zip")).content)
        written = {s["key"]: s["answers"] for s in json.loads(found["answers.json"])["sections"]}
        assert written["impact"] == {"text": kept}


async def test_fields_are_printed_by_the_titles_of_the_form(world: World) -> None:
    here = await open_stage(world, "horizon_europe")
    applied = await started(world, here, countries=("DE",))
    section = next(s for s in rule_sets()["horizon_europe"].sections if not s.plain)
    told = (await is_there(applied.lead, f"{applied.path}/sections/{section.key}"))["answers"]
    assert told == {}
    found = opened((await applied.lead.get(f"{applied.path}/draft.zip")).content)
    assert {s["key"] for s in json.loads(found["answers.json"])["sections"]} >= {section.key}


def test_each_kind_of_answer_is_said_in_the_words_of_the_form() -> None:
    from app.calls.chosen import Form
    from app.calls.form import Section

    fields = [
        {"kind": "yes_no", "key": "a", "title": "Animals?"},
        {"kind": "choice", "key": "b", "title": "Which", "options": [{"code": "x", "title": "The X"}]},
        {"kind": "number", "key": "c", "title": "How many"},
        {"kind": "file", "key": "d", "title": "File", "document": "part_b"},
        {
            "kind": "table",
            "key": "t",
            "title": "Studies",
            "most": 3,
            "columns": [
                {"kind": "text", "key": "n", "title": "Name", "limit": 9},
                {"kind": "yes_no", "key": "y", "title": "Done"},
            ],
        },
    ]
    section = Section.model_validate({"key": "s", "title": "S", "fields": fields})
    answers = {"s": {"a": False, "b": "x", "c": 3, "d": "00", "t": [{"n": "One", "y": True}, {}], "old": [1]}}
    manifest: dict[str, Any] = {
        "reference": "P-1", "acronym": "A", "title": "", "abstract": "", "documents": [], "partners": [],
        "requested": {"amount": "1.00", "currency": "EUR"},
    }  # fmt: skip
    (told,) = facts_of(manifest, Form((section,), ()), {}, answers, "Draft.", "")["sections"]
    assert [(one["title"], one["text"]) for one in told["answers"] if not one["columns"]] == [
        ("Animals?", ["No"]),
        ("Which", ["The X"]),
        ("How many", ["3"]),
        ("File", ["part_b, SHA-256 00"]),
        ("old", ["[1]"]),
    ]
    (table,) = [one for one in told["answers"] if one["columns"]]
    assert (table["columns"], table["rows"]) == (["Name", "Done"], [["One", "Yes"], ["", ""]])

"""Proposals are written and handed in, some too late; the office checks them and tells those that fail."""

from decimal import Decimal
from typing import Any

from app.rehearsal.cast import MINUTE, Cast, Entry, Field, euro
from app.rehearsal.paper import pdf, unreadable_pdf

PLAN = "exploitation_plan"
E01 = "The proposal is about {excluded}, which the topic leaves out."


async def write(cast: Cast) -> None:
    """Every proposal is begun, written and attached; those who are in time hand in."""

    async def one(entry: Entry, hands_in: bool) -> None:
        await _draft(cast, entry)
        if hands_in:
            await hand_in(entry)

    work = [one(entry, True) for field in cast.fields for entry in field.entries]
    work += [one(entry, False) for field in cast.fields for entry in field.late]
    await cast.theatre.together("Proposals are written and handed in", work)


async def _draft(cast: Cast, entry: Entry) -> None:
    """Begin it, unless it has begun with a merger, and fill every part of the form."""
    paper, person = entry.paper, entry.coordinator
    follows = entry.proposal != ""
    if not follows:
        made = await person.make(f"/consortia/{entry.consortium}/proposals", acronym=paper.acronym)
        entry.proposal, entry.reference = made["id"], made["reference"]
    here = f"/proposals/{entry.proposal}"
    if not follows:
        await person.edit(here, 1, title=paper.title, abstract=paper.abstract, requested=euro(paper.asks))
    for section in cast.of_kind(cast.rules["sections"]):
        path, answers = f"{here}/sections/{section['key']}", _answers(section)
        # What was copied from the short proposal is a version of its own.
        await (person.change(path, **answers) if follows else person.edit(path, 1, **answers))
    for key in (document["key"] for document in cast.of_kind(cast.rules["documents"])):
        if key == PLAN and paper.flaw == "no_plan":
            continue
        broken = paper.flaw == "unreadable" and key != PLAN
        made_pdf = unreadable_pdf if broken else pdf
        await person.upload(f"{here}/documents/{key}", made_pdf(f"{paper.acronym}, {key}"))


def _answers(section: dict[str, Any]) -> dict[str, Any]:
    """A text; of fields, an answer to each that is asked under no condition."""
    text = f"Synthetic text on {section['key']}, for the rehearsal."
    if not section["fields"]:
        return {"text": text}
    asked = (one for one in section["fields"] if not one["only_if"] and one["kind"] != "file")
    return {one["key"]: _answer(one, text) for one in asked}


def _answer(one: dict[str, Any], text: str) -> Any:
    match one["kind"]:
        case "yes_no":
            return False
        case "choice":
            return one["options"][0]["code"]
        case "number":
            least = one["least"] or "1"
            return least if one["decimals"] else int(Decimal(least))
        case "table":
            row = {c["key"]: _answer(c, text) for c in one["columns"] if not c["only_if"]}
            return [row] * one["least"]
    return text[: one["limit"]]


async def hand_in(entry: Entry) -> None:
    """Some find a better word afterwards and hand in again: the last version counts (C-03)."""
    paper, person, here = entry.paper, entry.coordinator, f"/proposals/{entry.proposal}"
    await person.act(f"{here}/submit")
    if paper.resubmits:
        await person.edit(here, 2, title=f"{paper.title[:180]}, second version")
        await person.act(f"{here}/submit")


async def close(cast: Cast) -> None:
    """The deadline passes; who hands in a minute later is refused (C-02)."""
    with cast.theatre.step("The deadline passes"):
        await cast.theatre.clock(cast.closes + MINUTE)
        for field in cast.fields:
            for entry in field.late:
                _, reasons = await entry.coordinator.may(f"/proposals/{entry.proposal}/submit")
                field.late_refused += [reason["code"] for reason in reasons] == ["deadline-passed"]
        await cast.theatre.clock(cast.closes + 60 * MINUTE)


async def check(cast: Cast) -> None:
    """The rules are asked of every proposal, and an officer reads it; two officers stand behind a refusal."""

    async def one(field: Field, entry: Entry) -> None:
        here = f"/proposals/{entry.proposal}"
        found = await cast.office.act(f"{here}/check")
        row, finding = _finding(field, found)
        if finding:
            await cast.office.both(f"{here}/{row}", cast.second, **finding)
        else:
            await cast.office.act(f"{here}/find_eligible")
            field.evaluated.append(entry)

    work = [one(field, entry) for field in cast.fields for entry in field.entries]
    await cast.theatre.together("Admissibility and eligibility are checked", work)
    for field in cast.fields:
        field.evaluated.sort(key=field.entries.index)
        await cast.office.act(f"/topic_stages/{field.part}/begin_evaluation")


def _finding(field: Field, proposal: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """What the officer enters: the first rule that failed, or that the text is about something else."""
    for check in proposal["checks"]:
        if not check["passed"]:
            kind = "inadmissible" if check["kind"] == "admissibility" else "ineligible"
            return f"find_{kind}", {"rule": check["rule"], "text": check["text"]}
    excluded = field.plan.topic.excluded
    if excluded and excluded in proposal["abstract"]:
        return "find_ineligible", {"rule": "E-01", "text": E01.format(excluded=excluded)}
    return "", {}


async def tell_those_that_fail(cast: Cast) -> None:
    """Whatever is not evaluated is told before the others."""
    with cast.theatre.step("Those that fail the checks are told"):
        for field in cast.fields:
            if len(field.evaluated) < len(field.entries):
                here = f"/topic_stages/{field.part}/release_findings"
                await cast.office.both(here, cast.second)

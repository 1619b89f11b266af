"""Conflicts that data show, each with both sides of its boundary, set up and checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from app.rehearsal.cast import DAY, Cast, Entry, at
from app.rehearsal.driver import Person, expect
from app.rehearsal.expected import Line, Strict
from app.rehearsal.plan import Paper, Seat

TOLD = "Conflicts that data show"
ACRONYM = "SYN-CORPUS"
BODY = "Synthetic Panel of Advisers"
ACT = "Decision 3 of the Governing Board"
Which = Literal["this", "rival", "elsewhere"]
"""The proposal that the cases are about, another of its topic, and one of another topic."""


class Body(Strict):
    """An organisation; with a person and a mail, somebody there who has an account."""

    name: Line
    country: Line
    kind: Line
    control_group: Line | None = None
    person: Line = ""
    mail: Line | None = None


class Finding(Strict):
    """What is found, and words of the path; `open` is what the office is to settle first."""

    situation: Line
    words: Line


class Case(Strict):
    """An expert, what is known of them, and what is found in each proposal; where none is named, nothing."""

    says: Line
    name: Line
    mail: Line | None = None
    employer: Line | None = None
    employments: tuple[Mapping[str, str], ...] = ()
    collaborations: tuple[Mapping[str, str], ...] = ()
    publications: tuple[Mapping[str, Any], ...] = ()
    mandate: Literal["before", "during", "after", "now", "proposed"] | None = None
    finds: Mapping[Which, Finding] = {}


class Corpus(Strict):
    """`partners` are those of the proposal, in their order; of the first of `others` somebody declines."""

    about: str
    partners: tuple[Body, ...]
    others: tuple[Body, ...]
    cases: tuple[Case, ...]


CORPUS = Corpus.model_validate_json((Path(__file__).parent / "corpus.json").read_text(encoding="utf-8"))


async def advise(cast: Cast) -> None:
    """A body advises on a topic: one member has just left, one leaves then, one comes a day later."""
    with cast.theatre.step("An advisory body gives its opinion"):
        body = (await cast.office.make("/bodies", kind="advisory", name=BODY))["id"]
        begins = at(cast.call_file.begins_on)
        seats = {}
        for case in CORPUS.cases:
            if case.mandate in ("before", "during", "after"):
                await _come(cast, case)
                since = begins + DAY if case.mandate == "after" else begins
                seats[case.mandate] = await _seat(cast, body, case.name, since.isoformat())
        await cast.office.act(f"/mandates/{seats['before']}/end")
        await cast.office.make(
            f"/topics/{cast.fields[0].topic}/opinions", body_id=body, outcome="positive", text="It is wanted."
        )
        await cast.office.act(f"/mandates/{seats['during']}/end")
    cast.found |= {"body": body, "after": seats["after"]}


async def _seat(cast: Cast, body: str, name: str, since: str, *, confirmed: bool = True) -> str:
    """A seat in the body; the mandate's id."""
    who = {"account_id": await cast.theatre.people[name].id(), "appointing_act": ACT, "starts_at": since}
    seat = await cast.office.make(f"/bodies/{body}/mandates", **who)
    if confirmed:
        await cast.second.act(f"/mandates/{seat['id']}/confirm")
    return str(seat["id"])


async def gather(cast: Cast) -> None:
    """The first proposal of the first topic is by the partners of the corpus."""
    paper: Paper = cast.fields[0].plan.papers[0]
    paper.acronym = ACRONYM
    paper.seats = [
        Seat(one.name, one.country, one.kind, one.person, control_group=one.control_group or "")
        for one in CORPUS.partners
    ]
    for one in (*CORPUS.partners, *CORPUS.others):
        if one.mail is not None:
            await cast.theatre.enter(one.person, address=one.mail)


async def decline(cast: Cast) -> None:
    """Others are registered; somebody of the first is asked to join the proposal, and declines."""
    for one in CORPUS.others:
        given = {"legal_name": one.name, "country": one.country, "kind": one.kind}
        made = await cast.office.make("/organisations", **given, control_group=one.control_group)
        cast.organisations[one.name, one.country] = made["id"]
    entry, asked = _entry(cast), CORPUS.others[0]
    who = cast.theatre.people[asked.person]
    await entry.coordinator.make(
        f"/consortia/{entry.consortium}/partners",
        organisation_id=cast.organisations[asked.name, asked.country],
        name=who.name,
        email=who.address,
    )
    link = await cast.theatre.link(who.address, "partner_invitation", ACRONYM)
    await cast.theatre.ask("POST", f"/partner_invitations/{link.rpartition('/')[2]}/decline", 200)


def _entry(cast: Cast) -> Entry:
    return next(one for one in cast.fields[0].entries if one.paper.acronym == ACRONYM)


async def check(cast: Cast) -> None:
    """Every case is set up, and checked against the proposal, its rival and one of another topic."""
    await cast.office.act(f"/mandates/{cast.found['after']}/end")
    rival = next(one for one in cast.fields[0].evaluated if one.paper.acronym != ACRONYM)
    proposals = {"this": _entry(cast), "rival": rival, "elsewhere": cast.fields[1].evaluated[0]}
    keys = {name: entry.proposal for name, entry in proposals.items()}
    work = [_case(cast, case, keys) for case in CORPUS.cases]
    for case, found in zip(CORPUS.cases, await cast.theatre.together(TOLD, work), strict=True):
        cast.tell(TOLD, case.name, case.says, found or "nothing")


async def _case(cast: Cast, case: Case, proposals: Mapping[str, str]) -> str:
    """Set one up and check it; the situations that were found, each with its proposal. Raises Unexpected."""
    person = await _come(cast, case)
    organisations = {name: key for (name, _), key in cast.organisations.items()}
    employer = organisations[case.employer] if case.employer else None
    account = await person.id()
    known = await cast.office.make("/experts", account_id=account, organisation_id=employer)
    here = f"/experts/{known['id']}"
    for kind in ("employments", "collaborations"):
        for given in getattr(case, kind):
            where = (
                {"organisation_id": organisations[given["organisation"]]} if "organisation" in given else {}
            )
            rest = {name: value for name, value in given.items() if name != "organisation"}
            await cast.office.make(f"{here}/{kind}", **where, **rest)
    if case.publications:
        await person.act(f"{here}/list_publications", items=[dict(one) for one in case.publications])
    if case.mandate in ("now", "proposed"):
        since = at(cast.wall("opens_on")).isoformat()
        await _seat(cast, cast.found["body"], case.name, since, confirmed=case.mandate == "now")
    said = (await cast.office.act(f"{here}/check", proposal_ids=list(proposals.values())))["items"]
    by_proposal = {one["proposal_id"]: one for one in said}
    return ", ".join(
        f"{found} in {name}"
        for name, key in proposals.items()
        if (found := _compared(case, name, by_proposal[key]))
    )


async def _come(cast: Cast, case: Case) -> Person:
    """Whoever has an account already keeps it, with its address."""
    known = cast.theatre.people.get(case.name)
    return known or await cast.theatre.enter(case.name, address=case.mail or "")


def _compared(case: Case, name: str, said: Mapping[str, Any]) -> str:
    """The situation that was expected, and nothing beside it."""
    found = [(one["situation"], one["path"]) for one in said["conflicts"]]
    found += [("open", one["says"]) for one in said["unresolved"]]
    wanted = {which: finding for which, finding in case.finds.items() if which == name}
    told = f"of {case.name} ({case.says}) {wanted or 'nothing'} is found in {name}; found is {found}"
    expect(len(found) == len(wanted), told)
    for finding, (situation, path) in zip(wanted.values(), found, strict=True):
        expect(finding.situation == situation and finding.words in path, told)
    return ", ".join(situation for situation, _ in found)

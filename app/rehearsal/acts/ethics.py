"""The ethics of what is likely to be funded is screened; what is due before a signature is met before it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.calls.rule_set import checked
from app.rehearsal.acts.experts import engage_all
from app.rehearsal.acts.panels import settle
from app.rehearsal.cast import Cast, Entry, Expert, Field
from app.rehearsal.driver import expect

SPARE = 1
"""How many ethics experts there are beside those that one proposal needs; one may be in conflict."""
REQUIREMENT = "ethics-requirement"
"""The code of the reason against a signature before which something is due."""
REQUIRED = [
    {"code": "consent", "text": "The templates of consent, approved by an ethics committee.", "months": None},
    {"code": "board", "text": "A report of the project's independent adviser on ethics.", "months": 6},
]
REMARK = "Synthetic remark of one ethics expert: what touches people and their data is dealt with."
MISSING = "Synthetic remark of one ethics expert: the consent of those who take part is not shown."
MET = "The templates are handed in, with the opinion of an ethics committee (synthetic)."
TOLD = "Ethics screenings (synthetic)"


async def screen(cast: Cast) -> None:
    """Where the rules ask for it (X-02): down to the last rank that the money may reach."""
    rules = checked(cast.rules)
    if rules.ethics is None or not rules.screens_ethics(cast.kind):
        return
    wanted = rules.ethics.experts
    experts = await engage_all(cast, [(cast.synthetic.name(), None) for _ in range(wanted + SPARE)])
    await settle(cast)
    with cast.theatre.step("The office opens ethics screenings"):
        opened = [found for field in cast.fields if field.panel for found in await _opened(cast, field)]
    work = []
    for number, (here, entry) in enumerate(opened):
        turn = number % len(experts)
        in_turn = [*experts[turn:], *experts[:turn]]
        work.append(_screen(cast, here, entry, in_turn, wanted, sound=number > 0))
    states = await cast.theatre.together("Ethics experts declare, read and remark", work)
    for (_, entry), state in zip(opened, states, strict=True):
        cast.note(f"ethics screenings {state}")
        cast.tell(TOLD, entry.reference, entry.paper.acronym, state)


async def _opened(cast: Cast, field: Field) -> list[tuple[str, Entry]]:
    """The screening of each that is likely to be funded, best first."""
    here = f"/panels/{field.panel}"
    ranked = [place for place in (await cast.office.get(here))["places"] if place["rank"] is not None]
    entries = {entry.proposal: entry for entry in field.evaluated}
    likely = _within(field, sorted(ranked, key=lambda place: int(place["rank"])), entries)
    if not likely:
        return []
    await cast.office.act(f"{here}/screen_ethics", rank=likely[-1]["rank"])
    found = await cast.office.all("/ethics_screenings", panel_id=field.panel)
    paths = {one["proposal_id"]: f"/ethics_screenings/{one['id']}" for one in found}
    return [(paths[place["proposal_id"]], entries[place["proposal_id"]]) for place in likely]


def _within(
    field: Field, ranked: Iterable[Mapping[str, Any]], entries: Mapping[str, Entry]
) -> list[Mapping[str, Any]]:
    """The places that the money reaches, as much of it as the committee will give; nobody is passed over."""
    left, likely = Decimal(field.plan.topic.raised_to or field.plan.topic.envelope), []
    for place in ranked:
        left -= entries[place["proposal_id"]].paper.asks
        if left < 0:
            break
        likely.append(place)
    return likely


async def _screen(
    cast: Cast, here: str, entry: Entry, experts: Sequence[Expert], wanted: int, *, sound: bool
) -> str:
    """As many experts as the rules ask for remark; then the office says how it stands: the state."""
    remarked = 0
    for expert in experts:
        if remarked < wanted and await _looked(cast, here, entry, expert, REMARK if sound else MISSING):
            remarked += 1
    if sound:
        done = await cast.office.act(f"{here}/clear")
    else:
        done = await cast.office.act(f"{here}/require", requirements=REQUIRED)
    return str(done["state"])


async def _looked(cast: Cast, here: str, entry: Entry, expert: Expert, remark: str) -> bool:
    """The card, the declaration, the proposal, the remark; not if the expert is in conflict with it."""
    seat, reasons = await cast.office.may(f"{here}/ethics_seats", contract_id=expert.contract)
    if seat is None:
        cast.note(f"ethics experts not asked ({', '.join(sorted(one['code'] for one in reasons))})")
        return False
    mine = f"/ethics_seats/{seat['id']}"
    card = await expert.person.get(f"{mine}/card")
    expect(card["reference"] == entry.reference, "the card is that of the proposal")
    await expert.person.act(f"{mine}/accept", clear=True)
    await expert.person.get(f"/proposals/{entry.proposal}/sealed/{1 + entry.paper.resubmits}")
    await expert.person.act(f"{mine}/remark", text=remark)
    return True


async def meet(cast: Cast, entry: Entry) -> None:
    """The coordinator reads what is due before the signature; the office records that it is there (X-03)."""
    (found,) = await entry.coordinator.all("/ethics_screenings", proposal_id=entry.proposal)
    here = f"/ethics_screenings/{found['id']}"
    for one in (await entry.coordinator.get(here))["requirements"]:
        if one["months"] is None:
            cast.tell(
                TOLD, entry.reference, entry.paper.acronym, f"not signed before there is: {one['code']}"
            )
            await cast.office.act(f"{here}/meet", code=one["code"], text=MET)


def tell_what_is_due(cast: Cast, entry: Entry, due: Iterable[Mapping[str, Any]]) -> None:
    """What the grant takes up of it, with its day."""
    for one in due:
        if one["due_on"] is not None:
            cast.tell(TOLD, entry.reference, entry.paper.acronym, f"{one['code']} is due on {one['due_on']}")

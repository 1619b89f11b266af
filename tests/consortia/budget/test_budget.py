"""Editing figures, what follows from them live, and who reads whose."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import TopicStage
from app.consortia.models import Partner, Person
from app.consortia.organisations.models import Organisation
from app.core.clock import machine_now
from app.core.outbox import Mail
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import close, consortium, declared, give_part, open_stage, partner
from tests.proposals.build import ready

pytestmark = pytest.mark.anyio

FIGURES = (
    "personnel", "other_direct", "subcontracting", "third_party_support", "requested",
    "in_kind_operational", "in_kind_additional", "financial_contribution",
)  # fmt: skip
SECRET = "777777.77"


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


async def says(actor: Actor, part_id: str, **figures: str | bool) -> dict[str, Any]:
    """The part after the actor has changed these figures."""
    body = {name: euro(given) if isinstance(given, str) else given for name, given in figures.items()}
    version = (await actor.get(f"/partners/{part_id}")).json()["version"]
    answer = await actor.patch(f"/partners/{part_id}", body, version)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def budget(actor: Actor, made: dict[str, Any]) -> dict[str, Any]:
    answer = await actor.get(f"/consortia/{made['id']}/budget")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def two(world: World, rules: str = "imi2", **more: Any) -> tuple[Actor, dict[str, Any], Actor, str]:
    """A coordinator with a consortium, and a partner with its part."""
    stage, lead = await open_stage(world, rules), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"], **more)
    return lead, made, pat, part["id"]


async def open_to_all(lead: Actor, made: dict[str, Any]) -> None:
    read = (await lead.get(f"/consortia/{made['id']}")).json()
    answer = await lead.patch(f"/consortia/{made['id']}", {"open_budgets": True}, read["version"])
    assert answer.status_code == 200, answer.text


async def test_lines_sums_and_limits_follow_from_the_figures(world: World) -> None:
    lead, made, pat, mine = await world.prepared(two)
    await says(pat, mine, personnel="80.00", subcontracting="20.00", requested="120.01")
    await says(lead, made["partners"][0]["id"], other_direct="0.02", requested="0.02")
    read = await budget(lead, made)
    first, second = read["lines"]
    assert (first["coordinates"], second["coordinates"]) == (True, False)
    computed = ("direct", "indirect", "eligible_costs", "highest")
    assert [second[name] for name in computed] == [euro(a) for a in ("100.00", "20.00", "120.00", "120.00")]
    assert (second["rate"], second["at_own_cost"]) == ("100", "")
    assert read["totals"]["requested"] == euro("120.03")
    assert read["totals"]["eligible_costs"] == euro("120.02")
    assert [(m["rule"], m["code"], m["path"], m["who"], m["blocks"]) for m in read["messages"]] == [
        ("F-05", "over-funding-rate", f"/partners/{mine}/requested", "partner", False)
    ]
    assert read["contribution"] is None
    assert {r["blocks"] for r in read["unsigned"]} == {False}
    assert [r["path"] for r in read["unsigned"]] == [f"/partners/{p['partner_id']}" for p in (first, second)]


async def test_more_than_the_topic_has_is_told_and_what_is_embargoed_is_not(world: World) -> None:
    lead, made, pat, mine = await world.prepared(two)
    await says(pat, mine, personnel="9999999999.00", requested="9999999999.00")
    first = await budget(pat, made)
    assert [m["code"] for m in first["messages"]] == ["over-ceiling"]
    await close(world)
    async with world.sessions() as session, session.begin():
        more = {"budget": TopicStage.budget + 5, "embargoed": TopicStage.embargoed + 5, "state": "checking"}
        await session.execute(update(TopicStage).values(**more))
    assert await budget(lead, made) == await budget(lead, made)
    assert (await budget(pat, made))["ceiling"] == first["ceiling"]


async def test_the_45_percent_are_live_in_a_full_stage_of_ihi(world: World) -> None:
    lead, made, pat, mine = await two(world, "ihi", kind="large_company")
    async with world.sessions() as session, session.begin():
        pats = select(Partner.organisation_id).where(Partner.id == UUID(mine)).scalar_subquery()
        member = update(Organisation).where(Organisation.id == pats)
        await session.execute(member.values(industry_member="constituent"))
    await says(lead, made["partners"][0]["id"], subcontracting="11.00", requested="11.00")
    await says(pat, mine, subcontracting="9.00", in_kind_operational="8.99")
    short = await budget(lead, made)
    assert short["contribution"] == {
        "given": euro("8.99"), "of": euro("20.00"), "percent": "44.95", "least": "45", "enough": False,
    }  # fmt: skip
    assert [m["code"] for m in short["messages"]] == ["contribution-too-small"]
    assert short["lines"][1]["at_own_cost"].endswith("(F-08)")
    await says(pat, mine, in_kind_operational="9.00")
    enough = await budget(lead, made)
    assert (enough["contribution"]["percent"], enough["messages"]) == ("45.00", [])


async def test_a_company_of_a_large_group_participates_at_its_own_cost(world: World) -> None:
    lead, made, pat, mine = await two(world, kind="sme", control_group="Giant", turnover="up_to_50m")
    assert (await budget(pat, made))["lines"][0]["at_own_cost"] == ""
    giant = {"legal_name": "Giant", "country": "US", "kind": "large_company", "control_group": "Giant"}
    await lead.make("/organisations", giant | {"turnover": "above_500m"})
    read = await says(pat, mine, personnel="10.00", requested="1.00")
    assert read["requested"] == euro("1.00")
    told = await budget(pat, made)
    assert "F-04" in told["lines"][0]["at_own_cost"]
    assert [m["code"] for m in told["messages"]] == ["at-own-cost"]
    assert (await says(pat, mine, self_financed=True, requested="0.00"))["self_financed"] is True


@pytest.mark.parametrize(
    "amount",
    [
        "-1",
        "-0.01",
        "NaN",
        "sNaN",
        "Infinity",
        "1e999",
        "1000000000000.00",
        "0.001",
        "",
        "1,5",
        "\x00",
        5,
        None,
    ],
)
async def test_an_amount_that_is_none_is_refused_with_a_sentence(world: World, amount: Any) -> None:
    lead, made = await world.prepared(two_of_one)
    part = made["partners"][0]["id"]
    for name in FIGURES:
        refused = await lead.patch(f"/partners/{part}", {name: {"amount": amount, "currency": "EUR"}}, 1)
        assert refused.status_code == 422
        (reason,) = refused.json()["reasons"]
        assert amount == "\x00" or reason["path"].startswith(f"/body/{name}")
        assert reason["text"].endswith(".")
    assert (await lead.get(f"/partners/{part}")).json()["version"] == 1


async def two_of_one(world: World) -> tuple[Actor, dict[str, Any]]:
    stage, lead = await open_stage(world), await person(world, "lead")
    return lead, await consortium(lead, stage)


async def test_other_money_and_strange_fields_are_refused(world: World) -> None:
    lead, made = await world.prepared(two_of_one)
    part = f"/partners/{made['partners'][0]['id']}"
    for body in (
        {"personnel": 5},
        {"personnel": "5.00"},
        {"personnel": {"amount": "5.00", "currency": "USD"}},
        {"indirect": euro("5.00")},
        {"self_financed": "yes"},
        {"state": "signed"},
    ):
        assert (await lead.patch(part, body, 1)).status_code == 422
    assert (await lead.patch(part, {"personnel": euro("5.00")}, 2)).status_code == 412


async def test_the_largest_amounts_add_up(world: World) -> None:
    lead, made, pat, mine = await world.prepared(two)
    largest = dict.fromkeys(FIGURES, "999999999999.99")
    for actor, key in ((lead, made["partners"][0]["id"]), (pat, mine)):
        assert (await says(actor, key, **largest))["personnel"] == euro("999999999999.99")
    read = await budget(lead, made)
    assert read["totals"]["personnel"] == euro("1999999999999.98")
    assert (await lead.get(f"/consortia/{made['id']}")).json()["requested"] == euro("1999999999999.98")


async def shown_to(actor: Actor, made: dict[str, Any], part_id: str, *more: str) -> list[str]:
    """Of everything that the actor reads of a consortium, where the secret figure stands."""
    paths = (
        f"/partners/{part_id}", "/partners", f"/partners?consortium_id={made['id']}",
        f"/consortia/{made['id']}", "/consortia", f"/consortia/{made['id']}/budget",
        f"/partners/{part_id}/signatures", *more,
    )  # fmt: skip
    found = []
    for path in paths:
        answer = await actor.get(path)
        assert answer.status_code == 200, (path, answer.text)
        if SECRET in answer.text:
            found.append(path)
    return found


async def test_figures_are_read_by_their_partner_and_those_who_lead_until_the_consortium_shows_them(
    world: World,
) -> None:
    lead, made, pat, mine = await world.prepared(two)
    other, theirs = await partner(world, lead, made["id"], "IT")
    deputy, reader = await person(world, "deputy"), await person(world, "reader")
    await give_part(world, made["partners"][0]["id"], deputy, "deputy_contact")
    await give_part(world, mine, reader, "reader")
    # What the others ask for hides the figure in the sums.
    await says(other, theirs["id"], **dict.fromkeys(FIGURES, "1.00"))
    read = await says(pat, mine, **dict.fromkeys(FIGURES, SECRET))
    await pat.make(f"/partners/{mine}/sign", declared(read))
    whole = await shown_to(pat, made, mine)
    assert len(whole) == 5
    for actor in (lead, deputy, reader):
        assert await shown_to(actor, made, mine) == whole
    assert await shown_to(other, made, mine) == []
    closed = await budget(other, made)
    assert [line["partner_id"] for line in closed["lines"]] == [theirs["id"]]
    assert [m["path"] for m in closed["messages"] if mine in m["path"]] == []
    for refused in (
        await other.patch(f"/partners/{mine}", {"personnel": euro("1.00")}, read["version"]),
        await other.patch(f"/partners/{mine}", {"personnel": euro("1.00")}, 1),
        await other.post(f"/partners/{mine}/sign", {"version": 1}),
    ):
        assert refused.status_code == 403
        assert SECRET not in refused.text
    await open_to_all(lead, made)
    # What was signed stays the partner's own.
    assert await shown_to(other, made, mine) == [path for path in whole if not path.endswith("signatures")]
    stranger, office = await person(world, "stranger"), await person(world, "office", "office")
    for outside in (stranger, office):
        for path in (f"/consortia/{made['id']}/budget", f"/partners/{mine}", f"/partners/{mine}/signatures"):
            assert (await outside.get(path)).status_code == 404


async def test_whoever_is_invited_or_removed_reads_no_figures_of_an_open_consortium(world: World) -> None:
    lead, made, pat, mine = await world.prepared(two)
    await open_to_all(lead, made)
    assert (await pat.get(f"/consortia/{made['id']}/budget")).status_code == 200
    await lead.make(f"/partners/{mine}/remove")
    for path in (f"/consortia/{made['id']}/budget", f"/partners/{made['partners'][0]['id']}"):
        assert (await pat.get(path)).status_code == 404


async def test_the_coordinator_alone_names_the_consortium_and_opens_the_budgets(world: World) -> None:
    lead, made, pat, _ = await world.prepared(two)
    path = f"/consortia/{made['id']}"
    assert (await pat.patch(path, {"open_budgets": True}, 1)).status_code == 403
    done = (await lead.patch(path, {"name": "Another name"}, 1)).json()
    assert (done["name"], done["open_budgets"], done["version"]) == ("Another name", False, 2)
    assert (await lead.patch(path, {"open_budgets": True}, 1)).status_code == 412
    await close(world)
    refused = await lead.patch(path, {"open_budgets": True}, 2)
    assert [r["code"] for r in refused.json()["reasons"]] == ["deadline-passed"]


async def test_a_sealed_version_is_read_without_the_figures_of_fellow_partners(world: World) -> None:
    applied = await world.prepared(ready)
    lead, (pat, other) = applied.lead, applied.fellows
    parts = (await pat.get(f"/partners?consortium_id={applied.consortium['id']}")).json()["items"]
    mine = next(p["id"] for p in parts if "leave" in p["actions"])
    await says(pat, mine, **dict.fromkeys(FIGURES, SECRET))
    await lead.make(f"{applied.path}/submit")
    sealed = f"{applied.path}/sealed/1"
    whole = (await lead.get(sealed)).json()["manifest"]
    assert [p["personnel"] for p in whole["partners"] if p["id"] == mine] == [euro(SECRET)]
    hidden = await other.get(sealed)
    assert hidden.status_code == 200
    assert SECRET not in hidden.text
    assert SECRET not in (await other.get(applied.path)).text
    kept = [p["id"] for p in hidden.json()["manifest"]["partners"] if "personnel" in p]
    assert (len(kept), mine in kept) == (1, False)
    await open_to_all(lead, applied.consortium)
    assert (await other.get(sealed)).json()["manifest"] == whole


async def test_what_the_coordinator_changes_is_mailed_to_the_partners_contact_once(world: World) -> None:
    lead, made, pat, mine = await world.prepared(two)

    async def mails() -> list[tuple[str, str]]:
        async with world.sessions() as session:
            found = await session.scalars(select(Mail).where(Mail.kind == "partner_changed"))
            return [(mail.recipient, mail.text) for mail in found]

    await says(pat, mine, personnel=SECRET)
    await says(lead, mine, personnel=SECRET)
    await says(lead, made["partners"][0]["id"], personnel="5.00")
    assert await mails() == []
    await says(lead, mine, personnel="1.00", requested="1.00")
    ((to, text),) = await mails()
    assert to == pat.email
    assert "personnel, the requested contribution." in " ".join(text.split())
    assert "has not been signed" in text


async def test_a_proposal_warns_and_is_handed_in_whatever_is_over_a_limit(world: World) -> None:
    applied = await world.prepared(ready)
    first = applied.consortium["partners"][0]["id"]
    await says(applied.lead, first, requested="999999999999.99", in_kind_additional="1.00")
    assert len((await budget(applied.lead, applied.consortium))["messages"]) == 2
    assert (await applied.lead.make(f"{applied.path}/submit"))["state"] == "submitted"


async def ended(world: World, actor: Actor) -> None:
    async with world.sessions() as session, session.begin():
        gone = update(Person).where(Person.account_id == actor.id)
        await session.execute(gone.values(until=machine_now()))


async def test_whoever_acts_for_a_partner_no_longer_reads_no_figures(world: World) -> None:
    _, made, _, mine = await world.prepared(two)
    contributor = await person(world, "contributor")
    await give_part(world, mine, contributor, "contributor")
    await says(contributor, mine, personnel=SECRET)
    await ended(world, contributor)
    assert (await contributor.get(f"/partners/{mine}")).status_code == 404
    assert (await contributor.get(f"/consortia/{made['id']}/budget")).status_code == 404

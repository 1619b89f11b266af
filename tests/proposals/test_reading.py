"""What staff, the committee, the auditor and applicants read of a proposal, before and after checks."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.calls.models import TopicStageState
from app.people.models import Appointment
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, committee, person
from tests.conftest import World
from tests.consortia.build import close, give_part, open_stage
from tests.proposals.build import (
    submitted,
    under_check,
)

pytestmark = pytest.mark.anyio


async def test_staff_read_what_was_handed_in_and_never_the_draft_after_it(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await submitted(world, countries=("DE",))
    lead, path = applied.lead, applied.path
    version = (await lead.get(path)).json()["version"]
    assert (await lead.patch(path, {"title": "A secret turn"}, version)).status_code == 200
    assert (await lead.get(path)).json()["title"] == "A secret turn"
    read, (item,) = (await office.get(path)).json(), (await office.get("/proposals")).json()["items"]
    assert (read["title"], item["title"], item["state"]) == ("A title", "A title", "submitted")
    assert (await office.get(f"{path}/sealed/1")).json()["manifest"]["title"] == "A title"
    assert (await office.get(f"{path}/sections/impact")).status_code == 404
    assert (await office.get(f"{path}/documents/part_b")).status_code == 404
    assert (await office.get(f"{path}/sealed/1/documents/part_b")).status_code == 200
    await under_check(world)
    assert (await office.make(f"{path}/check"))["title"] == "A title"


async def test_the_committee_sees_no_proposal_and_the_auditor_what_was_handed_in(world: World) -> None:
    applied = await submitted(world, countries=("DE",))
    _, (member,) = await committee(world, "member")
    auditor = await person(world, "auditor", "auditor")
    assert (await auditor.get(applied.path)).json()["actions"] == []
    assert (await auditor.get(f"{applied.path}/sealed/1")).status_code == 200
    for path in (applied.path, f"{applied.path}/sealed/1"):
        assert (await member.get(path)).status_code == 404


HIDDEN = [s for s in ProposalState if s.applicants == "under_evaluation"]


async def test_applicants_read_the_same_of_every_hidden_state(world: World) -> None:
    """Read, list, filter and sort: nothing differs but the instant of the request."""
    office = await person(world, "office", "office")
    applied = await submitted(world, countries=("DE", "FR"))
    await close(world, TopicStageState.EVALUATION)
    told: dict[str, Any] = {}
    finding = {"reason": "INELIGIBLE", "finding_rule": "E-02", "finding_text": "Too few take part."}
    for state in HIDDEN:
        async with world.sessions() as session, session.begin():
            here = Proposal.id == UUID(applied.id)
            await session.execute(update(Proposal).where(here).values(state=state, **finding))
        assert (await office.get(applied.path)).json()["state"] == state
        for shown in (*HIDDEN, "under_evaluation", "submitted"):
            mine = await office.get("/proposals", params={"state": str(shown)})
            assert len(mine.json()["items"]) == (shown == state)
        for who in (applied.lead, *applied.fellows):
            answers = [await who.get(applied.path), await who.get("/proposals")]
            answers += [
                await who.get("/proposals", params={"state": str(shown)})
                for shown in (*HIDDEN, "under_evaluation", "submitted")
            ]
            answers += [
                await who.post(f"{applied.path}/{act}") for act in ("submit", "withdraw", "find_eligible")
            ]
            seen = [(a.status_code, a.json() | {"instance": ""}) for a in answers]
            assert seen == told.setdefault(who.email, seen)
    found = await applied.lead.get("/proposals", params={"state": "under_evaluation"})
    assert [item["state"] for item in found.json()["items"]] == ["under_evaluation"]


async def test_an_officer_who_applies_for_a_topic_has_an_applicants_rights_in_it(world: World) -> None:
    """Interest subtracts before roles add, and lasts beyond leaving what was handed in."""
    here = await world.prepared(open_stage)
    rival, mine = (
        await submitted(world, here, countries=("DE",)),
        await submitted(world, here, countries=("FR",)),
    )
    elsewhere = await submitted(world, countries=("IT",))
    officer = await person(world, "officer", "office")
    assert [(await officer.get(p.path)).status_code for p in (rival, mine, elsewhere)] == [200, 200, 200]
    await give_part(world, mine.consortium["partners"][0]["id"], officer, "contributor")
    assert [(await officer.get(p.path)).status_code for p in (rival, mine, elsewhere)] == [404, 200, 200]
    shown = (await officer.get(mine.path)).json()
    assert ("checks" in shown, shown["acronym"]) == (False, "SECRETUM")
    assert (await officer.post(f"/topic_stages/{here}/begin_evaluation")).status_code == 403
    listed = (await officer.get("/proposals")).json()["items"]
    assert {item["id"] for item in listed} == {mine.id, elsewhere.id}
    await close(world, TopicStageState.RELEASED)
    assert (await officer.get(rival.path)).status_code == 200


async def test_who_leaves_after_handing_in_keeps_the_interest_and_before_it_does_not(world: World) -> None:
    here = await world.prepared(open_stage)
    rival = await submitted(world, here, countries=("DE",))
    mine = await submitted(world, here, countries=("FR", "IT"))
    (fellow,) = mine.fellows
    await _make_officer(world, fellow)
    assert (await fellow.get(rival.path)).status_code == 404
    partners = (await fellow.get("/partners")).json()["items"]
    part = next(p for p in partners if not p["coordinates"])
    assert (await fellow.post(f"/partners/{part['id']}/leave")).json()["state"] == "left"
    assert (await fellow.get(rival.path)).status_code == 404
    assert (await fellow.get(mine.path)).status_code == 404
    await mine.lead.make(f"{mine.path}/submit")
    assert [(await fellow.get(p.path)).status_code for p in (rival, mine)] == [200, 200]


async def _make_officer(world: World, who: Actor) -> None:
    other = await person(world, "other", "office")
    async with world.sessions() as session, session.begin():
        theirs = update(Appointment).where(Appointment.account_id == other.id)
        await session.execute(theirs.values(account_id=who.id))


async def test_no_check_shows_in_a_draft_that_was_changed_since(world: World) -> None:
    """What was handed in counts from the finding on, and with that the applicants' state changes anyway."""
    office = await person(world, "office", "office")
    applied = await submitted(world)
    version = (await applied.lead.get(applied.path)).json()["version"]
    await applied.lead.patch(applied.path, {"title": "A title of the draft"}, version)
    await under_check(world)
    before = (await applied.lead.get(applied.path)).json()
    assert before["title"] == "A title of the draft"
    assert (await office.make(f"{applied.path}/check"))["title"] != before["title"]
    assert (await applied.lead.get(applied.path)).json() == before
    await office.make(f"{applied.path}/find_eligible")
    after = (await applied.lead.get(applied.path)).json()
    sealed = (await applied.lead.get(f"{applied.path}/sealed/1")).json()["manifest"]
    assert (after["state"], after["title"]) == ("under_evaluation", sealed["title"])

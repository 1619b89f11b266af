"""Who moderates, screens ethics or observes: what comes to be known later, of an organisation or a post."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.core.outbox import Mail
from tests.build import Actor, committee, fresh, person
from tests.conftest import Counting, World
from tests.consortia.build import consortium
from tests.evaluation.build import Expert, Topic, evaluated, expert
from tests.evaluation.hidden import same_as_missing
from tests.evaluation.test_around_the_group import moderates
from tests.evaluation.test_ethics import SCREENED, closed, screening_of, seated
from tests.evaluation.test_hearings import GOOD, ruled
from tests.evaluation.test_observers import named, term
from tests.evaluation.test_rooms import named as named_to_panel
from tests.evaluation.test_rooms import panel_of
from tests.evaluation.test_workbench import Group, working
from tests.experts.test_conflicts import joined
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio


async def employer(topic: Topic, name: str) -> UUID:
    """An organisation of the register, of a group that is known."""
    found = fresh(Organisation, OrganisationState.VALIDATED, legal_name=name, country="FR")
    found.kind, found.control_group = "large_company", "A holding"
    async with topic.world.sessions() as session, session.begin():
        session.add(found)
    return UUID(str(found.id))


async def comes_to_be_known(topic: Topic, how: str, there: UUID, applies: UUID) -> None:
    """The expert's employer is the applicant's, or of its group."""
    if how == "edit":
        await topic.office.make(f"/organisations/{applies}/reopen", {"reason": "Its group is not known."})
        version = (await topic.office.get(f"/organisations/{applies}")).json()["version"]
        known = {"control_group": "A holding"}
        assert (await topic.office.patch(f"/organisations/{applies}", known, version)).status_code == 200
    else:
        for officer in (topic.office, topic.second):
            merged = await officer.post(f"/organisations/{there}/merge", {"into_id": str(applies)})
            assert merged.status_code in (200, 202), merged.text


async def moderating(world: World) -> tuple[Group, Expert, UUID, UUID]:
    there = await working(world)
    where = await employer(there.topic, "Daughter")
    dora = await expert(there.topic, "dora", organisation_id=where)
    _, applies = await joined(there.topic, legal_name="Mother")
    assert (await moderates(there, dora)).status_code == 200
    return there, dora, where, applies


async def told(world: World) -> list[tuple[str, str]]:
    async with world.sessions() as session:
        wanted = select(Mail).where(Mail.kind == "moderator_lost").order_by(Mail.recipient, Mail.subject)
        return [(mail.recipient, mail.subject) for mail in await session.scalars(wanted)]


@pytest.mark.parametrize("how", ["edit", "merge"])
async def test_a_moderator_is_lost_by_what_is_found_of_an_organisation(world: World, how: str) -> None:
    there, dora, where, applies = await world.prepared(moderating)
    bench = f"{there.path}/workbench"
    assert (await dora.actor.get(bench)).status_code == 200
    await comes_to_be_known(there.topic, how, where, applies)
    assert await same_as_missing(dora.actor, bench)
    (found,) = (await there.topic.office.get("/conflicts")).json()["items"]
    assert (found["situation"], found["state"]) == ("D5", "found")


@pytest.mark.parametrize("how", ["edit", "merge"])
async def test_an_ethics_seat_is_blocked_by_what_is_found_of_an_organisation(world: World, how: str) -> None:
    topic, panel = await world.prepared(closed, GOOD)
    (proposal,) = topic.proposals
    await ruled(world, topic, ethics=SCREENED)
    await topic.office.make(f"{panel}/screen_ethics", {"rank": 1})
    where = await employer(topic, "Daughter")
    eve = await expert(topic, "eve", organisation_id=where)
    _, applies = await joined(topic, legal_name="Mother")
    seat = await seated(topic, await screening_of(topic, proposal), eve)
    assert (await eve.actor.get(f"/proposals/{proposal.id}")).status_code == 200
    await comes_to_be_known(topic, how, where, applies)
    assert (await topic.office.get(seat)).json()["state"] == "blocked"
    assert await same_as_missing(eve.actor, f"/proposals/{proposal.id}")


async def test_an_ethics_seat_is_blocked_by_an_employment_stated_later(world: World) -> None:
    topic, panel = await world.prepared(closed, GOOD)
    await ruled(world, topic, ethics=SCREENED)
    await topic.office.make(f"{panel}/screen_ethics", {"rank": 1})
    eve = await expert(topic, "eve")
    _, applies = await joined(topic, legal_name="Mother")
    seat = await seated(topic, await screening_of(topic, topic.proposals[0]), eve)
    await eve.actor.make(f"/experts/{eve.id}/employments", {"organisation_id": str(applies)})
    assert (await topic.office.get(seat)).json()["state"] == "blocked"


async def test_every_officer_but_those_who_apply_is_told_in_as_many_statements(
    world: World, counting: Counting
) -> None:
    sent = []
    for more in (0, 4):
        there, dora, _, _ = await moderating(world)
        for number in range(more):
            await person(world, f"officer{number}", "office")
        applies = await person(world, "applying", "office")
        await consortium(applies, there.topic.topic_stage)
        about = {"account_id": str(dora.actor.id), "situation": "D4", "text": "A cousin."}
        before = len(await told(world))
        with counting() as statements:
            await there.topic.office.make(f"/proposals/{there.topic.proposals[0].id}/conflicts", about)
        sent.append(len(statements))
        letters = await told(world)
        mine = [to for to, subject in letters if there.topic.proposals[0].reference in subject]
        assert {there.topic.office.email, there.topic.second.email} <= set(mine)
        assert applies.email not in mine
        assert len(letters) - before == len(mine) >= 2 + more
    assert sent[0] == sent[1]


async def confirmed(topic: Topic, who: Actor, post: str, admins: list[Actor]) -> list[str]:
    """Codes of what keeps somebody from this post, as its second person confirms it; none: it is theirs."""
    facts: dict[str, Any] = {"starts_at": machine_now().isoformat(), "appointing_act": "A vote"}
    if post == "mandate":
        body, _ = await committee(topic.world, "chair")
        asked = facts | {"account_id": str(who.id)}
        made = await topic.office.make(f"/bodies/{body}/mandates", asked)
        answer = await topic.second.post(f"/mandates/{made['id']}/confirm")
    else:
        made = await admins[0].make(f"/accounts/{who.id}/appointments", facts | {"role": post})
        answer = await admins[1].post(f"/appointments/{made['id']}/confirm")
    return [] if answer.status_code == 200 else codes(answer)


@pytest.mark.parametrize("post", ["mandate", "office", "signatory"])
async def test_a13_whoever_observes_takes_no_post_that_runs_or_decides(world: World, post: str) -> None:
    topic = await world.prepared(evaluated, GOOD)
    olga, pia, zoe = [await person(world, name, "observer") for name in ("olga", "pia", "zoe")]
    admins = [await person(world, name, "admin") for name in ("ann", "bob")]
    observation = await named(topic, olga)
    panel = await panel_of(topic)
    await named_to_panel(topic, panel, pia, "observer")
    for who in (olga, pia):
        assert await confirmed(topic, who, post, admins) == ["observes"], who.email
    await topic.office.make(f"{observation}/end")
    assert await confirmed(topic, olga, post, admins) == []
    assert await confirmed(topic, zoe, post, admins) == []
    path = f"/calls/{topic.call}/observations"
    again = {"account_id": str(zoe.id), **term()}
    assert codes(await topic.office.post(path, again)) == ["not-independent"], "the other direction"


async def test_an_observer_may_be_appointed_to_observe_elsewhere(world: World) -> None:
    topic = await world.prepared(evaluated, GOOD)
    olga = await person(world, "olga", "observer")
    admins = [await person(world, name, "admin") for name in ("ann", "bob")]
    await named(topic, olga)
    assert await confirmed(topic, olga, "observer", admins) == []

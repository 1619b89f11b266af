"""Every version of a section: who wrote it, compared, taken again; and copies of former proposals."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.calls.models import Call, Stage, TopicStage
from app.calls.rule_set import named
from app.core.clock import machine_now
from app.proposals.models import SectionVersion
from tests.build import committee, person
from tests.conftest import World
from tests.consortia.build import close, consortium, give_part, open_stage
from tests.proposals.build import Applied, ready, started, submitted

pytestmark = pytest.mark.anyio


def impact(applied: Applied) -> str:
    return f"{applied.path}/sections/impact"


async def written(world: World) -> Applied:
    """A draft with three versions of a section, by two people."""
    applied = await started(world, countries=("DE", "FR"))
    await applied.lead.patch(impact(applied), {"text": "First."}, 1)
    await applied.fellows[0].patch(impact(applied), {"text": "Second."}, 2)
    return applied


async def test_every_version_is_kept_with_its_author_and_compared(world: World) -> None:
    applied = await world.prepared(written)
    (pat,) = applied.fellows
    told = (await pat.get(f"{impact(applied)}/versions")).json()
    assert [(v["number"], v["author_id"], v["author"]) for v in told] == [
        (1, str(applied.lead.id), "lead"),
        (2, str(applied.lead.id), "lead"),
        (3, str(pat.id), "partner"),
    ]
    assert [v["at"] for v in told] == sorted(v["at"] for v in told)
    second = (await pat.get(f"{impact(applied)}/versions/2")).json()
    assert second == told[1] | {"answers": {"text": "First."}}
    whole = (await pat.get(f"{impact(applied)}/comparison")).json()
    changed = {"field": "text", "before": None, "after": "Second."}
    assert whole == {"before": 1, "after": 3, "changes": [changed]}
    back = (await pat.get(f"{impact(applied)}/comparison?from=3&to=2")).json()
    assert back["changes"] == [{"field": "text", "before": "Second.", "after": "First."}]
    for path in ("versions/4", "versions/0", "comparison?to=9"):
        assert (await pat.get(f"{impact(applied)}/{path}")).status_code in (404, 422)
    assert (await pat.get(f"{applied.path}/sections/invented/versions")).status_code == 404


async def test_an_older_version_is_taken_again_as_a_new_one(world: World) -> None:
    applied = await world.prepared(written)
    restore = f"{impact(applied)}/restore"
    stale = await applied.lead.post(restore, {"version": 2}, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["current"]["answers"]) == (412, {"text": "Second."})
    assert (await applied.lead.post(restore, {"version": 2})).status_code == 428
    gone = await applied.lead.post(restore, {"version": 9}, headers={"If-Match": '"3"'})
    bad = await applied.lead.post(restore, {"version": 0}, headers={"If-Match": '"3"'})
    assert (gone.status_code, bad.status_code) == (404, 422)
    done = await applied.lead.post(restore, {"version": 2}, headers={"If-Match": '"3"'})
    assert (done.status_code, done.headers["ETag"]) == (200, '"4"')
    assert done.json() == {"key": "impact", "version": 4, "answers": {"text": "First."}}
    told = (await applied.lead.get(f"{impact(applied)}/versions")).json()
    assert [v["number"] for v in told] == [1, 2, 3, 4]
    assert (await applied.lead.get(f"{impact(applied)}/versions/3")).json()["answers"] == {"text": "Second."}


async def test_versions_are_of_one_section_alone(world: World) -> None:
    """Excellence has no third version, whatever impact has."""
    applied = await world.prepared(written)
    path = f"{applied.path}/sections/excellence/restore"
    refused = await applied.lead.post(path, {"version": 3}, headers={"If-Match": '"1"'})
    assert refused.status_code == 404


async def test_readers_compare_but_do_not_restore_and_nobody_does_after_the_deadline(world: World) -> None:
    applied, reader = await written(world), await person(world, "reader")
    await give_part(world, applied.consortium["partners"][0]["id"], reader, "reader")
    asked = {"version": 2}, {"If-Match": '"3"'}
    assert len((await reader.get(f"{impact(applied)}/versions")).json()) == 3
    refused = await reader.post(f"{impact(applied)}/restore", asked[0], headers=asked[1])
    assert refused.status_code == 403
    await close(world)
    late = await applied.lead.post(f"{impact(applied)}/restore", asked[0], headers=asked[1])
    assert (late.status_code, late.json()["reasons"][0]["code"]) == (409, "deadline-passed")
    assert len((await applied.lead.get(f"{impact(applied)}/versions")).json()) == 3


async def test_the_history_is_there_for_the_consortium_alone_also_once_it_is_sealed(world: World) -> None:
    applied = await submitted(world, countries=("DE", "FR"))
    (pat,) = applied.fellows
    rival = await started(world, applied.topic_stage, countries=("IT",))
    _, (member,) = await committee(world, "member")
    staff = [await person(world, role, role) for role in ("office", "auditor", "signatory", "admin")]
    paths = [f"{impact(applied)}/{path}" for path in ("versions", "versions/1", "comparison")]
    assert [(await pat.get(path)).status_code for path in paths] == [200, 200, 200]
    for other in [*staff, member, rival.lead]:
        hidden = [await other.get(path) for path in paths]
        missing = await other.get(f"/proposals/{uuid4()}/sections/impact/versions")
        assert {a.status_code for a in hidden} == {404}
        assert [a.json() | {"instance": ""} for a in hidden] == [missing.json() | {"instance": ""}] * 3
    async with world.client() as anyone:
        assert {(await anyone.get(f"/v1{path}")).status_code for path in paths} <= {401, 404}


async def test_what_is_kept_is_never_changed(world: World) -> None:
    applied = await world.prepared(written)
    assert (await applied.lead.get(f"{impact(applied)}/versions")).status_code == 200
    for statement in (update(SectionVersion).values(number=9), delete(SectionVersion)):
        with pytest.raises(DBAPIError):
            async with world.sessions() as session, session.begin():
                await session.execute(statement)


async def again(world: World, former: Applied, rules: str = "imi2") -> Applied:
    """A new draft of whoever coordinates the former proposal, for another topic."""
    here = await open_stage(world, rules)
    made = await consortium(former.lead, here)
    draft = await former.lead.make(f"/consortia/{made['id']}/proposals", {"acronym": "SECUNDUM"})
    return Applied(former.lead, [], here, made, draft["id"])


async def test_a_new_draft_takes_the_texts_of_a_former_proposal_where_it_has_none(world: World) -> None:
    former = await submitted(world, countries=("DE",))
    draft = await again(world, former, "horizon_europe")
    await draft.lead.patch(impact(draft), {"text": "Of its own."}, 1)
    await draft.lead.make(f"{draft.path}/copy_from", {"proposal_id": former.id})
    read = {}
    for key in ("excellence", "impact", "implementation", "clinical_studies"):
        section = (await draft.lead.get(f"{draft.path}/sections/{key}")).json()
        read[key] = section["version"], section["answers"].get("text")
    assert read == {
        "excellence": (2, "On excellence."),
        "impact": (2, "Of its own."),
        "implementation": (2, "On implementation."),
        "clinical_studies": (1, None),
    }
    kept = (await draft.lead.get(f"{draft.path}/sections/excellence/versions")).json()
    assert [(v["number"], v["author"]) for v in kept] == [(1, "lead"), (2, "lead")]
    nothing = await draft.lead.post(f"{draft.path}/copy_from", {"proposal_id": former.id})
    assert (nothing.status_code, nothing.json()["reasons"][0]["code"]) == (409, "nothing-to-copy")
    assert (await former.lead.get(impact(former))).json()["answers"] == {"text": "On impact."}


async def test_what_the_new_form_does_not_take_stays_out(world: World) -> None:
    former = await started(world, countries=("DE",))
    await former.lead.patch(impact(former), {"text": "é" * 40_000}, 1)
    await former.lead.patch(f"{former.path}/sections/excellence", {"text": "Short."}, 1)
    draft = await again(world, former)
    fewer = named("imi2").model_dump(mode="json")
    fewer["sections"][1]["limit"] = 39_999
    part = select(TopicStage.stage_id).where(TopicStage.id == UUID(draft.topic_stage)).scalar_subquery()
    call = select(Stage.call_id).where(Stage.id == part).scalar_subquery()
    async with world.sessions() as session, session.begin():
        changed = update(Call).where(Call.id == call).values(rules=fewer, published_at=machine_now())
        await session.execute(changed)
    done = await draft.lead.make(f"{draft.path}/copy_from", {"proposal_id": former.id})
    characters = {s["key"]: s["characters"] for s in done["sections"]}
    assert (characters["excellence"], characters["impact"]) == (6, 0)


async def test_only_who_coordinates_both_copies(world: World) -> None:
    former, other = await ready(world, countries=("DE", "FR")), await ready(world, countries=("IT",))
    draft = await again(world, former)
    (pat,) = former.fellows
    deputy = await person(world, "deputy")
    await give_part(world, draft.consortium["partners"][0]["id"], deputy, "deputy_contact")
    for key in (other.id, str(uuid4()), draft.id):
        refused = await draft.lead.post(f"{draft.path}/copy_from", {"proposal_id": key})
        assert refused.status_code == 404, key
    assert (await deputy.post(f"{draft.path}/copy_from", {"proposal_id": former.id})).status_code == 403
    assert (await pat.post(f"{draft.path}/copy_from", {"proposal_id": former.id})).status_code == 404
    # A partner of the former one that now coordinates another has seen the texts, but they are not its own.
    lent = await consortium(pat, draft.topic_stage)
    mine = await pat.make(f"/consortia/{lent['id']}/proposals", {"acronym": "TERTIUM"})
    assert (await pat.get(former.path)).status_code == 200
    refused = await pat.post(f"/proposals/{mine['id']}/copy_from", {"proposal_id": former.id})
    assert refused.status_code == 404
    for body in ({}, {"proposal_id": "none"}, {"proposal_id": former.id, "more": 1}):
        assert (await draft.lead.post(f"{draft.path}/copy_from", body)).status_code == 422
    for key in ("excellence", "impact"):
        section = (await draft.lead.get(f"{draft.path}/sections/{key}")).json()
        assert (section["version"], section["answers"]) == (1, {})
    await close(world)
    late = await draft.lead.post(f"{draft.path}/copy_from", {"proposal_id": former.id})
    assert (late.status_code, late.json()["reasons"][0]["code"]) == (409, "deadline-passed")

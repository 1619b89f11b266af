"""Checking by rule, finding eligible or not, releasing."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage
from app.consortia.organisations.models import Organisation
from app.core.clock import machine_now
from app.proposals.models import SealedVersion
from app.proposals.reactions import release_findings
from app.rehearsal.paper import unreadable_pdf
from app.topics.models import Topic
from app.workflow.run import system_act
from tests.build import person
from tests.conftest import Counting, World
from tests.consortia.build import open_stage
from tests.proposals.build import (
    NO_ISSUE,
    checked,
    complete,
    pdf,
    ready,
    results,
    started,
    submitted,
    under_check,
    upload,
)

pytestmark = pytest.mark.anyio


async def test_the_checks_record_every_rule_with_what_it_looked_at(world: World) -> None:
    office = await person(world, "office", "office")
    applied, read = await checked(world, office)
    assert results(read) == dict.fromkeys(("E-02", "E-06", "M-01", "M-02", "M-03", "M-04", "M-05"), True)
    countries = next(c for c in read["checks"] if c["rule"] == "E-02")["inputs"]
    assert sorted(countries["countries"].values()) == ["DE", "FR", "IT"]
    assert (countries["members"], countries["associated"]) == (["DE", "FR", "IT"], [])
    again = await office.make(f"{applied.path}/check")
    assert results(again) == results(read)
    assert (await office.make(f"{applied.path}/find_eligible"))["state"] == "eligible"


@pytest.mark.parametrize(
    ("more", "broken"),
    [
        pytest.param({"countries": ("DE", "FR", "FR")}, "E-02", id="E-02-two-countries"),
        pytest.param({"countries": ("DE", "FR", "US")}, "E-02", id="E-02-E-05-a-third-country"),
        pytest.param({"control_group": "One"}, "E-06", id="E-06-one-control"),
    ],
)
async def test_a_broken_rule_is_found_by_two_officers_and_read_after_the_release(
    world: World, more: dict[str, Any], broken: str
) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied, read = await checked(world, office, **more)
    assert [rule for rule, passed in results(read).items() if not passed] == [broken]
    refused = await office.post(f"{applied.path}/find_eligible")
    assert [r["code"] for r in refused.json()["reasons"]] == [f"{broken.lower()}-failed"]
    found = {"rule": broken, "text": "Too few take part."}
    assert (await office.post(f"{applied.path}/find_ineligible", found)).status_code == 202
    assert (await office.post(f"{applied.path}/find_ineligible", found)).status_code == 409
    done = await other.make(f"{applied.path}/find_ineligible", found)
    assert (done["state"], done["reason"], done["finding"]) == ("ineligible", "INELIGIBLE", found)
    hidden = (await applied.lead.get(applied.path)).json()
    assert (hidden["state"], hidden["reason"]) == ("under_evaluation", None)
    assert [a["name"] for a in hidden["actions"]] == ["request_withdrawal", "file"]
    assert [reason["code"] for reason in hidden["actions"][1]["blocked_by"]] == ["not-told"]
    assert hidden["finding"] is None
    async with world.sessions() as session, session.begin():
        here = await session.get_one(TopicStage, UUID(applied.topic_stage))
        await release_findings(here, system_act(session, machine_now()))
    shown = (await applied.lead.get(applied.path)).json()
    assert (shown["state"], shown["reason"], shown["finding"]) == ("ineligible", "INELIGIBLE", found)


async def test_a_wrong_computation_keeps_nobody_out_if_two_officers_say_why(world: World) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied, _ = await checked(world, office, countries=("DE", "FR", "US"))
    path, eligible = f"{applied.path}/overrule", f"{applied.path}/find_eligible"
    said = {"rule": "E-02", "reason": "The third partner is an entity under Union law (E-07)."}
    held = await office.post(path, said | {"rule": "E-06"})
    assert [(r["code"], r["path"]) for r in held.json()["reasons"]] == [("no-failed-check", "/body/rule")]
    assert (await office.post(path, said | {"reason": "Short."})).status_code == 422
    assert (await office.post(path, said)).status_code == 202
    assert (await office.post(eligible)).status_code == 409
    assert (await other.post(path, said | {"reason": "Something else is the reason."})).status_code == 409
    (check,) = [c for c in (await other.make(path, said))["checks"] if c["rule"] == "E-02"]
    assert (check["passed"], check["overruled"]) == (False, said["reason"])
    assert (await applied.lead.post(path, said)).status_code == 403
    again = await office.make(f"{applied.path}/check")
    assert [c["overruled"] for c in again["checks"] if c["rule"] == "E-02"] == [said["reason"]]
    assert (await office.make(eligible))["state"] == "eligible"


async def test_a_rule_that_holds_cannot_be_found_broken_but_scope_and_readability_can(world: World) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied, _ = await checked(world, office)
    holds = {"rule": "E-02", "text": "Too few take part."}
    refused = await office.post(f"{applied.path}/find_ineligible", holds)
    assert [r["code"] for r in refused.json()["reasons"]] == ["no-failed-check"]
    unread = {"rule": "M-04", "text": "Page 3 is upside down."}
    assert (await office.post(f"{applied.path}/find_inadmissible", unread)).status_code == 202
    done = await other.make(f"{applied.path}/find_inadmissible", unread)
    assert (done["state"], done["reason"]) == ("inadmissible", "INADMISSIBLE")


async def test_a_fault_of_a_sealed_document_is_found_by_rule_and_one_of_the_draft_is_not(
    world: World,
) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    here = await open_stage(world)
    broken, sound = await ready(world, here), await ready(world, here)
    damaged = unreadable_pdf("Part B")
    assert (await upload(broken.lead, broken.id, damaged)).status_code == 200
    await broken.lead.make(f"{broken.path}/submit")
    assert (await upload(broken.lead, broken.id, pdf())).json()["fault"] is None
    await sound.lead.make(f"{sound.path}/submit")
    assert (await upload(sound.lead, sound.id, damaged)).json()["fault"]
    await under_check(world)
    read = await office.make(f"{broken.path}/check")
    assert [(c["rule"], c["text"]) for c in read["checks"] if not c["passed"]] == [
        ("M-04", "part_b: Page 2 cannot be read: it is damaged.")
    ]
    refused = await office.post(f"{broken.path}/find_eligible")
    assert [r["code"] for r in refused.json()["reasons"]] == ["m-04-failed"]
    found = {"rule": "M-04", "text": "Page 2 of part B cannot be opened."}
    assert (await office.post(f"{broken.path}/find_inadmissible", found)).status_code == 202
    assert (await other.make(f"{broken.path}/find_inadmissible", found))["state"] == "inadmissible"
    assert all(results(await office.make(f"{sound.path}/check")).values())


async def test_an_older_manifest_that_says_nothing_of_faults_is_read(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await submitted(world)
    async with world.sessions() as session, session.begin():
        wanted = select(SealedVersion).where(SealedVersion.proposal_id == UUID(applied.id))
        sealed = (await session.scalars(wanted)).one()
        old = {"proposal_id": sealed.proposal_id, "number": 2, "received_at": sealed.received_at}
        papers = [{k: v for k, v in d.items() if k != "fault"} for d in sealed.manifest["documents"]]
        assert papers != sealed.manifest["documents"]
        version = SealedVersion(**old, manifest=sealed.manifest | {"documents": papers}, texts={})
        version.answers = {"ethics": NO_ISSUE}
        version.digest, version.receipt = sealed.digest, sealed.receipt
        session.add(version)
    await under_check(world)
    assert all(results(await office.make(f"{applied.path}/check")).values())


async def test_a_missing_plan_blocks_no_submission_and_is_found_after_closing(world: World) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied = await started(world)
    await complete(applied, documents=("part_b",))
    offered = {a["name"]: a["blocked_by"] for a in (await applied.lead.get(applied.path)).json()["actions"]}
    assert offered["submit"] == []
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    read = await office.make(f"{applied.path}/check")
    assert [(c["rule"], c["kind"]) for c in read["checks"] if not c["passed"]] == [("M-05", "admissibility")]
    assert results(read)["M-03"]
    refused = await office.post(f"{applied.path}/find_eligible")
    assert [r["code"] for r in refused.json()["reasons"]] == ["m-05-failed"]
    found = {"rule": "M-05", "text": "There is no plan for exploitation and dissemination."}
    assert (await office.post(f"{applied.path}/find_inadmissible", found)).status_code == 202
    done = await other.make(f"{applied.path}/find_inadmissible", found)
    assert (done["state"], done["finding"]) == ("inadmissible", found)


async def test_a_plan_that_is_there_cannot_be_found_missing(world: World) -> None:
    office = await person(world, "office", "office")
    applied, read = await checked(world, office)
    assert results(read)["M-05"]
    found = {"rule": "M-05", "text": "There is no plan that I could find."}
    refused = await office.post(f"{applied.path}/find_inadmissible", found)
    assert [r["code"] for r in refused.json()["reasons"]] == ["no-failed-check"]


async def test_partners_without_a_pic_are_counted_by_country_and_control(world: World) -> None:
    office = await person(world, "office", "office")
    _, read = await checked(world, office)
    async with world.sessions() as session:
        pics = (await session.scalars(select(Organisation.pic))).all()
    assert set(pics) == {None}
    countries, control = (
        next(c["inputs"] for c in read["checks"] if c["rule"] == rule) for rule in ("E-02", "E-06")
    )
    assert (len(countries["countries"]), control["independent"]) == (3, 3)
    assert all(results(read).values())


async def test_a_check_costs_the_same_however_much_was_handed_in(world: World, counting: Counting) -> None:
    office = await person(world, "office", "office")
    here = await open_stage(world)
    few = await submitted(world, here, countries=("DE",))
    many = await submitted(world, here, countries=("DE", "FR", "IT", "ES"))
    await many.lead.make(f"{many.path}/submit")
    await under_check(world)
    costs = []
    for applied in (few, many):
        with counting() as sent:
            await office.make(f"{applied.path}/check")
        costs.append(len(sent))
    assert costs[0] == costs[1]


async def test_nothing_is_checked_before_the_deadline_nor_found_unchecked(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await submitted(world, countries=("DE",))
    early = await office.post(f"{applied.path}/check")
    assert [r["code"] for r in early.json()["reasons"]] == ["not-checking"]
    await under_check(world)
    unchecked = await office.post(f"{applied.path}/find_eligible")
    assert [r["code"] for r in unchecked.json()["reasons"]] == ["not-checked"]


async def test_an_evaluation_does_not_begin_while_a_proposal_is_unchecked(world: World) -> None:
    office = await person(world, "office", "office")
    here = await open_stage(world)
    first, second = await submitted(world, here), await submitted(world, here, countries=("DE",))
    await under_check(world)
    await office.make(f"{first.path}/check")
    await office.make(f"{first.path}/find_eligible")
    refused = await office.post(f"/topic_stages/{here}/begin_evaluation")
    reference = (await office.get(second.path)).json()["reference"]
    told = f"1 of the proposals are still to be found eligible or not: {reference}."
    assert [(r["code"], r["text"]) for r in refused.json()["reasons"]] == [("still-to-be-checked", told)]
    other = await person(world, "other", "office")
    await office.make(f"{second.path}/check")
    found = {"rule": "E-02", "text": "One country alone."}
    await office.post(f"{second.path}/find_ineligible", found)
    await other.make(f"{second.path}/find_ineligible", found)
    assert (await office.make(f"/topic_stages/{here}/begin_evaluation"))["state"] == "evaluation"
    assert (await office.get(first.path)).json()["state"] == "in_evaluation"
    assert (await office.get(second.path)).json()["state"] == "ineligible"


async def test_each_check_keeps_who_ran_it_and_who_stands_behind_it(world: World) -> None:
    """One officer behind what is met, two behind what is not and behind letting it not count."""
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied, read = await checked(world, office, countries=("DE", "FR", "US"))
    assert {c["checked_by_id"] for c in read["checks"]} == {str(office.id)}
    assert [c["confirmed_by"] for c in read["checks"]] == [[] for _ in read["checks"]]
    said = {"rule": "E-02", "reason": "The third partner is an entity under Union law (E-07)."}
    await office.post(f"{applied.path}/overrule", said)
    await other.make(f"{applied.path}/overrule", said)
    done = await other.make(f"{applied.path}/find_eligible")
    behind = {c["rule"]: c["confirmed_by"] for c in done["checks"]}
    assert behind.pop("E-02") == [str(office.id), str(other.id)]
    assert set(map(tuple, behind.values())) == {(str(other.id),)}


async def test_a_coordination_action_needs_one_entity_alone(world: World) -> None:
    """E-04 stands for E-02 where the topic's action is of that type."""
    office = await person(world, "office", "office")
    applied = await submitted(world, countries=("DE",))
    async with world.sessions() as session, session.begin():
        await session.execute(update(TopicStage).values(action_type="CSA"))
    shown = (await applied.lead.get(applied.path)).json()["problems"]
    assert [one["rule"] for one in shown if one["rule"].startswith("E")] == []
    await under_check(world)
    read = await office.make(f"{applied.path}/check")
    assert (results(read)["E-04"], "E-02" in results(read)) == (True, False)


async def test_a_short_proposal_is_without_the_industry_consortium_and_a_full_one_may_be_with_it(
    world: World,
) -> None:
    """E-09, by any of the names that the register knows."""
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied = await submitted(world, countries=("DE", "FR", "IT"), short_name="Compañia")
    async with world.sessions() as session, session.begin():
        await session.execute(update(Topic).values(industry_consortium={"COMPANIA": "Materials."}))
    assert "E-09" not in {one["rule"] for one in (await applied.lead.get(applied.path)).json()["problems"]}
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(kind="short"))
    warned = (await applied.lead.get(applied.path)).json()["problems"]
    assert [one["blocks"] for one in warned if one["rule"] == "E-09"] == [False]
    await under_check(world)
    read = await office.make(f"{applied.path}/check")
    assert results(read)["E-09"] is False
    found = {"rule": "E-09", "text": "A company of the topic's industry consortium takes part."}
    assert (await office.post(f"{applied.path}/find_ineligible", found)).status_code == 202
    assert (await other.make(f"{applied.path}/find_ineligible", found))["finding"] == found


async def test_excess_pages_are_recorded_and_reject_nobody(world: World) -> None:
    """C-20."""
    office = await person(world, "office", "office")
    applied = await ready(world)
    await upload(applied.lead, applied.id, pdf(75))
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    read = await office.make(f"{applied.path}/check")
    (check,) = [c for c in read["checks"] if c["rule"] == "M-04"]
    assert (check["passed"], check["inputs"]["beyond_limit"]) == (True, {"part_b": 5})
    assert (await office.make(f"{applied.path}/find_eligible"))["state"] == "eligible"


async def test_a_partner_of_industry_is_found_in_a_short_proposal_alone(world: World) -> None:
    """E-09: before the invitation the applicants are by themselves (C-06)."""
    office = await person(world, "office", "office")
    applied, _ = await checked(world, office)
    part = (await office.get(f"/topic_stages/{applied.topic_stage}")).json()
    here = applied.consortium["partners"][0]["organisation"]["id"]
    named = {"organisation_id": here, "name": "A person", "email": "a@example.org"}
    await office.make(f"/topics/{part['topic_id']}/industry_members", named)
    assert "E-09" not in results(await office.make(f"{applied.path}/check"))
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).where(Stage.id == UUID(part["stage_id"])).values(kind="short"))
    shown = (await applied.lead.get(applied.path)).json()
    assert "E-09" not in {one["rule"] for one in shown["problems"]}  # before, it is not theirs to know (C-09)
    found = await office.make(f"{applied.path}/check")
    assert results(found)["E-09"] is False
    reason = {"rule": "E-09", "text": "A partner is in the topic's industry consortium."}
    other = await person(world, "other", "office")
    await office.post(f"{applied.path}/find_ineligible", reason)
    assert (await other.make(f"{applied.path}/find_ineligible", reason))["state"] == "ineligible"

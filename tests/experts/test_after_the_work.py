"""After the work: what is payable, whose names are published, what is certified; what none of it tells."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select, update

from app.calls import rule_set
from app.calls.models import Call, TopicStage, TopicStageState
from app.experts.certificate.rules import code_of, in_groups, read
from app.experts.names.models import NameList
from app.experts.statement.rules import amount_of
from tests.build import person
from tests.conftest import World
from tests.evaluation.build import Expert, Topic, expert, group, in_evaluation
from tests.evaluation.hidden import same_as_missing
from tests.exchange.build import ask, told
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio


async def worked(world: World) -> tuple[Topic, Expert, Expert]:
    """A topic with its results released; of two experts one has reported, and nobody's contract has ended."""
    topic = await in_evaluation(world)
    ((ada, _),) = await group(topic, topic.proposals[0], "a")
    return topic, ada, await expert(topic, "bob")


async def released(topic: Topic, state: TopicStageState = TopicStageState.RELEASED) -> str:
    """The results of the topic are out; the call's reference."""
    async with topic.world.sessions() as session, session.begin():
        await session.execute(update(TopicStage).values(state=state))
        found = await session.get_one(Call, UUID(topic.call))
        return found.reference


async def statements(topic: Topic) -> list[dict[str, Any]]:
    listed = (await topic.office.get("/statements")).json()["items"]
    return [(await topic.office.get(f"/statements/{item['id']}")).json() for item in listed]


@pytest.mark.parametrize(
    ("rates", "amount"),
    [
        ((None, None), None),
        (("90.00", None), "180.00"),
        ((None, "450.00"), "1350.00"),
        (("0.10", "0.20"), "0.80"),
    ],
)
def test_money_is_stated_only_where_there_is_a_rate(
    rates: tuple[str | None, str | None], amount: str | None
) -> None:
    report, day = (None if rate is None else Decimal(rate) for rate in rates)
    assert amount_of(2, 3, report, day) == (None if amount is None else Decimal(amount))


async def test_completed_work_is_payable_in_units_and_noted_as_paid(world: World) -> None:
    topic, ada, bob = await world.prepared(worked)
    for who in (ada, bob):
        await topic.office.make(f"/contracts/{who.contract}/end")
    (made,) = await statements(topic)
    assert (made["reports"], made["days"], made["amount"], made["state"]) == (1, 5, None, "due")
    path = f"/statements/{made['id']}"
    assert (await ada.actor.get(path)).json()["reports"] == 1
    assert await same_as_missing(bob.actor, path)
    assert await same_as_missing(topic.proposals[0].coordinator, path)
    assert (await ada.actor.post(f"{path}/note_payment")).status_code == 403
    assert (await topic.office.make(f"{path}/note_payment"))["state"] == "paid"
    assert (await topic.office.post(f"{path}/note_payment")).status_code == 409


@pytest.mark.parametrize(("body", "days"), [({"days": 2}, 2), ({}, 5)])
async def test_the_days_are_those_that_were_worked(world: World, body: dict[str, Any], days: int) -> None:
    topic, ada, _ = await world.prepared(worked)
    await topic.office.make(f"/contracts/{ada.contract}/end", body)
    (made,) = await statements(topic)
    assert made["days"] == days


async def test_days_without_a_report_are_payable_once_the_office_says_so(world: World) -> None:
    topic, _, bob = await world.prepared(worked)
    await topic.office.make(f"/contracts/{bob.contract}/end", {"days": 1})
    (made,) = await statements(topic)
    assert (made["reports"], made["days"]) == (0, 1)


async def test_what_was_completed_before_a_termination_is_payable(world: World) -> None:
    topic, ada, bob = await world.prepared(worked)
    for who in (ada, bob):
        await topic.office.make(f"/contracts/{who.contract}/terminate", {"reason": "Moved."})
    (made,) = await statements(topic)
    assert (made["reports"], made["days"]) == (1, 0)


async def test_rates_are_those_of_the_rule_set(world: World) -> None:
    topic, ada, _ = await world.prepared(worked)
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(topic.call))
        call.rules = call.rules | {"experts": call.rules["experts"] | {"report_rate": "90.50"}}
    rule_set._pinned.clear()
    await topic.office.make(f"/contracts/{ada.contract}/end")
    (made,) = await statements(topic)
    assert made["amount"] == {"amount": "90.50", "currency": "EUR"}
    rule_set._pinned.clear()


@pytest.mark.parametrize("state", [s for s in TopicStageState if s != TopicStageState.RELEASED])
async def test_no_name_is_published_before_every_result_is_out(world: World, state: TopicStageState) -> None:
    topic, _, _ = await world.prepared(worked)
    reference = await released(topic, state)
    refused = await topic.office.post(f"/calls/{topic.call}/expert_name_lists")
    assert codes(refused) == ["evaluation-not-over"]
    unknown = await ask(world, "/calls/NO-SUCH-CALL/experts")
    hidden = await ask(world, f"/calls/{reference}/experts")
    assert (hidden.status_code, hidden.json()["title"]) == (404, unknown.json()["title"])


async def test_names_are_public_once_published_by_the_alphabet_and_nothing_else(world: World) -> None:
    topic = await in_evaluation(world, 2)
    ((zoe, _),) = await group(topic, topic.proposals[0], ["zoe"])
    bob, unsigned = await expert(topic, "bob"), await expert(topic, "unsigned", signs=False)
    reference = await released(topic)
    assert (await ask(world, f"/calls/{reference}/experts")).status_code == 404
    made = await topic.office.make(f"/calls/{topic.call}/expert_name_lists")
    public = await told(world, f"/calls/{reference}/experts")
    year = public["year"]
    assert public == {
        "call": reference, "year": year, "published_at": public["published_at"], "names": ["bob", "zoe"]
    }  # fmt: skip
    secrets = (zoe.id, bob.id, zoe.contract, topic.proposals[0].reference, zoe.actor.email, "unsigned")
    assert [word for word in secrets if word in str(public)] == []
    again = await topic.office.post(f"/calls/{topic.call}/expert_name_lists")
    assert codes(again) == ["uq-expert-name-list-once-a-year"]
    for reader in (zoe.actor, unsigned.actor, topic.proposals[0].coordinator, *topic.members):
        assert await same_as_missing(reader, f"/expert_name_lists/{made['id']}")
        assert (await reader.post(f"/calls/{topic.call}/expert_name_lists")).status_code == 403


async def test_the_newest_list_is_the_public_one(world: World) -> None:
    topic, _, _ = await world.prepared(worked)
    reference = await released(topic)
    await topic.office.make(f"/calls/{topic.call}/expert_name_lists")
    async with world.sessions() as session, session.begin():
        (first,) = await session.scalars(select(NameList))
        first.year -= 1
        year = first.year + 1
    await topic.office.make(f"/calls/{topic.call}/expert_name_lists")
    assert (await told(world, f"/calls/{reference}/experts"))["year"] == year


async def test_names_need_somebody_who_signed(world: World) -> None:
    topic = await in_evaluation(world)
    await released(topic)
    refused = await topic.office.post(f"/calls/{topic.call}/expert_name_lists")
    assert codes(refused) == ["nobody"]


def test_a_code_is_read_however_it_is_typed() -> None:
    code = code_of(bytes(range(16)))
    assert (len(code), read(in_groups(code).lower()), read(f" {code} ")) == (26, code, code)
    assert [read(bad) for bad in ("", code[1:], code + "A", "0" * 26, "٢" * 26)] == [None] * 5


async def test_a_certificate_waits_for_the_end_of_contract_and_evaluation(world: World) -> None:
    topic, ada, bob = await world.prepared(worked)
    path = f"/contracts/{ada.contract}/certificates"
    assert codes(await ada.actor.post(path)) == ["not-ended", "evaluation-not-over"]
    await topic.office.make(f"/contracts/{ada.contract}/end")
    assert codes(await ada.actor.post(path)) == ["evaluation-not-over"]
    await released(topic)
    assert (await ada.actor.make(path))["state"] == "issued"
    assert codes(await ada.actor.post(path)) == ["uq-expert-certificate-one-in-force"]
    await topic.office.make(f"/contracts/{bob.contract}/end")
    assert codes(await bob.actor.post(f"/contracts/{bob.contract}/certificates")) == ["no-report"]


async def certified(topic: Topic, who: Expert) -> dict[str, Any]:
    await topic.office.make(f"/contracts/{who.contract}/end")
    await released(topic)
    return await who.actor.make(f"/contracts/{who.contract}/certificates")


async def test_a_certificate_is_verified_by_its_code_and_tells_of_no_proposal(world: World) -> None:
    topic, ada, bob = await world.prepared(worked)
    made = await certified(topic, ada)
    public = await told(world, f"/certificates/{in_groups(made['code']).lower()}")
    today = public["issued_on"]
    assert public == {
        "name": "a", "call": public["call"], "call_title": public["call_title"], "reports": 1,
        "since": today, "until": today, "issued_on": today,
    }  # fmt: skip
    secrets = (topic.proposals[0].reference, topic.proposals[0].id, ada.id, ada.contract, ada.actor.email)
    assert [word for word in secrets if word in str(public)] == []
    other = await ask(world, f"/certificates/{'A' * 26}")
    assert [(await ask(world, f"/certificates/{bad}")).json()["title"] for bad in ("x", "A" * 25)] == [
        other.json()["title"]
    ] * 2
    for reader in (bob.actor, topic.proposals[0].coordinator, await person(world, "eve")):
        assert await same_as_missing(reader, f"/certificates/{made['id']}")
        assert await same_as_missing(reader, f"/certificates/{made['id']}/certificate.pdf")


async def test_a_certificate_is_a_pdf_the_same_whenever_it_is_asked_for(world: World) -> None:
    topic, ada, _ = await world.prepared(worked)
    path = f"/certificates/{(await certified(topic, ada))['id']}/certificate.pdf"
    first, second = await ada.actor.get(path), await topic.office.get(path)
    assert (first.headers["Content-Type"], first.content) == ("application/pdf", second.content)
    assert len(pikepdf.open(BytesIO(first.content)).pages) == 1


async def test_a_withdrawn_certificate_says_nothing_and_another_may_be_issued(world: World) -> None:
    topic, ada, _ = await world.prepared(worked)
    made = await certified(topic, ada)
    path = f"/certificates/{made['id']}"
    assert (await ada.actor.post(f"{path}/withdraw", {"reason": "No."})).status_code == 403
    await topic.office.make(f"{path}/withdraw", {"reason": "A wrong name."})
    assert (await ask(world, f"/certificates/{made['code']}")).status_code == 404
    assert (await ada.actor.get(f"{path}/certificate.pdf")).status_code == 404
    again = await ada.actor.make(f"/contracts/{ada.contract}/certificates")
    assert again["code"] != made["code"]

"""Builders: what was sealed of each proposal on a closed list, another topic of the call, sets on them."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app.calls.models import TopicStage, TopicStageState
from app.consortia.models import Consortium, Partner
from app.consortia.organisations.models import Organisation
from app.core.clock import machine_now
from app.decisions.queries import closed_panel
from app.evaluation.panel.effects import digest, lines
from app.evaluation.panel.models import FrozenList, Panel, PanelState, Place
from app.proposals.models import Proposal, SealedVersion
from app.topics.focus.models import FocusArea
from app.topics.models import Topic, TopicFocus, TopicState
from tests.build import Actor, fresh, person
from tests.conftest import World
from tests.decisions.build import GOOD, Listed, Ranked, proposal
from tests.decisions.money import euro


async def sealed(world: World, *listed: Listed, kinds: tuple[str, ...] = (), brings: str = "0") -> None:
    """What these have handed in: partners with the kinds given, the last a member of industry that brings
    so much in kind, and a tenth of it in money."""
    async with world.sessions() as session, session.begin():
        for one in listed:
            whole = selectinload(Proposal.consortium).selectinload(Consortium.partners)
            wanted = select(Proposal).where(Proposal.id == one.id)
            found = (await session.scalars(wanted.options(whole.selectinload(Partner.organisation)))).one()
            partners = [
                {
                    "organisation_id": str(each.organisation_id),
                    "country": each.organisation.country,
                    "kind": kind,
                    "in_kind_operational": euro("0.00"),
                    "in_kind_additional": euro("0.00"),
                    "financial_contribution": euro("0.00"),
                }
                for each, kind in zip(
                    sorted(found.consortium.partners, key=lambda p: p.organisation.country),
                    kinds or ("research",) * 3,
                    strict=True,
                )
            ]
            amount = Decimal(brings)
            partners[-1] |= {
                "in_kind_operational": euro(f"{amount:.2f}"),
                "financial_contribution": euro(f"{amount / 10:.2f}"),
            }
            member = UUID(str(partners[-1]["organisation_id"]))
            here = update(Organisation).where(Organisation.id == member)
            await session.execute(here.values(industry_member="constituent"))
            version = SealedVersion(id=uuid4(), proposal=found, number=1, received_at=machine_now())
            version.manifest = found.handed_in | {"partners": partners}
            version.digest, version.receipt, version.texts = "digest", "receipt", {}
            session.add(version)


async def another_topic(world: World, there: Ranked, budget: str, *requested: str) -> Ranked:
    """A second topic of the same stage whose list is closed as well."""
    topic = fresh(Topic, TopicState.IN_CALL, reference=f"O-{uuid4().hex[:8]}", title="Another topic")
    topic.action_type, topic.adopted_version = "RIA", 1
    part = fresh(TopicStage, TopicStageState.RANKED, topic=topic, budget=Decimal(budget), expected_grants=1)
    part.stage_id = UUID(there.made["stage"]["id"])
    async with world.sessions() as session, session.begin():
        session.add(part)
    ids = {"topic": {"id": str(topic.id)}, "topic_stage": {"id": str(part.id)}}
    made = there.made | ids
    people = [await person(world, f"other{n}") for n in range(len(requested))]
    listed = [await proposal(world, made, sum_, who) for sum_, who in zip(requested, people, strict=True)]
    async with world.sessions() as session, session.begin():
        panel = fresh(Panel, PanelState.CLOSED, topic_stage_id=part.id, topic_id=topic.id, digest="")
        panel.closed_at = machine_now()
        frozen = FrozenList(id=uuid4(), panel=panel, number=1, closed_at=machine_now(), digest="")
        frozen.inputs, frozen.places = {}, []
        session.add(frozen)
        for rank, one in enumerate(listed, 1):
            place = Place(id=uuid4(), panel=panel, proposal_id=one.id, above=True, rank=rank, scores=GOOD)
            place.total = place.weighted = Decimal("12.50")
            session.add(place)
    async with world.sessions() as session, session.begin():
        kept = await closed_panel(session, part.id)
        assert kept is not None
        kept.digest = kept.lists[-1].digest = digest(kept)
        kept.lists[-1].places = lines(kept.places)
    return Ranked(there.office, there.second, there.body, there.members, made, listed)


async def in_field(world: World, there: Ranked, label: str) -> None:
    """The topic is in a focus area of this name."""
    async with world.sessions() as session, session.begin():
        key = await session.scalar(select(FocusArea.id).where(FocusArea.label == label))
        assert key is not None
        session.add(TopicFocus(topic_id=UUID(there.made["topic"]["id"]), focus_area_id=key))


async def drawn_up(there: Ranked, who: Actor, name: str, **envelopes: str) -> httpx2.Response:
    """A set by this person: envelopes by the id of the topic in its stage."""
    asked = [{"topic_stage_id": key, "envelope": euro(amount)} for key, amount in envelopes.items()]
    return await who.post(f"/calls/{there.made['call']['id']}/what_ifs", {"name": name, "envelopes": asked})


async def compared(there: Ranked, who: Actor, *keys: str) -> list[dict[str, Any]]:
    path = f"/calls/{there.made['call']['id']}/what_if_comparison"
    answer = await who.get(path, params=[("what_if", key) for key in keys])
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def digests(world: World) -> list[tuple[str, str | None]]:
    """Of every list, as it is kept and as it comes to anew."""
    async with world.sessions() as session:
        parts = (await session.scalars(select(Panel.topic_stage_id).order_by(Panel.topic_stage_id))).all()
        panels = [await closed_panel(session, part) for part in parts]
        return [(digest(panel), panel.digest) for panel in panels if panel is not None]

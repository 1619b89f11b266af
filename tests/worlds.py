"""Two worlds for an applicant: one thread up to a decision under embargo, and the facts that may differ."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select

from app.calls.models import Call, TopicStage, TopicStageState
from app.committee.models import Ballot, Motion, MotionState
from app.decisions.full_text.models import FullTextRequest
from app.decisions.models import Decision, Line
from app.decisions.what_if.models import WhatIf
from app.evaluation.consensus.models import Consensus, ConsensusState, Point, Statement
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.evaluation.hearing.models import Hearing, HearingRound, HearingState, RoundState
from app.evaluation.panel.models import FrozenList, Panel, Place
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelSeat
from app.evaluation.report.models import Mark, Report, ReportState
from app.evaluation.summary.models import Summary
from app.experts.conflicts.models import Conflict, Identity
from app.experts.facts.models import FactState
from app.experts.models import (
    Assignment,
    AssignmentState,
    Contract,
    ContractState,
    Expert,
    ExpertState,
)
from app.people.models import Appointment
from app.proposals.information.models import InformationRequest, InformationState
from app.proposals.models import Proposal, ProposalState
from app.workflow.second import SecondRequest
from tests.build import person
from tests.matrix import after, before
from tests.matrix.before import CRITERIA, MILLION
from tests.matrix.cast import Cast, days
from tests.matrix.poses import reach

SEATS = {kind: f"assignment {kind}" for kind in after.SEATED} | {
    f"rival's {kind}": f"assignment rival's {kind}" for kind in after.GROUP
}
"""Every seat on either proposal, by who holds it."""
THIN = {"score": Decimal(2), "comment": "Thin."}
LOW = dict.fromkeys(CRITERIA, "2")
BELOW = "BELOW_OVERALL_THRESHOLD"
NEWS: dict[str, Any] = {"audit_seq": 99, "audit_head": "moved"}
"""What an act leaves on the row of an entity beside what it changes."""


async def thread(cast: Cast) -> None:
    """One proposal is above the thresholds and selected, its rival below them; nobody is told yet.

    As many experts again are under contract and hold no seat; an officer has asked for the release.
    """
    await reach(cast, after.decided)
    for kind in after.SEATED:
        await _expert(cast, f"other {kind}")
    await _rival(cast)
    await after.sitting(cast)
    await after.planned(cast)
    await after.summarised(cast)
    await after.what_if(cast)
    await after.full_text(cast)
    await cast.put("panel_item", AgendaItem, state=ItemState.DECIDED, outcome="kept", decided_at=days(-0.1))
    await after.information(cast, InformationState.CLOSED)
    await after.hearing(cast, RoundState.PREPARED, HearingState.PREPARED)
    await after.screening(cast, EthicsState.OPEN)
    await after.ethics_seat(cast)
    await before.identity(cast)
    await before.employment(cast, FactState.STATED)
    await before.collaboration(cast, FactState.STATED)
    mine = select(Appointment.id).where(Appointment.account_id == cast.account("applying_office"))
    found = await cast.connection.scalar(mine)
    assert found is not None
    cast.ids["appointment"] = found
    cast.ids |= {name: uuid4() for name in ("raise", "request", "nothing")}
    cast.ids |= {f"account {kind}": who.id for kind, who in cast.people.items()}


async def _expert(cast: Cast, name: str) -> None:
    cast.people[name] = await person(cast.world, name.replace(" ", "-"))
    who = {"account_id": cast.account(name), "expertise": [], "state": ExpertState.ACTIVE}
    signed = {"state": ContractState.SIGNED, "signed_at": days(-1), "briefed_at": days(-1), "days": 5}
    about = {"expert_id": await cast.add(f"expert {name}", Expert, **who), "call_id": cast.ids["call"]}
    await cast.add(f"contract {name}", Contract, **about, **signed)


async def _rival(cast: Cast) -> None:
    """The rival has been evaluated as well, by the same experts."""
    about: dict[str, Any] = {"proposal_id": cast.ids["rival proposal"], "topic_id": cast.ids["topic"]}
    await cast.put("rival proposal", Proposal, state=ProposalState.EVALUATED)
    for kind, label in zip(after.GROUP, "ABCD", strict=True):
        by = {"expert_id": cast.ids[f"expert {kind}"], "contract_id": cast.ids[f"contract {kind}"]}
        seat = {"state": AssignmentState.REPORTED, "label": f"Expert {label}", "declared_at": days(-0.5)}
        key = await cast.add(f"assignment rival's {kind}", Assignment, **seat, **by, **about)
        sealed = {"assignment_id": key, "state": ReportState.SEALED, "sealed_at": days(-0.2)}
        key = await cast.add(f"report rival's {kind}", Report, **sealed, **about)
        for code in CRITERIA:
            await cast.add(f"mark {code} of rival's {kind}", Mark, report_id=key, criterion=code, **THIN)
    final = {"state": ConsensusState.FINAL, "final_at": days(-0.1), "round": 1}
    by = {"rapporteur_id": cast.ids["assignment rival's rapporteur"]}
    key = await cast.add("rival consensus", Consensus, **final, **by, **about)
    for code in CRITERIA:
        await cast.add(f"point {code} of rival", Point, consensus_id=key, criterion=code, score=THIN["score"])
    where = {"proposal_id": cast.ids["rival proposal"], "rank": None}
    place = {
        "above": False,
        "total": Decimal(6),
        "weighted": Decimal(6),
        "scores": LOW,
        "panel_id": cast.ids["panel"],
    }
    await cast.add("rival place", Place, **where, **place)
    line = {"outcome": "rejected", "reason": BELOW, "requested": MILLION}
    await cast.add("rival line", Line, decision_id=cast.ids["decision"], **where, **line)


async def who_reviews(cast: Cast) -> None:
    """Every seat is held by another expert; their number, their states and their labels are the same."""
    for name, seat in SEATS.items():
        other = f"other {name.split()[-1]}"
        by = {"expert_id": cast.ids[f"expert {other}"], "contract_id": cast.ids[f"contract {other}"]}
        await cast.put(seat, Assignment, **by)
    conflicted = {"expert_id": cast.ids["expert other conflicted_expert"]}
    conflicted["account_id"] = cast.account("other conflicted_expert")
    await cast.put("conflict", Conflict, **conflicted)
    seat = {"account_id": cast.account("other reviewer"), "contract_id": cast.ids["contract other reviewer"]}
    await cast.put("panel_seat", PanelSeat, **seat)
    await cast.put("identity", Identity, expert_id=cast.ids["expert other reviewer"])


async def a_score(cast: Cast) -> None:
    """One expert and the group find less in one criterion; the proposal has fallen below the thresholds."""
    less = {"score": Decimal(1), "comment": "Hardly any."}
    alone = {"state": ReportState.DRAFT, "sealed_at": None, "in_group_at": None}
    await cast.put("report second_reviewer", Report, **alone)
    await cast.put("mark impact of second_reviewer", Mark, version=2, **less)
    sealed = {"state": ReportState.SEALED, "sealed_at": days(-0.2), "in_group_at": days(-0.15)}
    await cast.put("report second_reviewer", Report, **sealed)
    await cast.put("point impact", Point, version=2, score=less["score"])
    await cast.put("statement impact", Statement, text="Hardly any.")
    scores = dict.fromkeys(CRITERIA, "4") | {"impact": "1"}
    place = {"total": Decimal(9), "weighted": Decimal(9), "scores": scores}
    await cast.put("place", Place, rank=None, above=False, **place)
    await cast.put("report second_reviewer", Report, **NEWS)
    await cast.put("consensus", Consensus, round=2, final_at=days(0), **NEWS)
    await cast.put("panel_item", AgendaItem, outcome="changed", reason="Less than in others.", **NEWS)
    await cast.put("list", FrozenList, digest="another list", closed_at=days(0), places=[])
    await cast.put("panel", Panel, digest="another list", closed_at=days(0), **NEWS)
    await after.summary_version(cast, 2, "Hardly any.", reason="reason", made_by=cast.account("office"))
    await cast.put("summary", Summary, above=False, **NEWS)


async def the_decision(cast: Cast) -> None:
    """The rival is selected and the other in reserve, and there is more money, by a vote of its own."""
    await cast.put("line", Line, rank=2, outcome="reserve", reason="INSUFFICIENT_BUDGET")
    await cast.put("rival line", Line, rank=1, outcome="selected", reason=None)
    drawn = {"envelope": MILLION * 9, "list_digest": "another list"}
    await cast.put("decision", Decision, created_at=days(0), **drawn, **NEWS)
    await cast.put("motion", Motion, decided_at=days(0), **NEWS)
    more = {"budget": MILLION * 9, "embargoed": MILLION}
    await cast.put("topic_stage", TopicStage, **more, **NEWS)
    await cast.put("call", Call, budget=MILLION * 10, embargoed=MILLION, **NEWS)
    await _raised(cast)
    asked = {"entity": "decision", "entity_id": cast.ids["decision"], "act": "release", "state": "adopted"}
    asked |= {"digest": "d", "data": {}, "asked_by": cast.account("office"), "asked_at": days(0)}
    await cast.connection.execute(insert(SecondRequest).values(id=cast.ids["request"], **asked))


async def _raised(cast: Cast) -> None:
    """The motion that raised the envelope; its id is known in the other world, where it is nothing's."""
    about: dict[str, Any] = {"session_id": cast.ids["session"], "subject_id": cast.ids["topic_stage"]}
    about |= {
        "purpose": "raise_envelope",
        "topic_id": cast.ids["topic"],
        "text": "More.",
        "id": cast.ids["raise"],
    }
    done = {
        "state": MotionState.ADOPTED,
        "decided_at": days(0),
        "created_at": days(-1),
        "amount": MILLION * 9,
        "rule": after.RULE.pinned(),
    }
    await cast.connection.execute(insert(Motion).values(**about, **done))
    for kind in ("chair", "member", "recused_member", "applying_member"):
        ballot: dict[str, Any] = {"account_id": cast.account(kind), "motion_id": cast.ids["raise"]}
        ballot |= {"seat_id": cast.ids[f"mandate of {kind}"]}
        ballot |= (
            {"recused": "interest"} if kind == "applying_member" else {"choice": "yes", "cast_at": days(0)}
        )
        await cast.add(f"ballot {kind} on the money", Ballot, **ballot)


async def a_late_finding(cast: Cast) -> None:
    """Each was found out of the process late: one ineligible, the other its duplicate."""
    found = {"state": ProposalState.INELIGIBLE, "finding_text": "Words.", **NEWS}
    await cast.put("proposal", Proposal, reason="INELIGIBLE", finding_rule="E-01", **found)
    mine = {"duplicate_of_id": cast.ids["proposal"], "reason": "DUPLICATE", "finding_rule": "K-10"}
    await cast.put("rival proposal", Proposal, **mine, **found)


async def what_came_of_it(cast: Cast) -> None:
    """The office has written down another thing of an answer."""
    await cast.put("information_request", InformationRequest, outcome="The doubt stays.", **NEWS)


async def what_is_prepared(cast: Cast) -> None:
    """The panel would hear it elsewhere, on other questions."""
    await cast.put("hearing_round", HearingRound, questions=["Why?"], answer_until=days(3), **NEWS)
    await cast.put("hearing", Hearing, place="Room 2", secret="other", questions=["Who?"], **NEWS)


async def what_ethics_finds(cast: Cast) -> None:
    """It is not cleared."""
    found = {"state": EthicsState.NOT_CLEARED, "refused_for": "Risk.", "concluded_at": days(0)}
    await cast.put("ethics_screening", EthicsScreening, **found, **NEWS)


async def what_is_asked(cast: Cast) -> None:
    """The office would look at less money."""
    await cast.put("what_if", WhatIf, name="Less", **NEWS)


async def what_a_member_reads(cast: Cast) -> None:
    """It is the rival that a member of the committee has asked for in full."""
    other = {"proposal_id": cast.ids["rival proposal"], "reason": "It is close to the line."}
    await cast.put("full_text_request", FullTextRequest, **other, **NEWS)


async def undecided(cast: Cast) -> None:
    """The committee is still voting."""
    for model in (Line, Decision):
        await cast.connection.execute(delete(model))
    await cast.put("motion", Motion, state=MotionState.VOTING, decided_at=None)
    await cast.put("topic_stage", TopicStage, state=TopicStageState.RANKED)


Fact = Callable[[Cast], Awaitable[None]]
FACTS: tuple[Fact, ...] = (
    who_reviews,
    a_score,
    the_decision,
    a_late_finding,
    what_came_of_it,
    what_is_prepared,
    what_ethics_finds,
    what_is_asked,
    what_a_member_reads,
)
"""None of them sets back what another has changed, so that all can differ in one world."""

"""Leaks made on purpose, which the two worlds must tell: in a view, by a refusal, in a mail."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select, true

from app import process
from app.calls.models import TopicStage
from app.calls.topic_stage.schemas import TopicStageRead
from app.committee.models import Motion, Session
from app.core import outbox
from app.core.reason import Reason
from app.evaluation.report.models import Report
from app.experts.contract.workflow import CONTRACT
from app.experts.models import Assignment, Contract
from app.people.models import Account
from app.proposals.access import interest
from app.proposals.information.schemas import InformationRead
from app.proposals.views import ProposalRead
from app.workflow import sight
from app.workflow.mounted import MOUNTED
from app.workflow.rows import loading
from app.workflow.run import Act, refuse

Canary = Callable[[pytest.MonkeyPatch], None]


def seats_without_interest(patch: pytest.MonkeyPatch) -> None:
    """An interest in the topic no longer hides its seats."""
    sight.install({**process.SIGHTS, Assignment: replace(process.SIGHTS[Assignment], topic=None)}, interest)


def reports_for_all(patch: pytest.MonkeyPatch) -> None:
    """Every report is anybody's who has signed in."""
    wide = sight.relation("author", "anyone", lambda actor: true(), own=True)
    sight.install({**process.SIGHTS, Report: sight.Sight((wide,))}, interest)


def whole_budget(patch: pytest.MonkeyPatch) -> None:
    """The public reads the envelope with what is embargoed of it."""
    views = [(who, TopicStageRead) for who, _ in MOUNTED["topic_stage"].views]
    patch.setitem(MOUNTED["topic_stage"].__dict__, "views", views)


def true_states(patch: pytest.MonkeyPatch) -> None:
    """A consortium reads of its proposal what staff read."""
    views = [(who, ProposalRead) for who, _ in MOUNTED["proposal"].views]
    patch.setitem(MOUNTED["proposal"].__dict__, "views", views)


def whole_requests(patch: pytest.MonkeyPatch) -> None:
    """A consortium reads what came of its answer."""
    views = [(who, InformationRead) for who, _ in MOUNTED["information_request"].views]
    patch.setitem(MOUNTED["information_request"].__dict__, "views", views)


def announced_too_early(patch: pytest.MonkeyPatch) -> None:
    """The public faces tell what is embargoed."""
    patch.setattr(TopicStage, "announced", property(lambda part: part.budget))


async def refused_if_seated(contract: Contract, act: Act) -> None:
    """A contract that has seats does not end."""
    seats = select(Assignment.id).where(Assignment.contract_id == contract.id)
    if await act.session.scalar(seats.limit(1)):
        raise refuse(CONTRACT, "end", contract, act, [Reason("seated", "This expert has seats.")])


async def mails_what_was_voted(session: Session, act: Act) -> None:
    """An applicant is told how many motions a session had."""
    motions = await act.session.scalar(select(func.count()).where(Motion.session_id == session.id))
    to = await act.session.scalar(select(Account.email).where(Account.name == "coordinator"))
    assert to is not None
    await outbox.write(act.session, to=to, kind="note", subject="Session", text=str(motions), at=act.now)


async def run_by(act: Act, key: UUID) -> TopicStage | None:
    """The topic in its stage, whoever asks."""
    parts = select(TopicStage).where(TopicStage.id == key).options(*loading(TopicStage, ["stage.call"]))
    return (await act.session.scalars(parts)).one_or_none()

"""The page of the process: the stages in order, their tables, who sees what, what sets off what."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter

import app.calls.access
import app.calls.routes
import app.committee.access
import app.committee.routes
import app.consortia.access
import app.consortia.routes
import app.experts.access
import app.experts.routes
import app.decisions.access
import app.decisions.routes
import app.evaluation.consensus.models  # noqa: F401
import app.evaluation.panel.models  # noqa: F401
import app.evaluation.report.models  # noqa: F401
import app.grants.models  # noqa: F401
import app.people.access
import app.people.routes
import app.proposals.access
import app.proposals.routes
import app.topics.access
import app.topics.routes
from app.calls import reactions as calls
from app.committee.access import committee_roles
from app.consortia import reactions as consortia
from app.core.settings import Settings
from app.decisions import reactions as decisions
from app.experts import reactions as experts
from app.experts.access import contract_roles
from app.people import desk
from app.people.access import install_roles
from app.people.authenticate import authenticate
from app.proposals import reactions as proposals
from app.topics import reactions as topics
from app.workflow import asked, run, sight
from app.workflow.mounted import MOUNTED
from app.workflow.run import Act
from app.workflow.sight import Sight
from app.workflow.table import Effect, Workflow

STAGES: Sequence[tuple[str, APIRouter]] = (
    ("Who acts: accounts, appointments, sign-in", app.people.routes.router),
    ("Bodies, their mandates, sessions, motions and votes", app.committee.routes.router),
    ("What research is wanted: from a draft to the adopted text", app.topics.routes.router),
    ("Calls, their stages and deadlines, the topics in them", app.calls.routes.router),
    ("Organisations and the consortia they form", app.consortia.routes.router),
    ("Proposals: written together, sealed, checked", app.proposals.routes.router),
    ("Experts: their contracts, conflicts of interest, assignments to proposals", app.experts.routes.router),
    ("Decisions on ranked lists, their release", app.decisions.routes.router),
)

WORKFLOWS: Mapping[str, Workflow] = {name: mounted.workflow for name, mounted in MOUNTED.items()}

SIGHTS: Mapping[type[Any], Sight] = (
    app.people.access.SIGHTS
    | app.committee.access.SIGHTS
    | app.topics.access.SIGHTS
    | app.calls.access.SIGHTS
    | app.consortia.access.SIGHTS
    | app.proposals.access.SIGHTS
    | app.experts.access.SIGHTS
    | app.decisions.access.SIGHTS
)

REACTIONS: Mapping[tuple[str, str], Sequence[Effect]] = {
    ("motion", "prepare"): (topics.frame_topic_motion, calls.frame_call_motion, decisions.frame_list_motion),
    ("motion", "put_to_vote"): (decisions.recuse_applicants,),
    ("motion", "adopt"): (topics.adopt_by_motion, calls.adopt_call_by_motion, decisions.decide_by_motion),
    ("account", "activate"): (consortia.know_the_people,),
    ("account", "register"): (consortia.know_the_people,),
    ("consortium", "form"): (consortia.let_the_founder_coordinate,),
    ("call", "publish"): (calls.put_topics_in_call,),
    ("mandate", "confirm"): (experts.seat_no_expert,),
    ("appointment", "confirm"): (experts.appoint_no_expert,),
    ("assignment", "declare_conflict"): (experts.keep_declaration,),
    ("conflict", "find"): (experts.block_by_conflict,),
    ("decision", "release"): (decisions.release_results,),
    ("topic_stage", "begin_evaluation"): (proposals.evaluate_the_eligible,),
    ("topic_stage", "release"): (proposals.release_findings,),
}

Due = Callable[[Act], Awaitable[None]]


def due(settings: Settings) -> Sequence[Due]:
    """What follows from the clock alone, in order."""
    longest = timedelta(seconds=settings.longest_request_seconds)
    return (calls.start_calls, calls.start_checks(longest))


def install(settings: Settings) -> None:
    """Hand the page to the engine; once, by whoever serves, works or tests."""
    desk.install(settings)
    install_roles([committee_roles, contract_roles])
    asked.install(authenticate)
    sight.install(dict(SIGHTS), app.proposals.access.interest)
    run.install(REACTIONS)

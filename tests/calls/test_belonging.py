"""Which call a row belongs to: all that an auditor reads has a way to its call, or a reason for none."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import DateTime, Uuid, bindparam

from app.calls.auditors.queries import in_audited_call, ways
from app.process import MOVED, OF_ONE_CALL, SIGHTS
from app.workflow.sight import Relation, name_of
from app.workflow.who import Actor

CALL, STAGE = "", "call_stage.call_id"
PART = f"topic_stage.stage_id {STAGE}"
PANEL = f"panel.topic_stage_id {PART}"
PROPOSAL = f"proposal.topic_stage_id {PART}"
WAYS: Mapping[str, str] = {
    "call": CALL,
    "call_stage": STAGE,
    "topic_stage": PART,
    "amendment": "amendment.call_id",
    "question": "question.call_id",
    "proposal": PROPOSAL,
    "information_request": f"information_request.proposal_id {PROPOSAL}",
    "external_case": f"external_case.proposal_id {PROPOSAL}",
    "assignment_set": f"assignment_set.stage_id {STAGE}",
    "assignment_run": f"assignment_run.stage_id {STAGE}",
    "observation": "observation.call_id",
    "observer_report": "observer_report.call_id",
    "panel": PANEL,
    "panel_seat": f"panel_seat.panel_id {PANEL}",
    "panel_item": f"panel_item.panel_id {PANEL}",
    "summary": f"summary.panel_id {PANEL}",
    "hearing_round": f"hearing_round.panel_id {PANEL}",
    "hearing": f"hearing.panel_id {PANEL}",
    "ethics_screening": f"ethics_screening.panel_id {PANEL}",
    "ethics_seat": "ethics_seat.contract_id expert_contract.call_id",  # its own, of the same call (guarded)
    "decision": f"decision.topic_stage_id {PART}",
    "full_text_request": f"full_text_request.panel_id {PANEL}",
    "invitation": f"invitation.topic_stage_id {PART}",
    "letter": f"letter.topic_stage_id {PART}",
    "redress": f"redress.topic_stage_id {PART}",
    "re_evaluation": f"re_evaluation.redress_id redress.topic_stage_id {PART}",
    "reserve_list": f"reserve_list.topic_stage_id {PART}",
    "what_if": "what_if.call_id",
    "grant_agreement": f"grant_agreement.proposal_id {PROPOSAL}",
}
BY_TOPIC = (
    "screening", "co_author", "consultation", "consulted_body", "comment", "topic_opinion", "corrigendum",
    "industry_member",
)  # fmt: skip
"""How a text came about belongs to every call that its topic is, or was, in."""
NONE: Mapping[str, str] = {
    "body": "bodies decide on many calls",
    "mandate": "so do those who sit in them",
    "body_session": "one session has motions on several calls",
    "motion": "by its subject, which no foreign key names",
}


def test_every_entity_that_an_auditor_reads_has_a_way_to_its_call_or_a_reason_for_none() -> None:
    read = {m.__table__ for m, sight in SIGHTS.items() if "auditor" in map(name_of, sight.relations)}
    found = {t.name: " ".join(map(str, ways()[t])) for t in read if t in ways()}
    by_topic = {name: f"{name}.topic_id" for name in BY_TOPIC}
    assert found == {**WAYS, **by_topic, "topic": ""}
    assert {t.name for t in read} - found.keys() == NONE.keys()


def test_a_motion_is_of_the_call_of_whatever_it_may_be_about() -> None:
    assert {model.__name__ for model in MOVED} == {"Topic", "Corrigendum", "Call", "TopicStage", "Redress"}
    assert all(model.__table__ in ways() for model in MOVED)  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", SIGHTS, ids=lambda model: str(model.__name__))
def test_a_role_for_one_call_adds_what_the_auditors_role_adds_and_changes_nothing_else(model: type) -> None:
    """A relation that another role gives as well is the same with and without the auditor's: none is left out
    because it is there already, and none is made wider."""
    for others in (set(), {"office"}, {"committee"}, {"signatory"}, {"expert"}, {"observer"}, {"admin"}):
        without, with_it = _somebody(*others), _somebody(*others, "auditor")
        for tie in SIGHTS[model].relations:
            before, after = _said(tie, without), _said(tie, with_it)
            assert before in (None, after), (name_of(tie), others)
    assert (OF_ONE_CALL.name, OF_ONE_CALL.gives) == ("call_auditor", "auditor")


def _somebody(*roles: str) -> Actor:
    """An actor with these roles, and places to fill for who it is and when."""
    who: Any = bindparam("actor_id", type_=Uuid)
    when: Any = bindparam("actor_at", type_=DateTime(timezone=True))
    return Actor(who, frozenset(roles), at=when)


def _said(tie: Relation, actor: Actor) -> str | None:
    test = tie.predicate(actor)
    return None if test is None else str(test)


def test_what_belongs_to_no_call_is_nobodys_by_a_call() -> None:
    belongs = in_audited_call({})
    for model, sight in SIGHTS.items():
        if "auditor" in map(name_of, sight.relations) and model.__tablename__ in NONE:  # type: ignore[attr-defined]
            assert belongs(model, Actor()) is None

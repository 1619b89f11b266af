"""The page of the process: the stages in order, their tables, who sees what, what sets off what."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import JSONB

import app.calls.access
import app.calls.auditors.waits
import app.calls.invariants
import app.calls.questions.access
import app.calls.questions.waits
import app.calls.routes
import app.committee.access
import app.committee.invariants
import app.committee.routes
import app.committee.waits
import app.consortia.access
import app.consortia.industry.access
import app.consortia.industry.waits
import app.consortia.organisations.access
import app.consortia.routes
import app.consortia.search.access
import app.consortia.waits
import app.decisions.access
import app.decisions.full_text.access
import app.decisions.invariants
import app.decisions.invitation.access
import app.decisions.invitation.waits
import app.decisions.letter.access
import app.decisions.letter.invariants
import app.decisions.minutes
import app.decisions.redress.access
import app.decisions.redress.invariants
import app.decisions.redress.re_evaluation.access
import app.decisions.redress.waits
import app.decisions.reserve.access
import app.decisions.reserve.invariants
import app.decisions.reserve.waits
import app.decisions.routes
import app.decisions.what_if.access
import app.evaluation.consensus.access
import app.evaluation.ethics.access
import app.evaluation.hearing.access
import app.evaluation.observer.access
import app.evaluation.observer.report.access
import app.evaluation.panel.access
import app.evaluation.panel.room.access
import app.evaluation.report.access
import app.evaluation.report.invariants
import app.evaluation.routes
import app.evaluation.summary.access
import app.evaluation.summary.invariants
import app.evaluation.waits
import app.experts.access
import app.experts.assigning.access
import app.experts.campaign.access
import app.experts.certificate.mounts
import app.experts.conflicts.access
import app.experts.facts.access
import app.experts.names.mounts
import app.experts.routes
import app.experts.statement.mounts
import app.experts.waits
import app.grants.access
import app.grants.routes
import app.grants.times.waits
import app.people.access
import app.people.routes
import app.proposals.access
import app.proposals.external_case.access
import app.proposals.information.access
import app.proposals.information.waits
import app.proposals.routes
import app.results.routes
import app.topics.access
import app.topics.co_authors.access
import app.topics.co_authors.waits
import app.topics.consultation.access
import app.topics.consultation.waits
import app.topics.corrigenda.access
import app.topics.focus.access
import app.topics.opinions.access
import app.topics.routes
import app.topics.screening.access
import app.topics.screening.waits
from app.calls import deadlines, ending, moving
from app.calls import reactions as calls
from app.calls.amendments import corrections
from app.calls.amendments import reactions as amendments
from app.calls.auditors import reactions as auditors
from app.calls.auditors.queries import in_audited_call
from app.calls.models import Call, Stage, TopicStage
from app.calls.rule_set import rule_sets
from app.committee import reactions as committee
from app.committee.access import committee_roles
from app.committee.effects import install_frames
from app.committee.models import Motion, Session
from app.committee.voting import install_voting
from app.consortia import reactions as consortia
from app.consortia.industry import reactions as industry
from app.consortia.organisations import reactions as organisations
from app.consortia.search import reactions as search
from app.core import idempotency
from app.core.checkpoint import checkpoint
from app.core.db import Base
from app.core.invariants import Invariant, heads_of
from app.core.jobs import enqueue
from app.core.settings import Settings
from app.core.sweeping import Beside, Named
from app.decisions import lists
from app.decisions import reactions as decisions
from app.decisions.invitation import reactions as invitations
from app.decisions.letter import ending as letters_of_ending
from app.decisions.letter.queries import review_until
from app.decisions.redress import cases, funding
from app.decisions.redress import ending as ending_of_reviews
from app.decisions.redress import reactions as redress
from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation import reactions as re_evaluation
from app.decisions.reserve import reactions as reserve
from app.evaluation.consensus import reactions as consensus
from app.evaluation.ethics import reactions as ethics
from app.evaluation.hearing import reactions as hearing
from app.evaluation.observer import reactions as observer
from app.evaluation.panel import reactions as panel
from app.evaluation.panel.room import reactions as room
from app.evaluation.report import reactions as report
from app.evaluation.report.due import remind_of_reports
from app.evaluation.summary import reactions as summary
from app.evaluation.summary.models import Summary, SummaryPrint
from app.experts import reactions as experts
from app.experts.access import contract_roles
from app.experts.affinity import reactions as affinity
from app.experts.assigning import reactions as assigning
from app.experts.campaign import reactions as campaigns
from app.experts.conflicts import reactions as conflicts
from app.experts.facts import reactions as facts
from app.experts.forgetting import reactions as forgetting
from app.experts.statement.workflow import state_the_work
from app.grants import reactions as grants
from app.people import desk
from app.people import effects as people
from app.people.access import CALL_AUDITOR, auditor, install_roles
from app.people.authenticate import authenticate
from app.people.me import install_me
from app.people.notices import send_digests
from app.proposals import notices
from app.proposals import reactions as proposals
from app.proposals.information import reactions as information
from app.proposals.models import Document, DocumentText, Proposal, SealedVersion
from app.proposals.review import install_review
from app.topics import reactions as topics
from app.topics.consultation import reactions as consultation
from app.topics.consultation.models import Comment
from app.topics.corrigenda import reactions as corrigenda
from app.topics.corrigenda.models import Corrigendum
from app.topics.models import Topic
from app.topics.opinions.models import TopicOpinion
from app.topics.programme import programme
from app.topics.versions import reactions as versions
from app.workflow import asked, run, sight
from app.workflow.limits import Limited
from app.workflow.mounted import MOUNTED
from app.workflow.run import Act
from app.workflow.sight import Relation, Sight, name_of
from app.workflow.table import Effect, Workflow
from app.workflow.who import Actor

STAGES: Sequence[tuple[str, APIRouter]] = (
    ("Who acts: accounts, appointments, sign-in", app.people.routes.router),
    ("Bodies, their mandates, sessions, motions and votes", app.committee.routes.router),
    ("What research is wanted: from an idea to the adopted text", app.topics.routes.router),
    ("Calls, their stages and deadlines, the topics in them", app.calls.routes.router),
    ("Organisations and the consortia they form", app.consortia.routes.router),
    ("Proposals: written together, sealed, checked", app.proposals.routes.router),
    ("Experts: their contracts, conflicts of interest, assignments to proposals", app.experts.routes.router),
    ("Reports that experts write alone, then together; ranked lists", app.evaluation.routes.router),
    ("Decisions on ranked lists, their release", app.decisions.routes.router),
    ("Grants: prepared by the office, signed by another", app.grants.routes.router),
    ("Projects with a signed grant, for anyone", app.results.routes.router),
)

WORKFLOWS: Mapping[str, Workflow] = {name: mounted.workflow for name, mounted in MOUNTED.items()}

OWN: Mapping[type[Any], Sight] = (
    app.people.access.SIGHTS
    | app.committee.access.SIGHTS
    | app.topics.access.SIGHTS
    | app.topics.focus.access.SIGHTS
    | app.topics.screening.access.SIGHTS
    | app.topics.co_authors.access.SIGHTS
    | app.topics.consultation.access.SIGHTS
    | app.topics.opinions.access.SIGHTS
    | app.topics.corrigenda.access.SIGHTS
    | app.calls.access.SIGHTS
    | app.calls.questions.access.SIGHTS
    | app.consortia.organisations.access.SIGHTS
    | app.consortia.access.SIGHTS
    | app.consortia.industry.access.SIGHTS
    | app.consortia.search.access.SIGHTS
    | app.proposals.access.SIGHTS
    | app.proposals.information.access.SIGHTS
    | app.proposals.external_case.access.SIGHTS
    | app.experts.access.SIGHTS
    | app.experts.campaign.access.SIGHTS
    | app.experts.assigning.access.SIGHTS
    | app.experts.names.mounts.SIGHTS
    | app.experts.statement.mounts.SIGHTS
    | app.experts.certificate.mounts.SIGHTS
    | app.experts.conflicts.access.SIGHTS
    | app.experts.facts.access.SIGHTS
    | app.evaluation.observer.access.SIGHTS
    | app.evaluation.observer.report.access.SIGHTS
    | app.evaluation.report.access.SIGHTS
    | app.evaluation.consensus.access.SIGHTS
    | app.evaluation.panel.access.SIGHTS
    | app.evaluation.panel.room.access.SIGHTS
    | app.evaluation.summary.access.SIGHTS
    | app.evaluation.hearing.access.SIGHTS
    | app.evaluation.ethics.access.SIGHTS
    | app.decisions.access.SIGHTS
    | app.decisions.full_text.access.SIGHTS
    | app.decisions.invitation.access.SIGHTS
    | app.decisions.letter.access.SIGHTS
    | app.decisions.redress.access.SIGHTS
    | app.decisions.redress.re_evaluation.access.SIGHTS
    | app.decisions.reserve.access.SIGHTS
    | app.decisions.what_if.access.SIGHTS
    | app.grants.access.SIGHTS
)

# What a later stage lets people see of an entity of an earlier one.
LATER: Mapping[type[Any], Sequence[Relation]] = {
    Topic: (
        app.topics.consultation.access.reads_draft,
        app.topics.co_authors.access.writes,
        app.topics.opinions.access.adviser,
        app.topics.opinions.access.advisory_chair,
        app.calls.access.topic_was_published,
    ),
    Corrigendum: (app.calls.access.corrigendum_was_published,),
    Call: (app.proposals.access.impartial,),
    Stage: (app.proposals.access.impartial_to_stage,),
    Session: (app.decisions.redress.access.impartial, app.decisions.minutes.released),
    Proposal: (
        app.proposals.external_case.access.reads_proposal,
        app.experts.access.reader,
        app.experts.conflicts.access.uninvolved,
        app.evaluation.consensus.access.reads_proposal,
        app.evaluation.ethics.access.reads_proposal,
        app.evaluation.observer.access.reads_proposal,
        app.evaluation.panel.room.access.reads_proposal,
        app.decisions.invitation.access.industry_partner,
        app.decisions.full_text.access.reads_proposal,
        app.decisions.redress.access.reads_proposal,
        app.decisions.redress.re_evaluation.access.reads_proposal,
        app.decisions.redress.re_evaluation.access.reads_blind,
    ),
    Summary: (app.decisions.redress.access.reads_summary,),
}

# What a later stage keeps of an entity of an earlier one from people for good.
WITHHELD: Mapping[type[Any], Callable[[Actor], ColumnElement[bool]]] = {
    Motion: app.decisions.redress.access.competed_on,
}

SIGHTS: Mapping[type[Any], Sight] = {
    model: replace(sight, relations=(*sight.relations, *LATER.get(model, ())), withheld=WITHHELD.get(model))
    for model, sight in OWN.items()
}

# What motions are about, by purpose; they name it by no foreign key.
MOVED: Sequence[type[Any]] = (Topic, Corrigendum, Call, TopicStage, Redress)
OF_ONE_CALL = Limited(CALL_AUDITOR, name_of(auditor), in_audited_call({Motion: (Motion.subject_id, MOVED)}))
"""Who is appointed as auditor of a call has the auditor's relations to what is of it, and to nothing else."""


async def seal_the_trail(subject: Any, act: Act) -> None:
    """Reaction to what must be provable later: a signed checkpoint of every chain."""
    await enqueue(act.session, checkpoint)


SHOWN_OF_OTHERS: Sequence[Effect] = (consensus.look_at_moderators, ethics.look_at_seats)
"""What data come to show, of experts who are at work on a proposal without a reviewer's seat."""

# What later stages ask before a row is written.
FRAMES: Mapping[tuple[str, str], Sequence[Effect]] = {
    ("appointment", "propose"): (auditors.frame_appointment,),
    ("motion", "prepare"): (
        topics.frame_for_its_body,
        topics.frame_topic_motion,
        corrigenda.frame_corrigendum_motion,
        corrections.frame_correction,
        calls.frame_call_motion,
        calls.frame_envelope_motion,
        ending.frame_withdrawal,
        ending.frame_cancellation,
        moving.frame_move,
        lists.frame_list_motion,
        lists.frame_return,
        invitations.frame_next_rank,
        funding.frame_funding,
    ),
}

REACTIONS: Mapping[tuple[str, str], Sequence[Effect]] = {
    ("motion", "put_to_vote"): (
        topics.open_vote_on_topic,
        calls.open_vote_on_call,
        corrigenda.open_vote_on_corrigendum,
        corrections.frame_correction,
        lists.open_vote_on_list,
        decisions.recuse_applicants,
        funding.recuse_who_applied,
        committee.seat_alternates,
    ),
    ("motion", "prepare"): (committee.tell_of_new_motion,),
    ("motion", "receive"): (committee.tell_of_new_motion,),
    ("motion", "refer"): (committee.put_to_second_body,),
    ("motion", "put_on_agenda"): (committee.move_to_session, committee.tell_of_new_motion),
    ("motion", "recuse"): (decisions.recuse_applicants, funding.recuse_who_applied),
    ("motion", "adopt"): (
        decisions.no_applicant_counts,
        funding.nobody_concerned_counts,
        topics.take_up_by_motion,
        topics.merge_by_motion,
        topics.adopt_by_motion,
        corrections.lock_calls,
        corrigenda.correct_by_motion,
        calls.adopt_call_by_motion,
        lists.let_votes_fall_with_the_money,
        calls.raise_by_motion,
        ending.withdraw_by_motion,
        ending.cancel_by_motion,
        moving.move_by_motion,
        lists.decide_by_motion,
        lists.return_by_motion,
        invitations.invite_next_by_motion,
        funding.fund_by_motion,
    ),
    ("motion", "reject"): (
        decisions.no_applicant_counts,
        funding.nobody_concerned_counts,
        topics.turn_down_by_motion,
        topics.keep_by_motion,
        corrigenda.drop_by_motion,
    ),
    **{
        ("topic", row): (versions.keep_version,)
        for row in ("submit_idea", "draft", "take_up", "edit", "correct")
    },
    ("corrigendum", "adopt"): (corrections.amend_call,),
    ("consultation", "open"): (consultation.rest_the_draft,),
    ("account", "activate"): (
        consortia.know_the_people,
        industry.know_the_people,
        conflicts.look_at_account,
        *SHOWN_OF_OTHERS,
    ),
    ("account", "register"): (consortia.know_the_people, industry.know_the_people),
    ("organisation", "edit"): (conflicts.look_at_group, *SHOWN_OF_OTHERS),
    ("organisation", "merge"): (
        organisations.hand_over,
        consortia.follow_the_merge,
        search.follow_the_merge,
        industry.follow_the_merge,
        experts.follow_the_merge,
        facts.follow_the_merge,
        conflicts.look_at_merged,
        *SHOWN_OF_OTHERS,
    ),
    ("industry_member", "name"): (experts.name_no_reviewer,),
    ("industry_member", "replace"): (experts.name_no_reviewer,),
    ("consortium", "form"): (consortia.let_the_founder_coordinate,),
    ("partner", "transfer"): (consortia.hand_the_part_over,),
    ("partner", "take_coordination"): (consortia.change_the_coordinator,),
    ("call", "publish"): (calls.put_topics_in_call,),
    ("call", "drop"): (ending.cancel_its_parts,),
    ("call", "cancel"): (
        ending.cancel_its_parts,
        proposals.discontinue_of_call,
        experts.release_seats,
        panel.dissolve_of_call,
        summary.void_of_call,
        ethics.void_of_call,
        ending_of_reviews.end_with_call,
        letters_of_ending.write_of_call,
        reserve.dissolve_of_call,
        grants.cancel_before_signature,
        seal_the_trail,
    ),
    ("stage", "extend"): (
        deadlines.reopen_topics,
        proposals.keep_what_is_checked,
        experts.keep_what_experts_read,
        observer.keep_what_observers_read,
        amendments.publish_extension,
    ),
    ("amendment", "publish"): (proposals.tell_of_amendment,),
    ("amendment", "correct"): (amendments.give_time, proposals.tell_of_amendment),
    ("topic_stage", "include"): (calls.keep_to_few_topics,),
    ("topic_stage", "give_budget"): (decisions.keep_what_is_decided,),
    ("topic_stage", "raise_envelope"): (reserve.tell_if_free,),
    ("topic_stage", "withdraw_from_call"): (
        proposals.discontinue_of_topic,
        ending_of_reviews.end_with_topic,
        letters_of_ending.write_of_topic,
        seal_the_trail,
    ),
    **{
        ("proposal", row): (experts.free_seats, summary.void_with_proposal, ethics.void_with_proposal)
        for row in ("find_ineligible", "declare_duplicate")
    },
    ("proposal", "request_withdrawal"): (
        experts.free_seats,
        summary.void_with_proposal,
        ethics.void_with_proposal,
        invitations.end_with_its_proposal,
        ending_of_reviews.end_with_its_proposal,
        grants.withdraw_before_signature,
        reserve.tell_if_free,
    ),
    ("proposal", "uphold"): (ethics.screen_the_upheld,),
    ("proposal", "drop"): (ethics.void_with_proposal, reserve.tell_if_free),
    ("mandate", "confirm"): (
        experts.seat_no_expert,
        observer.seat_no_observer,
        room.seat_no_observer,
    ),
    ("appointment", "confirm"): (
        experts.appoint_no_expert,
        observer.appoint_no_observer,
        room.appoint_no_observer,
    ),
    **{("external_case", row): (cases.read_by_nobody_who_took_part(row),) for row in ("note", "confirm")},
    ("expert", "anonymise"): (
        cases.keep_for_cases,
        forgetting.forget_details,
        affinity.forget_affinities,
        forgetting.forget_traces,
        forgetting.forget_ties,
        re_evaluation.forget_ties,
        room.forget_exits,
        forgetting.forget_account,
    ),
    ("assignment_set", "release"): (
        consensus.seat_no_moderators,
        ethics.seat_no_ethics_experts,
        assigning.propose_seats,
    ),
    ("assignment_set", "invite"): (assigning.invite_seats,),
    ("assignment_set", "undo"): (assigning.take_seats_back,),
    ("assignment_run", "start"): (assigning.queue_run,),
    ("contract", "end"): (state_the_work,),
    ("contract", "terminate"): (state_the_work,),
    ("campaign", "send"): (campaigns.mail_everybody,),
    ("campaign", "close"): (campaigns.end_invitations,),
    ("expert_invitation", "accept"): (campaigns.take_on,),
    ("assignment", "invite"): (experts.ask_to_declare,),
    ("assignment", "declare_conflict"): (
        conflicts.keep_declaration,
        report.void_report,
        experts.ask_for_another,
    ),
    ("assignment", "declare_listed"): (conflicts.keep_listed,),
    ("assignment", "block"): (report.void_report,),
    ("assignment", "void"): (report.void_report, experts.tell_of_voiding),
    ("assignment", "hand_back"): (report.void_report, experts.ask_for_another),
    ("assignment", "decline"): (experts.ask_for_another,),
    **{
        ("expert", row): (conflicts.look_at_expert, *SHOWN_OF_OTHERS) for row in ("edit", "list_publications")
    },
    **{
        (fact, row): (conflicts.look_at_fact, *SHOWN_OF_OTHERS)
        for fact, rows in {
            "employment": ("add", "edit"),
            "collaboration": ("add", "edit"),
            "identity": ("settle", "correct"),
        }.items()
        for row in rows
    },
    **{
        ("partner", row): (conflicts.look_at_people, *SHOWN_OF_OTHERS)
        for row in ("accept", "join", "take_over")
    },
    **{
        ("conflict", row): (
            conflicts.block_by_conflict,
            consensus.lose_moderator,
            room.leave_the_room,
            ethics.block_by_conflict,
        )
        for row in (
            "find",
            "record",
            "detect",
            "declare",
            "declare_listed",
            "declare_oneself",
            "detect_of_person",
        )
    },
    ("observation", "declare"): (observer.keep_conflicts,),
    ("report", "seal"): (report.report_from_seat, consensus.join_late),
    ("report", "reopen"): (report.write_again,),
    ("report", "void"): (panel.begin_anew,),
    ("consensus", "open"): (consensus.bring_together,),
    ("assignment", "propose"): (consensus.seat_no_moderator, ethics.seat_no_ethics_expert),
    ("report", "begin"): (consensus.report_of_no_reader,),
    **{("consensus", row): (consensus.finish_if_agreed,) for row in ("approve", "note_absence")},
    **{("consensus", row): (consensus.read_only,) for row in ("invite_reader", "invite_to_compare")},
    ("consensus", "finish"): (consensus.conclude_evaluation,),
    ("consensus", "settle"): (consensus.conclude_evaluation,),
    ("panel", "settle_consensus"): (panel.settle_for_panel,),
    ("panel", "plan"): (room.make_agenda,),
    ("panel_seat", "declare"): (room.keep_conflicts,),
    ("panel_item", "change"): (room.rank_anew,),
    ("hearing_round", "prepare"): (hearing.hear_the_set,),
    ("hearing_round", "send"): (hearing.call_the_set,),
    **{("hearing_round", row): (hearing.cancel_all,) for row in ("cancel", "dissolve")},
    **{("hearing", row): (hearing.end_if_heard,) for row in ("hold", "note_absence", "call_off")},
    ("panel", "dissolve"): (hearing.dissolve_with_panel,),
    ("panel", "close"): (summary.write_summaries, panel.rank_topic),
    ("panel", "screen_ethics"): (ethics.open_screenings,),
    ("panel_seat", "name"): (ethics.name_no_ethics_expert,),
    ("consensus", "name_moderator"): (ethics.moderate_no_ethics_expert,),
    ("ethics_seat", "declare_conflict"): (ethics.keep_declaration,),
    ("ethics_screening", "reopen"): (grants.keep_what_is_signed,),
    **{
        ("panel", row): (lists.let_motions_fall, panel.evaluate_anew, summary.supersede_summaries)
        for row in ("reopen", "take_back")
    },
    **{("summary", row): (summary.clear_if_settled,) for row in ("dismiss_finding", "redact_finding")},
    ("summary", "redact_passage"): (summary.print_again,),
    ("grant", "fail"): (grants.drop_with_grant,),
    ("decision", "adopt"): (seal_the_trail,),
    ("decision", "release"): (decisions.release_results, reserve.put_in_force, seal_the_trail),
    ("reserve_list", "promote"): (reserve.promote_named,),
    ("reserve_list", "end"): (grants.end_once_all_are_signed, reserve.reject_the_waiting),
    ("reserve_list", "expire"): (reserve.reject_the_waiting,),
    **{
        ("invitation", row): (invitations.told_of(row),)
        for row in (
            "propose_merger",
            "decline",
            "withdraw",
            "report_not_feasible",
            "agree_not_feasible",
            "lapse",
        )
    },
    ("invitation", "join"): (invitations.merge_both_sides, invitations.told_of("join")),
    **{("redress", row): (redress.told_of(row),) for row in ("file", "admit", "withdraw")},
    ("redress", "name_member"): (redress.tell_named,),
    ("redress", "dismiss"): (redress.tell_of_dismissal,),
    ("redress", "reject"): (redress.tell_of_rejection,),
    ("redress", "uphold"): (re_evaluation.begin, redress.told_of("uphold")),
    ("redress", "reinstate"): (redress.reinstate, seal_the_trail),
    ("redress", "settle"): (redress.follow_the_result, seal_the_trail),
    ("re_evaluation", "seat_expert"): (re_evaluation.tell_named,),
    **{("re_evaluation", row): (re_evaluation.finish_if_agreed,) for row in ("draft", "approve")},
    ("topic_stage", "start_checks"): (invitations.close_the_reserve, seal_the_trail),
    ("topic_stage", "begin_evaluation"): (proposals.evaluate_the_eligible,),
    ("topic_stage", "release_findings"): (decisions.tell_of_findings, seal_the_trail),
}

INVARIANTS: Sequence[Invariant] = (
    *(heads_of(table.name) for table in Base.metadata.sorted_tables if "audit_head" in table.c),
    *app.committee.invariants.INVARIANTS,
    *app.calls.invariants.INVARIANTS,
    *app.evaluation.report.invariants.INVARIANTS,
    *app.evaluation.summary.invariants.INVARIANTS,
    *app.decisions.invariants.INVARIANTS,
    *app.decisions.reserve.invariants.INVARIANTS,
    *app.decisions.letter.invariants.INVARIANTS,
    *app.decisions.redress.invariants.INVARIANTS,
)

NAMED_FILES: Named = (
    select(Document.digest),
    select(func.jsonb_array_elements(SealedVersion.manifest["documents"], type_=JSONB)["digest"].astext),
    select(Comment.attachment),
    select(TopicOpinion.attachment),
    select(SummaryPrint.file),
)
"""What may name a file that is kept; any other is swept away (`app/core/sweeping.py`)."""
BESIDE_FILES: Beside = (DocumentText.digest,)
"""What is kept of a file, and goes with it."""

Due = Callable[[Act], Awaitable[None]]


def due(settings: Settings) -> Sequence[Due]:
    """What follows from the clock alone, in order."""
    longest = timedelta(seconds=settings.longest_request_seconds)
    return (
        committee.end_written_procedures(longest),
        committee.remind_of_adjourned,
        calls.start_calls,
        calls.start_checks(longest),
        consortia.lapse_invitations(longest),
        invitations.lapse_invitations(longest),
        reserve.expire_lists(longest),
        notices.tell_of_opening,
        notices.tell_of_deadline,
        notices.tell_of_closing(longest),
        information.lapse_requests,
        campaigns.remind_experts,
        remind_of_reports,
        campaigns.close_campaigns(longest),
        experts.remind_to_declare,
        experts.lapse_seats(longest),
        consensus.remind_silent,
        send_digests,
        forget_answers,
    )


async def forget_answers(act: Act) -> None:
    """Due: keys of repeated requests are kept for a day."""
    await idempotency.purge(act.session, act.now)


TIES = (
    app.calls.auditors.waits.audits,
    app.committee.waits.seats,
    app.consortia.industry.waits.memberships,
    app.consortia.waits.parts,
    app.experts.waits.contracts,
)
WAITS = (
    app.committee.waits.votes_to_cast,
    app.committee.waits.sessions_to_resume,
    app.committee.waits.motions_without_session,
    app.committee.waits.motions_to_take_up,
    app.topics.screening.waits.ideas_to_score,
    app.topics.co_authors.waits.drafts_to_join,
    app.topics.consultation.waits.comments_to_give,
    app.calls.questions.waits.questions_to_answer,
    app.consortia.waits.coordination_to_take,
    app.proposals.information.waits.requests_to_answer,
    app.experts.waits.contracts_to_sign,
    app.experts.waits.briefings_to_acknowledge,
    app.experts.waits.seats_to_answer,
    app.experts.waits.seats_to_replace,
    app.evaluation.waits.reports_to_write,
    app.evaluation.waits.drafts_to_approve,
    app.evaluation.waits.views_to_give,
    app.evaluation.waits.summaries_to_settle,
    app.evaluation.waits.hearings_to_answer,
    app.decisions.invitation.waits.invitations_to_answer,
    app.decisions.redress.waits.reviews_to_weigh,
    app.decisions.redress.waits.evaluations_to_make,
    app.decisions.reserve.waits.reserves_to_use,
    app.grants.times.waits.times_over,
)


def install(settings: Settings) -> None:
    """Hand the page to the engine; once, by whoever serves, works or tests."""
    rule_sets()  # a broken file stops the start
    programme()
    desk.install(settings)
    install_roles([committee_roles, contract_roles])
    install_me(TIES, WAITS)
    install_frames(FRAMES["motion", "prepare"])
    people.install_frames(FRAMES["appointment", "propose"])
    install_voting(programme().votes_by)
    install_review(review_until)
    asked.install(authenticate)
    sight.install(dict(SIGHTS), app.experts.conflicts.access.partial_to, OF_ONE_CALL)
    run.install(REACTIONS)

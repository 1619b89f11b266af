"""What an act is given beyond its example: ids of the thread, and the parts of an entity."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.matrix.cast import PDF, Cast, days

BODIES: Mapping[str, Callable[[Cast], dict[str, Any] | bytes]] = {
    "appointment.propose": lambda cast: {"role": "observer"},
    "mandate.propose": lambda cast: {"account_id": str(cast.account("stranger"))},
    "motion.prepare": lambda cast: {"purpose": "adopt_list", "subject_id": cast.key("topic_stage")},
    "topic.sketch": lambda cast: b'{"title": "An idea"}',
    "motion.recuse_member": lambda cast: {"account_id": str(cast.account("member"))},
    "topic.edit": lambda cast: b'{"title": "Another title"}',
    "consultation.reschedule": lambda cast: {"closes_at": "2060-01-01T00:00:00Z"},
    "consulted_body.invite": lambda cast: {"account_id": str(cast.account("subject"))},
    "topic_stage.include": lambda cast: {"topic_id": cast.key("other topic")},
    "call.override": lambda cast: {"path": "/deadline_time", "value": "17:00"},
    "call.restore": lambda cast: {"path": "/redress_days"},
    "stage.configure": lambda cast: {"deadline": "2051-03-31T17:00", "scheme": "default"},
    "call.clone": lambda cast: {"reference": "C-2", "shift_days": 364},
    "call.import": lambda cast: {"dry_run": False},
    "stage.extend": lambda cast: {"deadline": "2051-03-31T17:00"},
    "organisation.edit": lambda cast: b'{"short_name": "ORG"}',
    "organisation.merge": lambda cast: {"into_id": cast.key("organisation lead")},
    "consortium.form": lambda cast: {"organisation_id": cast.key("organisation")},
    "partner.invite": lambda cast: {"organisation_id": cast.key("organisation")},
    "proposal.attach": lambda cast: PDF,
    "proposal.restore": lambda cast: {"version": 1},
    "proposal.copy_from": lambda cast: {"proposal_id": cast.key("former proposal")},
    "proposal.find_inadmissible": lambda cast: {"rule": "M-04"},
    "expert.register": lambda cast: {"account_id": str(cast.account("subject"))},
    "expert.edit": lambda cast: {"organisation_id": cast.key("organisation")},
    "contract.offer": lambda cast: {"expert_id": cast.key("expert stranger")},
    "assignment.propose": lambda cast: {"proposal_id": cast.key("proposal")},
    "conflict.find": lambda cast: {"situation": "P2"},
    "consensus.open": lambda cast: {"rapporteur_id": cast.key("assignment rapporteur")},
    "panel.settle": lambda cast: {"order": [cast.key("proposal"), cast.key("rival proposal")]},
    "panel.settle_consensus": lambda cast: {"consensus_id": cast.key("consensus"), "scores": []},
    "comment.attach": lambda cast: PDF,
    "topic_opinion.attach": lambda cast: PDF,
    "co_author.invite": lambda cast: {"account_id": str(cast.account("subject"))},
    "topic_opinion.give": lambda cast: {"body_id": cast.key("advisers")},
    "corrigendum.draft": lambda cast: {"changes": {"title": "Another title"}},
    "corrigendum.edit": lambda cast: {"changes": {"title": "Another title"}},
    "grant.edit": lambda cast: {"starts_on": str(days(90).date())},
    "question.ask": lambda cast: {"topic_id": cast.key("topic")},
}
"""What a body names that exists in this thread alone, by row."""

PARTS: Mapping[str, Mapping[str, str]] = {
    "proposal.write": {"part_key": "impact"},
    "proposal.restore": {"part_key": "impact"},
    "/v1/proposals/{id}/sections/{part_key}": {"part_key": "impact"},
    "/v1/proposals/{id}/sections/{part_key}/versions": {"part_key": "impact"},
    "/v1/proposals/{id}/sections/{part_key}/versions/{number}": {"part_key": "impact", "number": "1"},
    "/v1/proposals/{id}/sections/{part_key}/comparison": {"part_key": "impact"},
    "proposal.attach": {"key": "part_b"},
    "/v1/proposals/{id}/documents/{key}": {"key": "part_b"},
    "/v1/proposals/{id}/sealed/{number}": {"number": "1"},
    "/v1/proposals/{id}/sealed/{number}/documents/{key}": {"number": "1", "key": "part_b"},
    "/v1/proposals/{id}/versions/{number}/receipt.pdf": {"number": "1"},
    "/v1/proposals/{id}/sealed/{number}/proposal.zip": {"number": "1"},
    "/v1/topics/{id}/versions/{number}": {"number": "1"},
    "report.mark": {"part_key": "impact"},
    "/v1/reports/{id}/marks/{part_key}": {"part_key": "impact"},
    "consensus.draft": {"part_key": "impact"},
    "/v1/consensus_reports/{id}/points/{part_key}": {"part_key": "impact"},
    "/v1/public/calls/{reference}": {"reference": "C-1"},
    "/v1/public/calls/{reference}.ics": {"reference": "C-1"},
    "/v1/public/topics/{reference}": {"reference": "T-5"},
    "/v1/rule_sets/{code}": {"code": "ihi"},
}
"""The other parameters of a path, by row or by path."""

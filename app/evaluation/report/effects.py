"""What the rows of a report bring about."""

import hashlib
from typing import Any
from uuid import uuid4

import rfc8785

from app.calls.chosen import scheme_of
from app.evaluation.report.models import Mark, Report, ReportVersion
from app.experts.models import Assignment
from app.workflow.run import Act


async def lay_out(report: Report, act: Act) -> None:
    """One empty mark for each criterion of the call."""
    assignment: Assignment = act.parent
    report.assignment, report.topic_id = assignment, assignment.topic_id
    report.proposal_id = assignment.proposal_id
    criteria = scheme_of(assignment.proposal.topic_stage).criteria
    report.marks = [Mark(id=uuid4(), criterion=criterion.code) for criterion in criteria]


async def put_beside(report: Report, act: Act) -> None:
    """Flags and the remark; what was not sent is left alone."""
    sent = act.data.model_dump(mode="json", include=act.data.model_fields_set)
    report.flags, report.remark = sent.get("flags", report.flags), sent.get("remark", report.remark)


async def date_sealing(report: Report, act: Act) -> None:
    report.sealed_at = act.now


async def keep_version(report: Report, act: Act) -> None:
    """Keep the text as it is sealed, beside earlier ones."""
    content: dict[str, Any] = {
        "marks": {mark.criterion: _said(mark) for mark in report.marks},
        "flags": report.flags,
        "remark": report.remark,
    }
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    kept = ReportVersion(id=uuid4(), number=len(report.versions) + 1, sealed_at=act.now, content=content)
    kept.digest, kept.reopened_reason = digest, report.reopened_reason
    report.versions.append(kept)
    act.note(version=kept.number, digest=digest)


def _said(mark: Mark) -> dict[str, str | None]:
    texts: dict[str, str | None] = {name: getattr(mark, name) for name in TEXTS}
    return texts | {"score": None if mark.score is None else str(mark.score)}


TEXTS = ("comment", "strengths", "shortcomings")
"""What a mark says in words."""


async def open_again(report: Report, act: Act) -> None:
    report.sealed_at = None
    report.reopened_at, report.reopened_reason = act.now, act.data.reason


async def date_group(report: Report, act: Act) -> None:
    """A group that begins anew has known the names since it first began."""
    report.in_group_at = report.in_group_at or act.now

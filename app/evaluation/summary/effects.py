"""What the rows of a summary report bring about."""

from uuid import uuid4

from app.consortia.disclosure import REMOVED, without
from app.evaluation.summary.content import digest_of, texts_of, with_text
from app.evaluation.summary.models import Finding, Summary, SummaryVersion
from app.workflow.run import Act


async def note_content(summary: Summary, act: Act) -> None:
    """The trail names the content, and how much was found in it."""
    act.note(proposal_id=str(summary.proposal_id), digest=summary.digest, findings=len(summary.findings))


async def dismiss(summary: Summary, act: Act) -> None:
    _settle(_named(summary, act), "dismissed", act)


async def redact(summary: Summary, act: Act) -> None:
    """The next version is without the passage; what else was found keeps its place."""
    finding = _named(summary, act)
    text = texts_of(summary.content)[finding.place]
    made = SummaryVersion(id=uuid4(), number=len(summary.versions) + 1, made_at=act.now)
    made.content = with_text(summary.content, finding.place, without(text, finding.offset, finding.length))
    made.digest, made.made_by, made.reason = digest_of(made.content), act.actor.id, act.data.reason
    act.session.add(made)
    summary.versions.append(made)
    moved = len(REMOVED) - finding.length
    for other in summary.findings:
        if other.place == finding.place and other.offset > finding.offset:
            other.offset += moved
    finding.length = len(REMOVED)
    _settle(finding, "redacted", act)
    act.note(version=made.number, digest=made.digest)


def _named(summary: Summary, act: Act) -> Finding:
    return next(one for one in summary.findings if one.number == act.data.finding)


def _settle(finding: Finding, how: str, act: Act) -> None:
    finding.settled, finding.reason = how, act.data.reason
    finding.settled_by, finding.settled_at = act.actor.id, act.now

"""What the rows of a summary report bring about."""

from collections.abc import Mapping
from uuid import uuid4

from app.consortia.disclosure import REMOVED, without
from app.evaluation.summary.content import digest_of, texts_of, with_texts
from app.evaluation.summary.models import Finding, Summary, SummaryVersion
from app.evaluation.summary.passages import standing
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
    left = _take_out(summary, finding.place, text, finding.offset, finding.length)
    _keep_version(summary, {finding.place: left}, act)
    _settle(finding, "redacted", act)


async def redact_passage(summary: Summary, act: Act) -> None:
    """The next version is without the passage, wherever it stands under the criterion.

    Each place is kept as a finding that is settled; the trail has neither the passage nor whom it names.
    """
    given, texts = act.data, texts_of(summary.content)
    passages = standing(summary, given.criterion, given.text)
    left = {place: texts[place] for place, _ in passages}
    for place, offset in reversed(passages):
        left[place] = _take_out(summary, place, left[place], offset, len(given.text))
    _keep_version(summary, left, act)
    number, before = max((one.number for one in summary.findings), default=0), dict.fromkeys(left, 0)
    for place, offset in passages:
        number, moved = number + 1, before[place] * (len(REMOVED) - len(given.text))
        before[place] += 1
        one = Finding(id=uuid4(), number=number, kind="passage", criterion=given.criterion, place=place)
        one.offset, one.length = offset + moved, len(REMOVED)
        _settle(one, "redacted", act)
        summary.findings.append(one)
    act.note(places=len(passages))


def _take_out(summary: Summary, place: str, text: str, offset: int, length: int) -> str:
    """The text without a passage; what was found beside it keeps its place, and what was in it is gone."""
    end, moved = offset + length, len(REMOVED) - length
    for one in summary.findings:
        if one.place == place and one.offset >= end:
            one.offset += moved
        elif one.place == place and one.offset + one.length > offset:
            one.offset, one.length = offset, len(REMOVED)
    return without(text, offset, length)


def _keep_version(summary: Summary, texts: Mapping[str, str], act: Act) -> None:
    made = SummaryVersion(id=uuid4(), number=len(summary.versions) + 1, made_at=act.now)
    made.content = with_texts(summary.content, texts)
    made.digest, made.made_by, made.reason = digest_of(made.content), act.actor.id, act.data.reason
    act.session.add(made)
    summary.versions.append(made)
    act.note(version=made.number, digest=made.digest)


def _named(summary: Summary, act: Act) -> Finding:
    return next(one for one in summary.findings if one.number == act.data.finding)


def _settle(finding: Finding, how: str, act: Act) -> None:
    finding.settled, finding.reason = how, act.data.reason
    finding.settled_by, finding.settled_at = act.actor.id, act.now

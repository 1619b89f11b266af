"""The report on the consultations of a topic: made of its closed rounds, for those who may read it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import select

from app.core.errors import NotFound
from app.topics.access import published, staff
from app.topics.consultation.models import Comment, Consultation, ConsultationState, ConsultedBody
from app.topics.consultation.report_schemas import BodyTold, CommentTold, ConsultationReport, RoundTold
from app.topics.models import Topic
from app.topics.versions.models import TopicVersion
from app.topics.versions.rules import changed
from app.topics.versions.schemas import Change
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import loading, look

router = APIRouter()
ANONYMOUS, ANYONE = "anonymous", "somebody who speaks for no body"


@router.get(
    "/topics/{id}/consultation_report",
    responses=refusals(401, 404),
    summary="Read the report on its consultations (topic)",
    description=f"Who: {staff.label}, once a round is closed; {published.label}, without the names of "
    "those who wanted none.",
    operation_id="topic_consultation_report",
)
async def read_report(asked: Asking, topic_id: Annotated[UUID, Path(alias="id")]) -> ConsultationReport:
    topic, held = await look(asked.session, Topic, topic_id, asked.actor)
    named = staff(held)
    closed = select(Consultation).where(
        Consultation.topic_id == topic_id, Consultation.state == ConsultationState.CLOSED
    )
    loaded = closed.options(*loading(Consultation, ("bodies.comments", "comments.body")))
    rounds = (await asked.session.scalars(loaded.order_by(Consultation.number))).all()
    if not rounds or not (named or published(held)):
        raise NotFound
    final = topic.adopted_version or topic.version
    ends = [*(each.of_version for each in rounds[1:]), final]
    wanted = {each.of_version for each in rounds} | {final}
    kept = select(TopicVersion.number, TopicVersion.fields).where(
        TopicVersion.topic_id == topic_id, TopicVersion.number.in_(wanted - {None})
    )
    texts = {row.number: row.fields for row in await asked.session.execute(kept)}
    told = [_told(each, end, texts, named) for each, end in zip(rounds, ends, strict=True)]
    return ConsultationReport(reference=topic.reference, title=topic.title, final_version=final, rounds=told)


def _told(each: Consultation, end: int | None, texts: Mapping[int, Any], named: bool) -> RoundTold:
    before, after = texts.get(each.of_version or 0), texts.get(end or 0)
    changes = changed(before, after) if before is not None and after is not None else ()
    return RoundTold(
        number=each.number,
        opens_at=each.opens_at,
        closes_at=each.closes_at,
        public=each.public,
        of_version=each.of_version,
        bodies=list(_bodies(each.bodies, named)),
        comments=list(_comments(each.comments, named)),
        changes=[Change(field=name, before=was, after=now) for name, was, now in changes],
    )


def _bodies(bodies: Sequence[ConsultedBody], named: bool) -> Iterator[BodyTold]:
    """Who was asked; to the public, who has spoken by name alone.

    Were the silent ones told, whoever is missing would be the author of what has no name.
    """
    for body in sorted(bodies, key=lambda body: body.name):
        if not named and body.reason is None and all(comment.anonymous for comment in body.comments):
            continue
        said = "declined" if body.reason is not None else "commented" if body.comments else "nothing"
        yield BodyTold(kind=body.kind, name=body.name, said=said, reason=body.reason)


def _comments(comments: Sequence[Comment], named: bool) -> Iterator[CommentTold]:
    """By what they are about: the order in which they came would tell who follows whom."""
    for comment in sorted(comments, key=lambda comment: (comment.about, comment.text)):
        speaker = comment.body.name if comment.body is not None else ANYONE
        yield CommentTold(
            by=ANONYMOUS if comment.anonymous and not named else speaker,
            anonymous=comment.anonymous,
            about=comment.about,
            text=comment.text,
            response=comment.response or "",
            reason=comment.reason or "",
        )

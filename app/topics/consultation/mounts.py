"""How consultations stand on the wire."""

from uuid import UUID

from app.topics.access import staff
from app.topics.consultation.access import author, consulted, spokesperson
from app.topics.consultation.models import Comment, Consultation, ConsultedBody
from app.topics.consultation.schemas import (
    CommentItem,
    CommentRead,
    ConsultationItem,
    ConsultationRead,
    ConsultedBodyItem,
    ConsultedBodyRead,
)
from app.topics.consultation.workflow import COMMENT, CONSULTATION, CONSULTED_BODY
from app.workflow.mounted import Filter, Mounted

CONSULTATIONS = Mounted(
    CONSULTATION,
    Consultation,
    "consultations",
    views=((staff | consulted, ConsultationRead),),
    items=((staff | consulted, ConsultationItem),),
    filters={"topic_id": Filter(UUID, lambda actor, key: Consultation.topic_id == key)},
)
CONSULTED_BODIES = Mounted(
    CONSULTED_BODY,
    ConsultedBody,
    "consulted_bodies",
    views=((staff | spokesperson, ConsultedBodyRead),),
    items=((staff | spokesperson, ConsultedBodyItem),),
    root=(Consultation, ConsultedBody.consultation_id),
    filters={"consultation_id": Filter(UUID, lambda actor, key: ConsultedBody.consultation_id == key)},
)
COMMENTS = Mounted(
    COMMENT,
    Comment,
    "comments",
    views=((staff | author, CommentRead),),
    items=((staff | author, CommentItem),),
    root=(Consultation, Comment.consultation_id),
    filters={"consultation_id": Filter(UUID, lambda actor, key: Comment.consultation_id == key)},
)

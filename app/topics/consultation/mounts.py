"""How consultations stand on the wire."""

from uuid import UUID

from app.people.access import auditor, committee, committee_chair, office
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

makers = office | auditor | committee | committee_chair

CONSULTATIONS = Mounted(
    CONSULTATION,
    Consultation,
    "consultations",
    views=((makers | consulted, ConsultationRead),),
    items=((makers | consulted, ConsultationItem),),
    filters={"topic_id": Filter(UUID, lambda actor, key: Consultation.topic_id == key)},
)
CONSULTED_BODIES = Mounted(
    CONSULTED_BODY,
    ConsultedBody,
    "consulted_bodies",
    views=((makers | spokesperson, ConsultedBodyRead),),
    items=((makers | spokesperson, ConsultedBodyItem),),
    root=(Consultation, ConsultedBody.consultation_id),
    filters={"consultation_id": Filter(UUID, lambda actor, key: ConsultedBody.consultation_id == key)},
)
COMMENTS = Mounted(
    COMMENT,
    Comment,
    "comments",
    views=((makers | author, CommentRead),),
    items=((makers | author, CommentItem),),
    root=(Consultation, Comment.consultation_id),
    filters={"consultation_id": Filter(UUID, lambda actor, key: Comment.consultation_id == key)},
)

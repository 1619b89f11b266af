"""Two officers: the first call records the request and changes nothing, another's call fires it."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy import ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit import canonical
from app.core.db import Base, Keyed
from app.core.errors import Unmet
from app.core.reason import Reason
from app.workflow.table import Transition, Workflow

if TYPE_CHECKING:
    from app.workflow.run import Act


class SecondRequest(Keyed, Base):
    """An act that one officer has asked for and another has yet to confirm."""

    __tablename__ = "second_request"
    __table_args__ = (UniqueConstraint("entity", "entity_id", "act", name="uq_second_request_one_per_act"),)

    entity: Mapped[str]
    entity_id: Mapped[UUID]
    act: Mapped[str]
    state: Mapped[str]
    digest: Mapped[str]
    data: Mapped[dict[str, Any]]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]


def digest_of(workflow: Workflow, row: Transition, subject: Any, data: Any) -> str:
    """What both officers must agree on: the act, the subject, its state, and all that was sent."""
    sent = _sent(data)
    facts = {
        "entity": workflow.entity,
        "id": str(subject.id),
        "act": row.name,
        "state": str(subject.state),
        "data": sent,
    }
    return hashlib.sha256(canonical(facts)).hexdigest()


def _unmet(code: str, text: str) -> Unmet:
    return Unmet(reasons=[Reason(code, text, who="another officer")])


async def confirmed(workflow: Workflow, row: Transition, subject: Any, act: "Act") -> bool:
    """Whether another officer has asked for the very same; records the request when nobody has.

    A request made in another state is void. Raises Unmet when the same officer asks twice, or when
    what is sent differs from what the first officer sent.
    """
    digest = digest_of(workflow, row, subject, act.data)
    state, sent = str(subject.state), _sent(act.data)
    asked = (await act.session.scalars(pending(workflow.entity, subject.id, row.name))).one_or_none()
    if asked is not None and asked.state != state:
        await act.session.delete(asked)
        await act.session.flush()
        asked = None
    if asked is None:
        request = SecondRequest(id=uuid4(), entity=workflow.entity, entity_id=subject.id, act=row.name)
        request.asked_by = act.actor.id  # type: ignore[assignment]  # only people hold an officer's role
        request.digest, request.state, request.data, request.asked_at = digest, state, sent, act.now
        act.session.add(request)
        return False
    if asked.asked_by == act.actor.id:
        if asked.digest == digest:
            raise _unmet("second-officer", "You have asked for this; another officer must confirm it.")
        asked.digest, asked.data, asked.asked_at = digest, sent, act.now
        return False
    if asked.digest != digest:
        raise _unmet("digest-differs", "What you sent differs from what the first officer asked for.")
    act.note(first_officer=str(asked.asked_by), asked_at=asked.asked_at.isoformat())
    await act.session.delete(asked)
    return True


def _sent(data: Any) -> dict[str, Any]:
    return data.model_dump(mode="json") if isinstance(data, BaseModel) else {}


def pending(entity: str, key: UUID, act: str | None = None) -> Select[SecondRequest]:
    """Requests that await a second officer on one subject."""
    wanted = select(SecondRequest).where(SecondRequest.entity == entity, SecondRequest.entity_id == key)
    return wanted.where(SecondRequest.act == act) if act else wanted

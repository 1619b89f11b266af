"""Published lists of the experts of a call."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.core.db import Base, Entity, Keyed, state_of
from app.experts.models import Expert
from app.workflow.table import State


class NameListState(State):
    PUBLISHED = "published", "Published"


class NameList(Entity, Base):
    """Who were the experts of a call, as published in a year."""

    __tablename__ = "expert_name_list"
    __table_args__ = (UniqueConstraint("call_id", "year", name="uq_expert_name_list_once_a_year"),)

    state: Mapped[NameListState] = state_of(NameListState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    year: Mapped[int]
    call: Mapped[Call] = relationship(lazy="raise")
    listed: Mapped[list["ListedName"]] = relationship(
        lazy="raise", back_populates="name_list", order_by="ListedName.name"
    )

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.listed]


class ListedName(Keyed, Base):
    """One name of a list. Whose it is, is kept so that it can be taken out, and told nobody."""

    __tablename__ = "expert_listed_name"

    name_list_id: Mapped[UUID] = mapped_column(ForeignKey("expert_name_list.id"), index=True)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), index=True)
    name: Mapped[str]
    name_list: Mapped[NameList] = relationship(lazy="raise", back_populates="listed")
    expert: Mapped[Expert] = relationship(lazy="raise")

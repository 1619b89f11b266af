"""A machine to try the engine with: toys on a shelf, made, shown, sold; no stage of the process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, FastAPI
from pydantic import Field
from sqlalchemy import ForeignKey, MetaData, UniqueConstraint, delete, exists, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, Versioned, state_of
from app.core.pages import Order
from app.core.reason import Reason
from app.core.schema import Data, EntityRead, ItemRead, Line, Read
from app.people.access import office
from app.workflow import run, sight
from app.workflow.http import mount
from app.workflow.mounted import MOUNTED, Filter, Mounted, Part
from app.workflow.rows import lock_all
from app.workflow.run import Act, fill, fire, refuse
from app.workflow.sight import Sight, relation
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import system


class ToyBase(DeclarativeBase):
    """Apart from the process's own tables, so that no migration knows of toys."""

    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    type_annotation_map = Base.type_annotation_map


class ShelfState(State):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class ToyState(State):
    MADE = "made", "Being made"
    SHOWN = "shown", "On show", "ready"
    SOLD = "sold", "Sold"
    GONE = "gone", "Gone"


class Shelf(Entity, ToyBase):
    __tablename__ = "toy_shelf"

    state: Mapped[ShelfState] = state_of(ShelfState)
    name: Mapped[str]


class Toy(Entity, Versioned, ToyBase):
    __tablename__ = "toy"

    state: Mapped[ToyState] = state_of(ToyState)
    shelf_id: Mapped[UUID] = mapped_column(ForeignKey("toy_shelf.id"))
    maker_id: Mapped[UUID]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    price: Mapped[int] = mapped_column(default=0)
    shelf: Mapped[Shelf] = relationship(lazy="raise")
    wheels: Mapped[list["Wheel"]] = relationship(lazy="raise", back_populates="toy")


class Wheel(Keyed, Versioned, ToyBase):
    __tablename__ = "toy_wheel"
    __table_args__ = (UniqueConstraint("toy_id", "key", name="uq_toy_wheel_key"),)

    toy_id: Mapped[UUID] = mapped_column(ForeignKey("toy.id"))
    key: Mapped[str]
    text: Mapped[str]
    toy: Mapped[Toy] = relationship(lazy="raise", back_populates="wheels")


class Friend(ToyBase):
    __tablename__ = "toy_friend"

    toy_id: Mapped[UUID] = mapped_column(ForeignKey("toy.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)


maker = relation("maker", "the maker", lambda actor: Toy.maker_id == actor.id)
friend = relation(
    "friend",
    "a friend",
    lambda actor: exists().where(Friend.toy_id == Toy.id, Friend.account_id == actor.id),
)
passer_by = relation("passer_by", "anyone", lambda actor: Toy.state == ToyState.SHOWN, public=True)
visitor = relation("visitor", "a visitor", lambda actor: true())


class Named(Data):
    name: Line


class Make(Named):
    note: Annotated[str, Field(max_length=200)] = ""
    price: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0


class Edit(Data):
    name: Line = ""
    note: Annotated[str, Field(max_length=200)] = ""


class Price(Data):
    price: Annotated[int, Field(ge=1)]


class Mend(Data):
    text: Line


class ShelfRead(EntityRead):
    name: str


class ShelfItem(ItemRead):
    name: str


class ToyRead(EntityRead):
    version: int
    name: str
    note: str
    price: int


class ToyPublic(EntityRead):
    name: str


class ToyItem(ItemRead):
    name: str
    price: int


class ToyPublicItem(ItemRead):
    name: str


class WheelRead(Read):
    key: str
    text: str
    version: int


def shelf_is_open(shelf: Shelf, ask: Ask) -> Iterable[Reason]:
    if shelf.state != ShelfState.OPEN:
        yield Reason("shelf-closed", "The shelf is closed.", "/shelf", "office")


def stands_on_wheels(toy: Toy, ask: Ask) -> Iterable[Reason]:
    if not toy.wheels:
        yield Reason("no-wheels", "It has no wheels.", "/wheels", "maker")


def has_a_note(toy: Toy, ask: Ask) -> Iterable[Reason]:
    if not toy.note:
        yield Reason("no-note", "It has no note.", "/note", "maker")


async def own(toy: Toy, act: Act) -> None:
    assert act.actor.id is not None
    toy.shelf, toy.maker_id = act.parent, act.actor.id


async def unfriend(toy: Toy, act: Act) -> None:
    await act.session.execute(delete(Friend).where(Friend.account_id == act.actor.id))


async def note_price(toy: Toy, act: Act) -> None:
    toy.price = act.data.price
    act.note(sold_for=act.data.price)


SHELF = Workflow(
    "shelf",
    ShelfState,
    final={ShelfState.CLOSED},
    transitions=(
        Transition("put_up", set(), ShelfState.OPEN, office, "Put up a shelf.", effects=(fill,), data=Named),
        Transition("tally", {ShelfState.OPEN}, None, system, "A toy of it is shown."),
        Transition("close", {ShelfState.OPEN}, ShelfState.CLOSED, office, "Close it."),
    ),
)  # fmt: skip

MADE, SHOWN, SOLD, GONE = ToyState
TOY = Workflow(
    "toy",
    ToyState,
    final={SOLD, GONE},
    transitions=(
        Transition("make", set(), MADE, office | visitor, "Make a toy.",
                   guards=(shelf_is_open,), effects=(fill, own), data=Make, under="shelf"),
        Transition("edit", {MADE}, None, maker, "Change it.", effects=(fill,), data=Edit),
        Transition("mend", {MADE, SHOWN}, None, maker | friend, "Mend a wheel.",
                   effects=(fill,), data=Mend, part="wheels"),
        Transition("show", {MADE}, SHOWN, maker, "Put it on show.",
                   guards=(stands_on_wheels, has_a_note), needs=("wheels",)),
        Transition("hide", {SHOWN}, MADE, maker | office, "Take it off the show."),
        Transition("forget", {MADE, SHOWN}, None, friend, "Be a friend no longer.", effects=(unfriend,)),
        Transition("sell", {SHOWN}, SOLD, office, "Sell it.", effects=(note_price,), data=Price, second=True),
        Transition("expire", {SHOWN}, GONE, system, "Nobody wants it."),
    ),
)  # fmt: skip


async def tally(toy: Toy, act: Act) -> None:
    (shelf,) = await lock_all(act.session, Shelf, [toy.shelf_id])
    await fire(SHELF, "tally", shelf, act)


async def dislike(toy: Toy, act: Act) -> None:
    if toy.note == "ugly":
        raise refuse(TOY, "show", toy, act, [Reason("ugly", "Nobody likes it.")])


async def wheel(session: AsyncSession, key: UUID, part_key: str) -> Wheel | None:
    return await session.scalar(select(Wheel).where(Wheel.toy_id == key, Wheel.key == part_key))


SHELVES = Mounted(
    SHELF, Shelf, "shelves", views=((office | visitor, ShelfRead),), items=((office | visitor, ShelfItem),)
)
TOYS = Mounted(
    TOY,
    Toy,
    "toys",
    views=((office | maker | friend, ToyRead), (passer_by, ToyPublic)),
    items=((office | maker | friend, ToyItem), (passer_by, ToyPublicItem)),
    parts=(Part("wheels", wheel, WheelRead, maker | friend | office),),
    orders={"price": Order(Toy.price), "-price": Order(Toy.price, descending=True), "name": Order(Toy.name)},
    filters={"name": Filter(str, lambda actor, name: Toy.name == name)},
)
SIGHTS = {Shelf: Sight((office, visitor)), Toy: Sight((office, maker, friend, passer_by))}
REACTIONS = {("toy", "show"): (tally, dislike)}


@contextmanager
def with_toys(app: FastAPI) -> Iterator[FastAPI]:
    """The application with the toys' routes."""
    router = APIRouter(prefix="/v1", tags=["toys"])
    mount(router, SHELVES)
    mount(router, TOYS)
    app.include_router(router)
    try:
        yield app
    finally:
        del MOUNTED["shelf"], MOUNTED["toy"]


def install() -> None:
    """Hand the toys' relations and reactions to the engine, beside the process's own."""
    sight.install(sight._sights | SIGHTS, sight._interest[0])
    run.install({**run._reactions, **REACTIONS})

"""Playing a call on a server: found the system, let the clock begin, then nothing but HTTP."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from app.calls.overrides import put
from app.core.clock import begin_at
from app.core.db import Sessions
from app.people.cli import found
from app.rehearsal import figures
from app.rehearsal.acts import (
    calls,
    committee,
    consortia,
    decisions,
    ethics,
    evaluation,
    experts,
    grants,
    next_call,
    panels,
    proposals,
    second_stage,
    topics,
)
from app.rehearsal.call_file import CallFile
from app.rehearsal.cast import Cast, Field, at
from app.rehearsal.driver import Connect, Theatre, Watch, address_of
from app.rehearsal.plan import drawn
from app.rehearsal.synthetic import Synthetic

FOUNDERS = ("Olga Office", "Oskar Office")
SETTING_UP = (committee.appoint, topics.define, calls.publish)
ENTERING = (consortia.enter, consortia.register, consortia.form)
STAGE = (
    proposals.write,
    proposals.close,
    proposals.check,
    proposals.tell_those_that_fail,
    experts.engage,
    panels.assign,
    evaluation.report,
    panels.discover,
    evaluation.report_again,
    evaluation.agree,
    evaluation.rank,
    ethics.screen,
    decisions.decide,
    decisions.release,
    decisions.read,
)
"""A stage from what comes in to its release, in the order of the process."""
SIGNING = (grants.sign, next_call.open_for_all)
PLAYING = (*ENTERING, *STAGE, *SIGNING)
"""The call from what comes in to its last signature; then the next opens."""
PLAYING_BOTH = (
    second_stage.name_industry,
    *ENTERING,
    *STAGE,
    second_stage.merge,
    figures.count,
    second_stage.go_on,
    second_stage.say_figures,
    *STAGE,
    *SIGNING,
)
"""The same of two stages: who is invited merges with industry (C-06)."""
Act = Callable[[Cast], Awaitable[None]]


@dataclass(frozen=True)
class Piece:
    """What is played: a call, and the acts by which it is."""

    call: CallFile
    acts: Sequence[Act]


def piece_of(call: CallFile) -> Piece:
    """A call from its first idea on: to its last signature, or to its publication if no more is known."""
    playing = PLAYING if len(call.stages) == 1 else PLAYING_BOTH
    return Piece(call, (*SETTING_UP, *playing) if call.is_played else SETTING_UP)


@dataclass
class Played:
    """What came out of a call: the cast, the figures of each stage, and how long it took."""

    cast: Cast
    stages: Sequence[figures.Counted]
    seconds: float

    @property
    def topics(self) -> Mapping[str, figures.Figures]:
        """By topic, the figures of the last stage."""
        return self.stages[-1].topics

    @property
    def lists(self) -> Mapping[str, list[figures.Place]]:
        """By topic, the ranked list of the last stage."""
        return self.stages[-1].lists

    @property
    def theatre(self) -> Theatre:
        return self.cast.theatre


async def prepare(call: CallFile, sessions: Sessions) -> list[str]:
    """Set the clock to where the call begins and found the system; gives the founders' links."""
    async with sessions() as session, session.begin():
        await begin_at(session, at(call.begins_on))
    links = []
    for number, name in enumerate(FOUNDERS):
        async with sessions() as session, session.begin():
            link, _ = await found(session, address_of(name), name, second=number > 0)
            links.append(link or "")
    return links


async def play(
    piece: Piece, connect: Connect, links: list[str], seed: int, watch: Watch = lambda step: None
) -> Played:
    """Play a call against a server that has been prepared for it."""
    call = piece.call
    theatre = Theatre(connect, watch)
    begun = time.monotonic()
    try:
        office, second = [await theatre.enter(n, link) for n, link in zip(FOUNDERS, links, strict=True)]
        sets = (await office.get("/rule_sets"))["items"]
        rules = next(one for one in sets if one["code"] == call.rule_set)
        for changed in call.overrides:
            put(rules, changed.path, changed.value)
        cast = Cast(theatre, call, Synthetic(seed), office, second, rules=rules)
        cast.fields = [Field(plan) for plan in drawn(call, cast.synthetic, cast.criteria)]
        for act in piece.acts:
            await act(cast)
        await figures.count(cast)
    finally:
        await theatre.close()
    return Played(cast, cast.counted, time.monotonic() - begun)

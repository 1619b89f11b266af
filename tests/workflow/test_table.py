"""A table that contradicts itself is not built; what may be done, and why not, is read off a good one."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from app.workflow.table import Ask, BadTable, State, Transition, Workflow, available
from app.workflow.who import Actor, anyone, named, signed_in, system
from tests.workflow.toy import GONE, MADE, SHOWN, SOLD, TOY, Edit, ShelfState, ToyState


class S(State):
    A = "a", "First"
    B = "b", "Second"
    C = "c", "Last"


A, B, C = S
GOOD = (
    Transition("begin", set(), A, anyone, ""),
    Transition("go", {A}, B, anyone, ""),
    Transition("end", {B}, C, anyone, ""),
)


def table(*rows: Transition, final: Any = frozenset({C}), states: type[State] = S) -> Workflow:
    return Workflow("thing", states, final, rows)


def test_a_good_table_stands_and_begins_where_its_creation_leads() -> None:
    assert table(*GOOD).initial == {A}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (GOOD[1:], "no row creates it"),
        ((*GOOD[:2],), "c cannot be reached"),
        ((*GOOD, Transition("back", {C}, A, anyone, "")), "back leaves a final state"),
        ((*GOOD, Transition("drop", {B, C}, A, anyone, "")), "drop leaves a final state"),
        ((*GOOD, Transition("go", {A}, C, anyone, "")), "go stands twice for a"),
        ((*GOOD, Transition("begin", set(), B, anyone, "")), "begin stands twice for creation"),
        ((*GOOD, Transition("start", set(), None, anyone, "")), "creation start has no target"),
        (
            (*GOOD, Transition("start", set(), A, anyone, "", second=True)),
            "creation start cannot wait for a second officer: make confirming a row",
        ),
        ((*GOOD, Transition("begin", {A}, B, anyone, "")), "begin is both a creation and an act"),
        (
            (*GOOD, Transition("tick", {A}, None, system, "", second=True)),
            "tick waits for two officers but is the system's",
        ),
        ((*GOOD, Transition("edit", {A}, None, anyone, "")), "edit changes something but takes no data"),
        (
            (*GOOD, Transition("mix", {ShelfState.OPEN}, None, anyone, "")),
            "mix names open, a state of something else",
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_not_built(rows: tuple[Transition, ...], told: str) -> None:
    with pytest.raises(BadTable) as fault:
        table(*rows)
    assert told in str(fault.value).removeprefix("thing: ").split("; ")


def test_a_state_without_a_way_out_is_a_dead_end() -> None:
    rows = (*GOOD[:2], Transition("jump", {A}, C, anyone, ""))
    with pytest.raises(BadTable, match=r"^thing: b is a dead end$"):
        table(*rows)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadTable) as fault:
        table(Transition("start", set(), None, anyone, ""))
    assert str(fault.value).count(";") >= 3


def test_a_final_state_may_stay_and_be_edited() -> None:
    stay = Transition("stay", {B, C}, C, anyone, "")
    correct = Transition("correct", {C}, None, anyone, "", data=Edit)
    assert table(*GOOD, stay, correct).row("stay", C) is stay


def test_one_name_may_lead_back_to_several_states() -> None:
    rows = (*GOOD, Transition("back", {B}, A, anyone, ""))
    assert table(*rows).row("back", B) is rows[-1]
    assert table(*rows).row("back", A) is None


def ask(*held: str) -> Ask:
    return Ask(Actor(), datetime(2030, 1, 1, tzinfo=UTC), frozenset(held))


def toy(state: ToyState, **more: Any) -> Any:
    return SimpleNamespace(**{"state": state, "wheels": [], "note": "", **more})


@pytest.mark.parametrize(
    ("state", "held", "offered"),
    [
        (MADE, ("maker",), ["edit", "mend", "show"]),
        (MADE, ("friend",), ["mend", "forget"]),
        (MADE, ("office",), []),
        (SHOWN, ("office",), ["hide", "sell"]),
        (SHOWN, ("office", "maker"), ["mend", "hide", "sell"]),
        (SHOWN, ("system",), ["expire"]),
        (SHOWN, (), []),
        (SOLD, ("maker", "office", "friend"), []),
        (GONE, ("system",), []),
    ],
)
def test_what_is_offered_depends_on_state_and_ties(
    state: ToyState, held: tuple[str, ...], offered: list[str]
) -> None:
    assert [o.row.name for o in available(TOY, toy(state), ask(*held))] == offered


def test_an_offer_names_every_reason_against_it() -> None:
    (offer,) = (o for o in available(TOY, toy(MADE), ask("maker")) if o.row.name == "show")
    assert [r.code for r in offer.blocked_by] == ["no-wheels", "no-note"]
    (offer,) = (
        o for o in available(TOY, toy(MADE, wheels=[1], note="x"), ask("maker")) if o.row.name == "show"
    )
    assert offer.blocked_by == ()


def test_who_combines_with_or_and_and() -> None:
    a, b = named("a", "one"), named("b", "another")
    assert [(a | b)(frozenset(h)) for h in ("", "a", "b", "ab")] == [False, True, True, True]
    assert [(a & b)(frozenset(h)) for h in ("", "a", "b", "ab")] == [False, False, False, True]
    assert ((a | b).label, (a & b).label) == ("one or another", "one with another")
    assert signed_in(frozenset()) is False


def test_a_state_has_words_for_staff_and_a_code_for_applicants() -> None:
    assert (SHOWN, SHOWN.label, SHOWN.applicants, MADE.applicants) == ("shown", "On show", "ready", "made")


def test_the_diagram_has_an_arrow_for_each_way() -> None:
    assert table(*GOOD).mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> a: begin",
        "    a --> b: go",
        "    b --> c: end",
        "    c --> [*]",
    ]


def test_a_row_of_the_system_has_no_route() -> None:
    row = TOY.rows("expire")[0]
    assert not row.on_the_wire
    assert replace(row, by=anyone).on_the_wire

"""Each panel has one rapporteur, nobody drafts more than can be helped, and of equal choices the best."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.experts.matching.rapporteurs import rapporteurs

Panels = dict[str, tuple[str, ...]]
Affinity = dict[tuple[str, str], float]
EXPERTS = tuple(f"E{n}" for n in range(5))


@st.composite
def asked(draw: st.DrawFn) -> tuple[Panels, Affinity, dict[str, str]]:
    panel = st.lists(st.sampled_from(EXPERTS), min_size=0, max_size=3, unique=True).map(tuple)
    panels = {f"P{n}": draw(panel) for n in range(draw(st.integers(0, 6)))}
    worth = st.integers(0, 16).map(lambda one: one / 16)  # exact in every arithmetic
    affinity = {(e, p): draw(worth) for p, members in panels.items() for e in members}
    held = {p: draw(st.sampled_from(EXPERTS)) for p in panels if draw(st.integers(0, 3)) == 0}
    return panels, affinity, held


def spread(chosen: dict[str, str]) -> list[int]:
    return sorted(Counter(chosen.values()).values(), reverse=True)


@given(asked())
@settings(max_examples=300)
def test_no_choice_is_more_even_and_of_those_none_fits_better(
    given_: tuple[Panels, Affinity, dict[str, str]],
) -> None:
    panels, affinity, held = given_
    found = rapporteurs(panels, affinity, held)
    stays = {p: e for p, e in held.items() if e in panels[p]}
    places = [p for p in panels if panels[p]]
    every = [
        dict(zip(places, choice, strict=True))
        for choice in product(*([stays[p]] if p in stays else panels[p] for p in places))
    ]
    assert found in every

    def worth(chosen: dict[str, str]) -> tuple[list[int], float]:
        return spread(chosen), -sum(affinity[e, p] for p, e in chosen.items())

    assert worth(found) == min(worth(one) for one in every)


@given(asked())
@settings(max_examples=50)
def test_the_order_in_which_panels_are_given_plays_no_part(
    given_: tuple[Panels, Affinity, dict[str, str]],
) -> None:
    panels, affinity, held = given_
    turned = {p: tuple(reversed(panels[p])) for p in reversed(panels)}
    assert rapporteurs(turned, affinity, held) == rapporteurs(panels, affinity, held)


def test_a_chain_of_hand_overs_frees_who_is_needed() -> None:
    panels = {"P0": ("E0", "E1"), "P1": ("E1", "E2"), "P2": ("E0",)}
    affinity = {("E0", "P0"): 1.0, ("E1", "P1"): 1.0}
    assert rapporteurs(panels, affinity) == {"P0": "E1", "P1": "E2", "P2": "E0"}


def test_who_is_rapporteur_stays_and_whoever_left_the_panel_does_not() -> None:
    panels = {"P0": ("E0", "E1"), "P1": ("E0", "E1"), "P2": ("E0", "E1")}
    found = rapporteurs(panels, {}, {"P0": "E0", "P1": "E0", "P2": "gone"})
    assert found == {"P0": "E0", "P1": "E0", "P2": "E1"}
    assert rapporteurs({"P0": ()}, {}) == {}

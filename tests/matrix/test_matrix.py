"""The derived matrix: every act, in every state, as every kind of actor, against `docs/policy.json`.

A change of rights shows as a change of that file. `IMI_TEST_WRITE_POLICY=1 pytest tests/matrix` walks the
whole matrix and writes it; `IMI_TEST_WHOLE_MATRIX=1` walks the whole and compares.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from app.docs import FOLDER, policy
from app.docs.rows import routes
from app.process import SIGHTS
from app.workflow.mounted import MOUNTED
from app.workflow.sight import name_of
from app.workflow.who import anyone
from tests.matrix.acts import acts
from tests.matrix.cast import KINDS, Cast
from tests.matrix.poses import POSES
from tests.matrix.walk import NEW, Known, Looking, Outcomes, Walk

pytestmark = pytest.mark.anyio
EXPECTED = FOLDER / "policy.json"
WRITES = "IMI_TEST_WRITE_POLICY" in os.environ
WHOLE = WRITES or "IMI_TEST_WHOLE_MATRIX" in os.environ
LEAST = 13_000
BY_LINK = {
    "account.register",
    "account.activate",
    "account.change_password",
    "account.choose_notices",
    "account.reset_password",
    "expert_invitation.accept",
    "expert_invitation.decline",
    "partner.accept",
    "partner.decline",
    "partner.join",
    "partner.turn_down",
}
"""Rows with no entity in their path: whoever holds the link or the sign-in may."""


def _states(entity: str) -> list[str]:
    new = [NEW] if any("{" not in act.path for act in acts()[entity]) else []
    return new + [str(state) for state in MOUNTED[entity].workflow.states]


STATES = [(entity, state) for entity in POSES if entity in MOUNTED for state in _states(entity)]


def differences(expected: dict[str, Outcomes], found: dict[str, Outcomes]) -> Iterator[str]:
    """Every cell that is not as committed, as a sentence of its own."""
    for act in sorted({*expected, *found}):
        before, after = expected.get(act, {}), found.get(act, {})
        for kind in KINDS:
            was, now = (
                " ".join(word for word in sorted(outcomes) if kind in outcomes[word].split()) or "nothing"
                for outcomes in (before, after)
            )
            if was != now:
                yield f"{act} as {kind} was {was}, is {now}"


def keep(entity: str, state: str, found: Any) -> None:
    """Write a state's part of the committed file, in the order of the process."""
    whole: dict[str, Any] = dict(policy.read(EXPECTED))
    whole[entity] = whole.get(entity, {}) | {state: found}
    ordered: dict[str, Any] = {}
    for name, of in STATES:
        if of in whole.get(name, {}):
            ordered.setdefault(name, {})[of] = whole[name][of]
    EXPECTED.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def committed(entity: str, state: str) -> Any:
    return policy.read(EXPECTED).get(entity, {}).get(state, {})


@pytest.mark.parametrize(("entity", "state"), STATES)
async def test_who_may_do_what(cast: Cast, looking: Looking, known: Known, entity: str, state: str) -> None:
    walk = await Walk(cast, entity, state, looking, WHOLE).all()
    assert not walk.faults, "\n".join(walk.faults)
    if WRITES:
        keep(entity, state, walk.found)
    assert not (found := list(differences(committed(entity, state), walk.found))), "\n".join(found)


def test_every_entity_is_posed_and_no_other() -> None:
    assert sorted(POSES) == sorted(MOUNTED), "an entity without a pose in tests/matrix/poses.py is not tried"


def test_every_cell_stands_in_the_committed_file() -> None:
    found, cells = policy.read(EXPECTED), 0
    assert [(entity, state) for entity, states in found.items() for state in states] == STATES
    for entity, state in STATES:
        names = [act.name for act in acts()[entity] if ("{" in act.path) == (state != NEW)]
        wanted = names if state == NEW else ["held", "read", *names]
        assert list(found[entity][state]) == wanted
        for name in {*wanted} - {"held"}:
            kinds = " ".join(found[entity][state][name].values()).split()
            assert sorted(kinds) == sorted(KINDS)
            cells += len(kinds)
    assert cells >= LEAST


@pytest.mark.parametrize("entity", POSES)
def test_every_relation_is_held_by_somebody(entity: str) -> None:
    """Otherwise the matrix would prove nothing of it."""
    states = policy.read(EXPECTED)[entity].values()
    held = {name for acts_ in states for name in acts_.get("held", ())}
    assert {name_of(tie) for tie in SIGHTS[MOUNTED[entity].model].relations} - held == set()


def test_every_row_with_a_route_is_tried_or_goes_by_link() -> None:
    tried = {act.row for found in acts().values() for act in found}
    assert set(routes()) - tried == BY_LINK


@pytest.mark.parametrize("widened", [False, True])
async def test_a_widened_row_is_caught(cast: Cast, looking: Looking, known: Known, widened: bool) -> None:
    (redraft,) = MOUNTED["topic"].workflow.rows("redraft")
    sound, state = redraft.by, max(redraft.sources)
    object.__setattr__(redraft, "by", anyone if widened else sound)
    try:
        walk = await Walk(cast, "topic", str(state), looking).all()
    finally:
        object.__setattr__(redraft, "by", sound)
    found = list(differences(committed("topic", str(state)), walk.found))
    assert ("redraft as chair was 403, is 200" in found) is widened
    assert all(line.startswith("redraft as ") for line in found)

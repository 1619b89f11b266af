"""A proposal of a blind stage that names its applicants (V-25): it warns, is found, is decided by two."""

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, Stage
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import open_stage
from tests.evaluation.blind import BLIND
from tests.experts.test_experts import codes
from tests.proposals.build import Applied, complete, ready, results, started, under_check

pytestmark = pytest.mark.anyio
NAMING = "As SECRETUM has shown."
CLEAN = "As it was shown before."


async def blind_stage(world: World) -> str:
    """The id of a topic in an open blind stage."""
    here = await open_stage(world)
    async with world.sessions() as session, session.begin():
        for call in await session.scalars(select(Call)):
            call.rules = call.rules | {"blind": BLIND}
        await session.execute(update(Stage).values(kind="short"))
    return here


async def writing(applied: Applied, excellence: str, implementation: str) -> list[tuple[str, bool]]:
    """What the problem list says of names, once these sections are written."""
    for key, text in (("excellence", excellence), ("implementation", implementation)):
        path = f"{applied.path}/sections/{key}"
        version = (await applied.lead.get(path)).json()["version"]
        assert (await applied.lead.patch(path, {"text": text}, version)).status_code == 200
    found = (await applied.lead.get(applied.path)).json()["problems"]
    return [(one["path"], one["blocks"]) for one in found if one["rule"] == "V-25"]


async def handed_in(world: World, excellence: str) -> tuple[Applied, Actor, Actor]:
    applied = await started(world, await blind_stage(world))
    await complete(applied, ["part_b"])
    assert await writing(applied, excellence, NAMING) == [("/sections/excellence", False)] * (
        excellence == NAMING
    )
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    return applied, await person(world, "office", "office"), await person(world, "other", "office")


async def test_what_experts_read_warns_and_what_they_do_not_read_does_not(world: World) -> None:
    applied, office, other = await handed_in(world, NAMING)
    read = await office.make(f"{applied.path}/check")
    (check,) = (one for one in read["checks"] if one["rule"] == "V-25")
    assert (check["kind"], check["passed"]) == ("admissibility", False)
    assert check["inputs"]["found"] == [
        {"path": "/sections/excellence", "name": "SECRETUM", "passage": NAMING}
    ]
    assert codes(await office.post(f"{applied.path}/find_eligible")) == ["v-25-failed"]
    said = {"rule": "V-25", "reason": "It is the name of a database, too."}
    assert (await office.post(f"{applied.path}/overrule", said)).status_code == 202
    await other.make(f"{applied.path}/overrule", said)
    assert (await office.make(f"{applied.path}/find_eligible"))["state"] == "eligible"
    late = {"rule": "V-25", "text": "A logo stands on page 2."}
    assert (await office.post(f"{applied.path}/find_ineligible", late)).status_code == 202


async def test_what_stands_in_a_document_is_an_officers_finding(world: World) -> None:
    applied, office, other = await handed_in(world, CLEAN)
    read = await office.make(f"{applied.path}/check")
    assert results(read)["V-25"]
    found = {"rule": "V-25", "text": "A logo stands on page 2."}
    assert (await office.post(f"{applied.path}/find_inadmissible", found)).status_code == 202
    done = await other.make(f"{applied.path}/find_inadmissible", found)
    assert (done["state"], done["reason"]) == ("inadmissible", "INADMISSIBLE")
    assert not results(done)["V-25"]


async def test_where_experts_know_the_applicants_they_may_be_named(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await ready(world)
    assert await writing(applied, NAMING, NAMING) == []
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    assert "V-25" not in results(await office.make(f"{applied.path}/check"))
    found = {"rule": "V-25", "text": "A logo stands on page 2."}
    assert codes(await office.post(f"{applied.path}/find_inadmissible", found)) == ["not-blind"]
    assert codes(await office.post(f"{applied.path}/find_ineligible", found)) == ["not-blind"]

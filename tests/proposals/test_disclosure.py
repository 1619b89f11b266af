"""A proposal of a blind stage that names its applicants (V-25): it warns, is found, is decided by two."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.calls.models import Call, Stage
from app.consortia.organisations.models import Organisation
from app.core.typeset import typeset
from app.proposals.disclosure import CLEAN as NOT_FOUND
from app.proposals.disclosure import Applicants
from app.proposals.document_texts import Read, _found
from app.proposals.models import DocumentText
from tests.build import Actor, person
from tests.conftest import Counting, World
from tests.consortia.build import open_stage
from tests.evaluation.blind import BLIND
from tests.experts.test_experts import codes
from tests.proposals.build import Applied, complete, ready, results, started, under_check, upload

pytestmark = pytest.mark.anyio
NAMING = "As SECRETUM has shown."
CLEAN = "As it was shown before."
NAME = "Universität für Bodenkultur"
# Narrow, so that its name is parted; the second page is empty.
PAPER = """#set page(width: 150pt, height: 300pt)
#set text(lang: "de", hyphenate: true)
#set par(justify: true)
As the #json(bytes(sys.inputs.facts)).name has shown.
#pagebreak()
"""


async def blind_stage(world: World, terms: dict[str, Any] = BLIND) -> str:
    """The id of a topic in an open blind stage."""
    here = await open_stage(world)
    async with world.sessions() as session, session.begin():
        for call in await session.scalars(select(Call)):
            call.rules = call.rules | {"blind": terms}
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


async def handed_in(
    world: World, excellence: str, terms: dict[str, Any] = BLIND
) -> tuple[Applied, Actor, Actor]:
    applied = await started(world, await blind_stage(world, terms))
    await complete(applied, ["part_b"])
    assert await writing(applied, excellence, NAMING) == [("/sections/excellence", False)] * (
        excellence == NAMING
    )
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    return applied, await person(world, "office", "office"), await person(world, "other", "office")


async def test_what_experts_read_warns_and_what_they_do_not_read_does_not(world: World) -> None:
    applied, office, other = await handed_in(world, NAMING, BLIND | {"documents": []})
    assert await kept_texts(world) == [], "no expert reads it there"
    read = await office.make(f"{applied.path}/check")
    (check,) = (one for one in read["checks"] if one["rule"] == "V-25")
    assert (check["kind"], check["passed"]) == ("admissibility", False)
    assert check["inputs"]["found"] == [
        {"path": "/sections/excellence", "name": "SECRETUM", "passage": NAMING}
    ]
    assert check["inputs"]["unread"] == []
    assert codes(await office.post(f"{applied.path}/find_eligible")) == ["v-25-failed"]
    said = {"rule": "V-25", "reason": "It is the name of a database, too."}
    assert (await office.post(f"{applied.path}/overrule", said)).status_code == 202
    await other.make(f"{applied.path}/overrule", said)
    assert (await office.make(f"{applied.path}/find_eligible"))["state"] == "eligible"
    late = {"rule": "V-25", "text": "A logo stands on page 2."}
    assert (await office.post(f"{applied.path}/find_ineligible", late)).status_code == 202


async def kept_texts(world: World) -> list[str | None]:
    async with world.sessions() as session:
        return list(await session.scalars(select(DocumentText.text)))


async def test_a_document_that_experts_read_is_searched_across_its_lines(
    world: World, counting: Counting
) -> None:
    applied = await started(world, await blind_stage(world))
    await complete(applied, [])
    async with world.sessions() as session, session.begin():
        await session.execute(
            update(Organisation).where(Organisation.country == "DE").values(legal_name=NAME)
        )
    paper = await typeset(PAPER.encode(), {"name": NAME}, datetime(2024, 5, 1, tzinfo=UTC))
    assert (await upload(applied.lead, applied.id, paper)).status_code == 200
    (text,) = await kept_texts(world)
    assert text is not None
    assert (NAME in " ".join(text.split()), "-\n" in text, text[-1]) == (False, True, "\f")
    with counting() as sent:
        found = (await applied.lead.get(applied.path)).json()["problems"]
    assert len([one for one in sent if "document_text" in one]) == 1
    told = [(one["path"], one["blocks"], NAME in one["text"]) for one in found if one["rule"] == "V-25"]
    assert told == [("/documents/part_b", False, True)]
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    office = await person(world, "office", "office")
    with counting() as sent:
        read = await office.make(f"{applied.path}/check")
    assert len([one for one in sent if "document_text" in one]) == 1
    (check,) = (one for one in read["checks"] if one["rule"] == "V-25")
    (hit,) = check["inputs"]["found"]
    assert (check["passed"], hit["path"], hit["name"]) == (False, "/documents/part_b", NAME)
    assert hit["passage"] == f"As the {NAME} has shown."
    assert check["inputs"]["unread"] == ["/documents/part_b, page 2"]
    assert check["text"].endswith(
        "Not searched, since there is no text to be read: /documents/part_b, page 2."
    )


async def test_a_hyphen_at_the_end_of_a_line_may_be_of_the_word_or_not() -> None:
    text = "In Boden-\nkultur, by Max-\nPlanck, a QUARZ-\fled one; Wien-\ner."
    names = frozenset(("Bodenkultur", "Max-Planck", "QUARZ", "Wien"))
    whose = Applicants(frozenset(), names | {"Kultur"}, frozenset())
    hits = _found(Read("/documents/part_b", "d", text), whose)
    assert {found.passage for found in hits} == names


async def test_what_stands_in_a_document_is_an_officers_finding(world: World) -> None:
    applied, office, other = await handed_in(world, CLEAN)
    read = await office.make(f"{applied.path}/check")
    assert results(read)["V-25"]
    told = f"{NOT_FOUND} Not searched, since there is no text to be read: /documents/part_b."
    assert (texts(read), await kept_texts(world)) == ([told], [None])
    async with world.sessions() as session, session.begin():
        await session.execute(delete(DocumentText))
    assert texts(await office.make(f"{applied.path}/check")) == [told], "attached before any text was kept"
    found = {"rule": "V-25", "text": "A logo stands on page 2."}
    assert (await office.post(f"{applied.path}/find_inadmissible", found)).status_code == 202
    done = await other.make(f"{applied.path}/find_inadmissible", found)
    assert (done["state"], done["reason"]) == ("inadmissible", "INADMISSIBLE")
    assert not results(done)["V-25"]


def texts(read: dict[str, Any]) -> list[str]:
    return [check["text"] for check in read["checks"] if check["rule"] == "V-25"]


async def test_where_experts_know_the_applicants_they_may_be_named(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await ready(world)
    assert await writing(applied, NAMING, NAMING) == []
    await applied.lead.make(f"{applied.path}/submit")
    await under_check(world)
    assert await kept_texts(world) == []
    assert "V-25" not in results(await office.make(f"{applied.path}/check"))
    found = {"rule": "V-25", "text": "A logo stands on page 2."}
    assert codes(await office.post(f"{applied.path}/find_inadmissible", found)) == ["not-blind"]
    assert codes(await office.post(f"{applied.path}/find_ineligible", found)) == ["not-blind"]

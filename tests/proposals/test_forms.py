"""Answers to a form with fields: kept while unfinished, asked for when handed in, sealed."""

from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from app.calls.rule_set import named
from tests.build import person
from tests.conftest import World
from tests.consortia.build import open_stage
from tests.proposals.build import Applied, complete, pdf, ready, started, under_check, upload

pytestmark = pytest.mark.anyio
STUDY = {"title": "A study", "participants": 40, "approved": False}
ALL = {
    "included": True,
    "rationale": "Why.",
    "design": "observational",
    "participants": 40,
    "studies": [STUDY],
}


NO_ISSUE = dict.fromkeys(
    (
        "embryos",
        "humans",
        "tissues",
        "data",
        "animals",
        "countries",
        "environment",
        "intelligence",
        "misuse",
        "other",
    ),
    False,
)


async def drafted(world: World) -> Applied:
    """A draft under rules whose form has fields; nothing of clinical studies is answered, all else is."""
    applied = await started(world, await open_stage(world, "horizon_europe"), ("DE",))
    await complete(applied)
    return applied


def section(applied: Applied) -> str:
    return f"{applied.path}/sections/clinical_studies"


async def answered(applied: Applied, answers: dict[str, Any]) -> dict[str, Any]:
    version = (await applied.lead.get(section(applied))).json()["version"]
    answer = await applied.lead.patch(section(applied), answers, version)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def blocked(applied: Applied) -> list[tuple[str, str]]:
    actions = (await applied.lead.get(applied.path)).json()["actions"]
    return [(r["code"], r["path"]) for a in actions if a["name"] == "submit" for r in a["blocked_by"]]


async def test_anything_unfinished_is_kept_and_what_is_not_sent_stays(world: World) -> None:
    applied = await world.prepared(drafted)
    await answered(applied, {"rationale": "Beca", "participants": 0, "studies": [{"title": "Half"}, {}]})
    await answered(applied, {"included": True, "participants": None})
    kept = await answered(applied, {"studies": [{"title": "Half", "identifier": None}]})
    assert kept["answers"] == {"rationale": "Beca", "included": True, "studies": [{"title": "Half"}]}
    brief = (await applied.lead.get(applied.path)).json()["sections"]
    assert next(s for s in brief if s["key"] == "clinical_studies")["characters"] == len("BecaHalf")


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"rationale": "é" * 4001}, "text-too-long", "rationale"),
        ({"rationale": 1}, "other-kind", "rationale"),
        ({"rationale": ["a"]}, None, ""),
        ({"included": "yes"}, "other-kind", "included"),
        ({"included": 1}, "other-kind", "included"),
        ({"design": "guessed"}, "no-such-option", "design"),
        ({"design": True}, "other-kind", "design"),
        ({"participants": "40"}, "other-kind", "participants"),
        ({"participants": True}, "other-kind", "participants"),
        ({"participants": 1_000_001}, "number-too-large", "participants"),
        ({"participants": 4.5}, None, ""),
        ({"studies": "none"}, "other-kind", "studies"),
        ({"studies": [{}] * 21}, "too-many-rows", "studies"),
        ({"studies": [{}] * 201}, None, ""),
        ({"studies": [{}, {"invented": 1}]}, "no-such-field", "studies/1/invented"),
        ({"studies": [{"title": "x" * 201}]}, "text-too-long", "studies/0/title"),
        ({"studies": [{"title": [{}]}]}, None, ""),
        ({"essential_information": "a" * 64}, "attached-as-document", "essential_information"),
        ({"invented": 1}, "no-such-field", "invented"),
        ({"text": "As if it were plain."}, "no-such-field", "text"),
        ({"rationale": "a\x00b"}, None, ""),
        ({"No Key": "a"}, None, ""),
        ({}, None, ""),
        ([], None, ""),
    ],
)
async def test_what_the_form_does_not_take_is_refused_whole(
    world: World, given: Any, code: str | None, path: str
) -> None:
    applied = await world.prepared(drafted)
    sent = {"design": "performance"} | given if code else given
    refused = await applied.lead.patch(section(applied), sent, 1)
    assert refused.status_code == (409 if code else 422)
    reasons = refused.json()["reasons"]
    if code:
        assert all(r["text"].endswith(".") for r in reasons)
        assert [(r["code"], r["path"]) for r in reasons] == [(code, f"/body/{path}")]
    else:
        assert len(reasons) == 1
        assert reasons[0]["text"]
    read = (await applied.lead.get(section(applied))).json()
    assert read == {"key": "clinical_studies", "version": 1, "answers": {}}
    assert len((await applied.lead.get(f"{section(applied)}/versions")).json()) == 1


async def test_what_no_text_can_hold_and_what_is_too_much_is_refused(world: World) -> None:
    applied = await world.prepared(drafted)
    headers = {"If-Match": '"1"', "Content-Type": "application/json"}
    client, path = applied.lead.client, f"/v1{section(applied)}"
    half = await client.patch(path, content=rb'{"rationale": "\ud800"}', headers=headers)
    much = await client.patch(path, content=b'{"rationale": "' + b"a" * 5_000_000 + b'"}', headers=headers)
    stale = await applied.lead.patch(section(applied), {"included": True}, 7)
    absent = await client.patch(path, json={"included": True})
    unknown = await applied.lead.patch(f"{applied.path}/sections/invented", {"included": True}, 1)
    answers = (half, much, stale, absent, unknown)
    assert [a.status_code for a in answers] == [422, 413, 412, 428, 404]
    assert (await applied.lead.get(section(applied))).json()["version"] == 1


async def test_fields_are_asked_for_only_where_their_condition_holds(world: World) -> None:
    applied = await world.prepared(drafted)
    here = "/sections/clinical_studies"
    assert await blocked(applied) == [("clinical_studies-included-missing", f"{here}/included")]
    await answered(applied, {"included": False})
    assert await blocked(applied) == []
    await answered(applied, {"included": True})
    assert await blocked(applied) == [
        ("clinical_studies-missing", "/documents/clinical_studies"),
        *((f"clinical_studies-{key}-missing", f"{here}/{key}")
          for key in ("rationale", "design", "participants", "studies")),
    ]  # fmt: skip
    half = {"participants": 0, "studies": [{"title": " "}], "rationale": " \n", "design": "performance"}
    await answered(applied, half)
    assert await blocked(applied) == [
        ("clinical_studies-missing", "/documents/clinical_studies"),
        ("clinical_studies-rationale-missing", f"{here}/rationale"),
        ("clinical_studies-participants-too-small", f"{here}/participants"),
        *((f"clinical_studies-studies-{key}-missing", f"{here}/studies/0/{key}")
          for key in ("title", "participants", "approved")),
    ]  # fmt: skip
    refused = await applied.lead.post(f"{applied.path}/submit")
    assert (refused.status_code, len(refused.json()["reasons"])) == (409, 6)
    assert refused.json()["reasons"][1]["text"] == (
        "In the section “Clinical studies”, “Why a clinical study is needed” is not answered."
    )
    await answered(applied, ALL)
    await upload(applied.lead, applied.id, pdf(), "clinical_studies")
    assert await blocked(applied) == []


async def test_answers_are_sealed_with_their_digest_and_read_by_staff(world: World) -> None:
    applied, office = await drafted(world), await person(world, "office", "office")
    await answered(applied, ALL)
    file = await upload(applied.lead, applied.id, pdf(mark="studies"), "clinical_studies")
    await applied.lead.make(f"{applied.path}/submit")
    sealed = (await office.get(f"{applied.path}/sealed/1")).json()
    kept = ALL | {"essential_information": file.json()["digest"]}
    assert sealed["answers"] == {"clinical_studies": kept, "ethics": NO_ISSUE}
    assert sealed["texts"]["impact"] == "On impact."
    (told,) = [s for s in sealed["manifest"]["sections"] if s["key"] == "clinical_studies"]
    assert told["digest"] == sha256(rfc8785.dumps(kept)).hexdigest()
    assert (await office.get(section(applied))).status_code == 404
    await answered(applied, {"included": False})
    await applied.lead.make(f"{applied.path}/submit")
    again = (await office.get(f"{applied.path}/sealed/2")).json()
    assert again["answers"] == {"clinical_studies": {"included": False}, "ethics": NO_ISSUE}
    assert (await applied.lead.get(section(applied))).json()["answers"]["rationale"] == "Why."
    assert (await office.get(f"{applied.path}/sealed/1")).json() == sealed
    await under_check(world)
    checks = {c["rule"]: c["passed"] for c in (await office.make(f"{applied.path}/check"))["checks"]}
    assert checks["M-03"]


async def test_x01_imi2_asks_for_a_self_assessment_of_ethics_in_full_proposals(world: World) -> None:
    applied = await ready(world, countries=("DE",))
    path = f"{applied.path}/sections/ethics"
    assert [code for code, _ in await blocked(applied) if code.startswith("ethics")] == []
    answer = await applied.lead.patch(path, {"humans": True, "data": None}, 2)
    assert answer.status_code == 200, answer.text
    assert [one for one in await blocked(applied) if "ethics" in one[0]] == [
        ("ethics-data-missing", "/sections/ethics/data")
    ]
    warned = (await applied.lead.get(applied.path)).json()["problems"]
    found = {one["code"]: one["blocks"] for one in warned if one["code"].startswith("ethics-")}
    assert found == {"ethics-data-missing": True, "ethics-humans_explained-unexplained": False}
    short = {section.key for section in named("imi2").sections if "short" in (section.stages or ("short",))}
    assert short == {"excellence", "impact", "implementation"}

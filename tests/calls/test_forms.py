"""Forms as data: where they contradict themselves, what of them holds in a stage, and as JSON Schema."""

import json
from typing import Any

import pytest

from app.calls.form import Section
from app.calls.form_schema import DIALECT, schema_of
from app.calls.models import Call
from app.calls.readiness import rules_hold
from app.calls.rule_set import BadRules, checked, named
from app.workflow.table import Ask
from app.workflow.who import Actor
from tests.build import adopted_topic, committee, person
from tests.calls.build import SHORT, codes, prepared, staged
from tests.calls.test_rule_sets import put, raw
from tests.conftest import World
from tests.consortia.build import open_stage

FIELDS = "/sections/3/fields"
IF = {"field": "included", "answer": True}
NUMBER = {"kind": "number", "key": "n", "title": "N"}
TABLE = {"kind": "table", "key": "t", "title": "T", "most": 2}
CHOICE = {"kind": "choice", "key": "c", "title": "C", "options": [{"code": "a", "title": "A"}]}
BROKEN = [
    ("/1/only_if", {"field": "invented", "answer": True}, "/1/only_if/field", "no field invented"),
    ("/1/only_if", {"field": "participants", "answer": True}, "/1/only_if/field", "neither a yes or no"),
    ("/1/only_if", {"field": "included", "answer": "perhaps"}, "/1/only_if/answer", "no answer perhaps"),
    ("/1/only_if", {"field": "design", "answer": "guessed"}, "/1/only_if/answer", "no answer guessed"),
    ("/1/only_if", {"field": "included", "answer": 1}, "/1/only_if/answer", "valid boolean"),
    ("/0/only_if", IF, "/0/only_if/field", "depends on itself"),
    ("/2/only_if", {"field": "design", "answer": "observational"}, "/2/only_if/field", "depends on itself"),
    ("/0/only_if", {"field": "design", "answer": "performance"}, "/2/only_if/field", "depends on itself"),
    ("/1/key", "included", "/1/key", "stands twice"),
    ("/1/limit", 0, "/1/limit", "greater than or equal"),
    ("/1/kind", "essay", "/1", "does not match any"),
    ("/1/most", 3, "/1/most", "not permitted"),
    ("/2/options/1/code", "interventional", "/2/options/1/code", "stands twice"),
    ("/2/options", [], "/2/options", "at least 1"),
    ("/3/least", "2000000", "/3/least", "more than 1000000"),
    ("/3/least", "0.5", "/3/least", "more than 0 decimals"),
    ("/3/least", "NaN", "/3/least", "finite"),
    ("/4/least", 21, "/4/least", "more than 20"),
    ("/4/most", 100000, "/4/most", "less than or equal"),
    ("/4/columns/1/key", "title", "/4/columns/1/key", "stands twice"),
    ("/4/columns/2/least", "2000000", "/4/columns/2/least", "more than 1000000"),
    ("/4/columns/0", TABLE | {"columns": [NUMBER]}, "/4/columns/0", "does not match any"),
    ("/4/columns/0/only_if", IF, "/4/columns/0/only_if/field", "no field included"),
    ("/5/document", "invented", "/5/document", "no document"),
    ("/5/document", "part_b", "/5/document", "required whatever is answered"),
]


@pytest.mark.parametrize(("at", "value", "place", "told"), BROKEN)
def test_a_form_that_contradicts_itself_is_refused_with_the_place(
    at: str, value: Any, place: str, told: str
) -> None:
    given = raw("horizon_europe")
    checked(given)
    put(FIELDS + at, value)(given)
    with pytest.raises(BadRules) as bad:
        checked(given)
    assert [f for f in bad.value.faults if f.path == FIELDS + place and told in f.text], bad.value


def test_a_longer_circle_is_found_at_each_of_its_fields_and_nowhere_else() -> None:
    given = raw("horizon_europe")
    fields: list[dict[str, Any]] = [
        {"kind": "yes_no", "key": key, "title": key, "only_if": {"field": on, "answer": True}}
        for key, on in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    ]
    put(FIELDS, fields)(given)
    with pytest.raises(BadRules) as bad:
        checked(given)
    assert [f.path for f in bad.value.faults] == [f"{FIELDS}/{n}/only_if/field" for n in (0, 1, 2)]


def test_a_section_has_either_a_limit_or_fields() -> None:
    for change in ({"limit": 9}, {"fields": []}):
        given = raw("horizon_europe")
        given["sections"][3] |= change
        with pytest.raises(BadRules, match="either a limit or fields"):
            checked(given)


def test_a_file_is_of_every_stage_of_its_section_and_asked_for_once() -> None:
    given = raw("horizon_europe")
    given["sections"][3]["stages"] = []
    with pytest.raises(BadRules, match="not there in each stage"):
        checked(given)
    given = raw("horizon_europe")
    given["sections"][3]["fields"].append(given["sections"][3]["fields"][5] | {"key": "again"})
    with pytest.raises(BadRules, match="asked for twice"):
        checked(given)


def test_publication_asks_whether_the_form_holds() -> None:
    lost = {"path": f"{FIELDS}/1/only_if/field", "value": "invented", "was": "included", "reason": "r"}
    call = Call(rule_set="horizon_europe", rules={}, overrides=[lost], stages=[])
    ask: Any = Ask(Actor(), None)  # type: ignore[arg-type]
    assert [(r.code, r.path) for r in rules_hold(call, ask)] == [("bad-rules", lost["path"])]


@pytest.mark.anyio
async def test_a_call_overrides_its_form_and_nothing_that_cannot_be(world: World) -> None:
    office = await person(world, "office", "office")
    call = await prepared(office, rule_set="horizon_europe")
    lost = {"path": f"{FIELDS}/1/only_if/field", "value": "invented", "reason": "A mistake."}
    assert codes(await office.post(f"/calls/{call}/override", lost)) == [("bad-rules", lost["path"])]
    more = {"path": "/sections/3/fields/1/limit", "value": 8000, "reason": "More is needed."}
    await office.make(f"/calls/{call}/override", more)
    rules = (await office.get(f"/calls/{call}/rules")).json()
    assert rules["sections"][3]["fields"][1]["limit"] == 8000


def test_sections_that_were_pinned_before_there_were_fields_are_read() -> None:
    old = Section.model_validate({"key": "impact", "title": "Impact", "limit": 9})
    assert (old.plain, [(one.key, one.kind) for one in old.asks]) == (True, [("text", "text")])


def test_each_kind_of_field_is_drawn() -> None:
    fields = [
        NUMBER | {"least": "0.5", "most": "9", "decimals": 2},
        CHOICE,
        TABLE | {"columns": [NUMBER, CHOICE | {"only_if": None, "required": False}]},
        {"kind": "yes_no", "key": "y", "title": "Y"},
        {"kind": "text", "key": "x", "title": "X", "limit": 5, "required": False},
        NUMBER | {"key": "m", "only_if": {"field": "y", "answer": True}},
    ]
    section = Section.model_validate({"key": "s", "title": "S", "fields": fields})
    drawn = schema_of([section])["properties"]["s"]
    assert list(drawn["properties"]) == ["n", "c", "t", "y", "x"]
    assert drawn["required"] == ["n", "c", "t", "y"]
    assert drawn["properties"]["n"]["description"] == "At least 0.5, at most 9."
    assert drawn["properties"]["c"]["oneOf"] == [{"const": "a", "title": "A"}]
    rows = drawn["properties"]["t"]
    assert (rows["minItems"], rows["maxItems"], rows["items"]["required"]) == (1, 2, ["n"])
    assert drawn["properties"]["x"] == {"title": "X", "type": "string", "maxLength": 5}
    under = {"properties": {"m": {"title": "N", "type": "integer"}}, "type": "object", "required": ["m"]}
    holds = {"properties": {"y": {"const": True}}, "required": ["y"]}
    assert drawn["allOf"] == [{"if": holds, "then": under}]
    assert drawn["unevaluatedProperties"] is False


@pytest.mark.anyio
async def test_anyone_draws_the_form_of_a_published_call(world: World) -> None:
    for code, keys in (("imi2", 4), ("horizon_europe", 5)):
        part = await open_stage(world, code)
        async with world.client() as anyone:
            drawn = (await anyone.get(f"/v1/topic_stages/{part}/form")).json()
        assert drawn["$schema"] == DIALECT
        assert drawn["required"] == [s.key for s in named(code).sections]
        assert len(drawn["properties"]) == keys
        text = drawn["properties"]["impact"]["properties"]["text"]
        assert (text["type"], text["maxLength"]) == ("string", 40_000)
    file = json.dumps(drawn["properties"]["clinical_studies"]["allOf"][4]["then"])
    assert '"x-document": "clinical_studies"' in file
    assert named("horizon_europe").sections[3].stages == ("full",)


@pytest.mark.anyio
async def test_nobody_else_sees_the_form_of_a_call_in_preparation(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    body, members = await committee(world, "ann")
    topic = await adopted_topic(office, body, members)
    call = await prepared(office, rule_set="horizon_europe")
    _, part = await staged(office, call, topic["id"])
    assert (await office.get(f"/topic_stages/{part}/form")).json()["properties"]["clinical_studies"]
    hidden = await stranger.get(f"/topic_stages/{part}/form")
    missing = await stranger.get(f"/topic_stages/{topic['id']}/form")
    assert (hidden.status_code, hidden.json() | {"instance": ""}) == (404, missing.json() | {"instance": ""})


@pytest.mark.anyio
async def test_a_section_of_full_proposals_has_no_place_in_a_short_one(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = await adopted_topic(office, body, members)
    call = await prepared(office, rule_set="horizon_europe", kind="two_stage")
    _, part = await staged(office, call, topic["id"], SHORT | {"kind": "short"})
    drawn = (await office.get(f"/topic_stages/{part}/form")).json()
    told = (await office.get(f"/topic_stages/{part}/conditions")).json()
    assert list(drawn["properties"]) == ["excellence", "impact", "implementation"]
    assert [s["key"] for s in told["sections"]] == list(drawn["properties"])

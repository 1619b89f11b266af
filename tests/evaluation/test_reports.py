"""Individual reports, through the API."""

import pytest

from tests.conftest import World
from tests.evaluation.build import expert, in_evaluation, mark, reported, seated

pytestmark = pytest.mark.anyio


async def test_a_report_has_one_empty_mark_for_each_criterion(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic)
    seat = await seated(topic, ada, topic.proposals[0])
    report = await ada.actor.make(f"/assignments/{seat}/reports")
    marks = [(m["criterion"], m["score"], m["comment"], m["version"]) for m in report["marks"]]
    assert marks == [(code, None, "", 1) for code in ("excellence", "impact", "implementation")]
    again = await ada.actor.post(f"/assignments/{seat}/reports")
    assert again.status_code == 409


async def test_unfinished_marks_are_kept_and_a_stale_one_is_refused(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic)
    seat = await seated(topic, ada, topic.proposals[0])
    report = await ada.actor.make(f"/assignments/{seat}/reports")
    path = f"/reports/{report['id']}/marks/impact"
    half = await ada.actor.patch(path, {"comment": "So far"}, 1)
    assert (half.status_code, half.json()["score"], half.json()["version"]) == (200, None, 2)
    assert (await ada.actor.patch(path, {"score": "3.5"}, 1)).status_code == 412
    whole = await ada.actor.patch(path, {"score": "3.5"}, 2)
    assert (whole.json()["score"], whole.json()["comment"]) == ("3.5", "So far")


@pytest.mark.parametrize("score", ["2.75", "5.5"])
async def test_a_score_off_the_scale_is_refused(world: World, score: str) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic)
    seat = await seated(topic, ada, topic.proposals[0])
    report = await ada.actor.make(f"/assignments/{seat}/reports")
    path = f"/reports/{report['id']}/marks/impact"
    refused = await ada.actor.patch(path, {"score": score, "comment": "Hm."}, 1)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, "score-not-on-scale")
    assert (await ada.actor.get(path)).json()["score"] is None


async def test_a_report_is_sealed_whole_and_for_good(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic)
    seat = await seated(topic, ada, topic.proposals[0])
    report = await ada.actor.make(f"/assignments/{seat}/reports")
    refused = await ada.actor.post(f"/reports/{report['id']}/seal")
    assert refused.status_code == 409
    assert [r["code"] for r in refused.json()["reasons"]] == ["score-missing", "comment-missing"] * 3
    await mark(ada.actor, f"/reports/{report['id']}/marks", ("3", "3", "4"))
    assert (await ada.actor.make(f"/reports/{report['id']}/seal"))["state"] == "sealed"
    assert (await topic.office.get(f"/assignments/{seat}")).json()["state"] == "reported"
    changed = await ada.actor.patch(f"/reports/{report['id']}/marks/impact", {"score": "5"}, 2)
    assert changed.status_code == 409


async def test_a_seat_taken_away_voids_its_report(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic)
    seat = await seated(topic, ada, topic.proposals[0])
    report = await reported(ada, seat)
    await topic.office.make(f"/assignments/{seat}/void", {"reason": "Came to light."})
    assert (await topic.office.get(f"/reports/{report}")).json()["state"] == "voided"
    assert (await ada.actor.get(f"/reports/{report}")).status_code == 404


async def test_the_scheme_is_not_edited_once_the_call_is_out(world: World) -> None:
    """Whoever has begun a report is asked for the same criteria until it is sealed."""
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic)
    report = await ada.actor.make(f"/assignments/{await seated(topic, ada, topic.proposals[0])}/reports")
    changed = {"path": "/scheme/criteria/1/threshold", "value": "4", "reason": "Stricter."}
    refused = await topic.office.post(f"/calls/{topic.call}/override", changed)
    call = await topic.office.get(f"/calls/{topic.call}")
    stage = (await topic.office.get("/stages")).json()["items"][0]["id"]
    chosen = await topic.office.post(f"/stages/{stage}/configure", {"deadline": "2051-03-31T17:00"})
    assert [call.status_code, refused.status_code, chosen.status_code] == [200, 409, 409]
    again = (await ada.actor.get(f"/reports/{report['id']}")).json()
    assert again["guide"] == report["guide"]

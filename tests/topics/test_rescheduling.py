"""The end of a round moves later, or nearer with notice; whoever is asked is told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from app.core.clock import machine_now
from app.topics.consultation.workflow import notice_kept
from app.workflow.table import Ask
from app.workflow.who import NOBODY
from tests.build import person
from tests.conftest import World
from tests.topics.build import codes, draft, invited, mail_to, round_on

pytestmark = pytest.mark.anyio
NOON = datetime(2030, 1, 15, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("ends", "moved_to", "refused"),
    [
        (30, timedelta(days=7), []),
        (30, timedelta(days=7) - INSTANT, ["too-soon"]),
        (30, timedelta(days=300), []),
        (5, timedelta(days=5), []),
        (5, timedelta(days=5) - INSTANT, ["too-soon"]),
        (-1, timedelta(0), []),
        (-1, -INSTANT, ["too-soon"]),
        (30, timedelta(days=-2), ["closes-first", "too-soon"]),
    ],
)
def test_a_round_ends_later_or_after_a_week_s_notice(
    ends: float, moved_to: timedelta, refused: list[str]
) -> None:
    one = SimpleNamespace(opens_at=NOON - timedelta(days=2), closes_at=NOON + timedelta(days=ends))
    ask = Ask(NOBODY, NOON, data=SimpleNamespace(closes_at=NOON + moved_to))
    assert sorted(reason.code for reason in notice_kept(one, ask)) == refused  # type: ignore[arg-type]


async def test_whoever_is_asked_is_told_of_another_end_and_why(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"], days=400)
    who, body = await invited(world, office, here)
    silent, declined = await invited(world, office, here, "Patients apart")
    await silent.make(f"{declined}/decline", {"reason": "Nothing to say."})
    soon = machine_now() + timedelta(days=8)
    given = {"closes_at": soon.isoformat(), "reason": "The end was a slip of the pen."}
    assert (await who.post(f"{here}/reschedule", given)).status_code == 403
    assert (await (await person(world, "stranger")).post(f"{here}/reschedule", given)).status_code == 404
    assert datetime.fromisoformat((await office.make(f"{here}/reschedule", given))["closes_at"]) == soon
    _, told = await mail_to(world, who, "consultation")
    assert told.entity_id == UUID(body.rsplit("/", 1)[1])
    for words in (given["reason"], f"{soon:%d %B %Y, %H:%M:%S} UTC", topic["title"]):
        assert words in told.text
    assert len(await mail_to(world, silent, "consultation")) == 1
    assert await codes(await office.post(f"{here}/close")) == [("too-soon", "/closes_at")]

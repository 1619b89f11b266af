"""Builders: a consortium's proposal, complete or not; PDF files, good and bad."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx2
import pikepdf

from app.calls.models import TopicStageState
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import close, consortium, open_stage, partner

SECTIONS = ("excellence", "impact", "implementation")


def pdf(pages: int = 2, mark: str = "") -> bytes:
    """A good PDF with a word on each page; `mark` makes it differ from others."""
    made, out = pikepdf.new(), BytesIO()
    for _ in range(pages):
        made.add_blank_page().Contents = made.make_stream(b"BT (A word.) Tj ET")
    made.docinfo["/Title"] = mark
    made.save(out)
    return out.getvalue()


@dataclass
class Applied:
    """A proposal and who acts in it: its coordinator, a partner each from two other countries."""

    lead: Actor
    fellows: list[Actor]
    topic_stage: str
    consortium: dict[str, Any]
    id: str

    @property
    def path(self) -> str:
        return f"/proposals/{self.id}"


async def started(
    world: World, topic_stage: str | None = None, countries: tuple[str, ...] = ("DE", "FR", "IT"), **more: Any
) -> Applied:
    """A draft, nothing written, of organisations in these countries."""
    here = topic_stage or await open_stage(world)
    lead = await person(world, "lead")
    made = await consortium(lead, here, countries[0], **more)
    fellows = [(await partner(world, lead, made["id"], country, **more))[0] for country in countries[1:]]
    draft = await lead.make(f"/consortia/{made['id']}/proposals", {"acronym": "SECRETUM"})
    return Applied(lead, fellows, here, made, draft["id"])


async def upload(
    actor: Actor, proposal: str, body: bytes | AsyncIterator[bytes], key: str = "part_b", **headers: str
) -> httpx2.Response:
    """PUT a document."""
    sent = {"Content-Type": "application/pdf"} | headers
    return await actor.client.put(f"/v1/proposals/{proposal}/documents/{key}", content=body, headers=sent)


async def complete(applied: Applied, documents: Sequence[str] = ("part_b", "exploitation_plan")) -> None:
    """Fill in all that the form asks for."""
    lead, path = applied.lead, applied.path
    money = {"amount": "1000000.00", "currency": "EUR"}
    written = {"title": "A title", "abstract": "An abstract.", "requested": money}
    version = (await lead.get(path)).json()["version"]
    assert (await lead.patch(path, written, version)).status_code == 200
    for key in SECTIONS:
        answer = await lead.patch(f"{path}/sections/{key}", {"text": f"On {key}."}, 1)
        assert answer.status_code == 200, answer.text
    for key in documents:
        answer = await upload(lead, applied.id, pdf(), key)
        assert answer.status_code == 200, answer.text


async def ready(world: World, topic_stage: str | None = None, **more: Any) -> Applied:
    """A complete draft."""
    applied = await started(world, topic_stage, **more)
    await complete(applied)
    return applied


async def submitted(world: World, topic_stage: str | None = None, **more: Any) -> Applied:
    """A proposal handed in."""
    applied = await ready(world, topic_stage, **more)
    await applied.lead.make(f"{applied.path}/submit")
    return applied


async def under_check(world: World) -> None:
    """Let the deadline have passed and the checks have begun."""
    await close(world, TopicStageState.CHECKING)

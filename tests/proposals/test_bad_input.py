"""What nobody should send to a draft: refused with a status and a sentence, and nothing half-written."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.core.audit import AuditEvent
from app.proposals.models import Document, Proposal, Section, SectionVersion
from tests.conftest import World
from tests.proposals.build import Applied, pdf, ready, started, upload

pytestmark = pytest.mark.anyio
TEXT = "/sections/impact"


async def kept(world: World) -> list[Any]:
    """Everything of all drafts that a request could have written."""
    statements = (
        select(Proposal.id, Proposal.version, Proposal.title, Proposal.requested, Proposal.audit_seq),
        select(Proposal.id, Proposal.audit_head),
        select(Section.id, Section.version, Section.answers),
        select(Document.id, Document.digest, Document.attached_at),
        select(func.count()).select_from(SectionVersion),
        select(func.count()).select_from(AuditEvent),
    )
    async with world.sessions() as session:
        found = [(await session.execute(each)).all() for each in statements]
    return [sorted(map(str, rows)) for rows in found]


async def drafts(world: World) -> tuple[Applied, Applied]:
    """A draft in which something is written, and another of the same topic."""
    mine = await started(world, countries=("DE",))
    other = await started(world, mine.topic_stage, countries=("FR",))
    for one in (mine, other):
        assert (await one.lead.patch(f"{one.path}{TEXT}", {"text": "First."}, 1)).status_code == 200
        assert (await upload(one.lead, one.id, pdf())).status_code == 200
    return mine, other


TABLE: dict[str, tuple[str, str, bytes, int, int, str]] = {
    # name: method, path, body, version in If-Match (0: none), status, a code or sentence told
    "nul": ("PATCH", TEXT, b'{"text": "a\\u0000b"}', 2, 422, "not-i-json"),
    "raw nul": ("PATCH", TEXT, b'{"text": "a\x00b"}', 2, 422, "json-invalid"),
    "lone surrogate": ("PATCH", TEXT, b'{"text": "a\\ud800"}', 2, 422, "not-i-json"),
    "surrogates the wrong way": ("PATCH", TEXT, b'{"text": "\\udc00\\ud800"}', 2, 422, "not-i-json"),
    "surrogate as a name": ("PATCH", TEXT, b'{"\\ud800": "a"}', 2, 422, "not-i-json"),
    "no utf-8": ("PATCH", TEXT, b'{"text": "\xff"}', 2, 422, "not-i-json"),
    "a name twice": ("PATCH", TEXT, b'{"text": "One.", "text": "Two."}', 2, 422, "not-i-json"),
    "a name twice, spelt twice": ("PATCH", TEXT, b'{"text": "a", "\\u0074ext": "b"}', 2, 422, "not-i-json"),
    "a name twice in a row": ("PATCH", TEXT, b'{"text": [{"a": 1, "a": 2}]}', 2, 422, "not-i-json"),
    "not a number": ("PATCH", TEXT, b'{"text": NaN}', 2, 422, "not-i-json"),
    "infinity": ("PATCH", TEXT, b'{"text": 1e999}', 2, 422, "not-i-json"),
    "deep": ("PATCH", TEXT, b"[" * 100_000, 2, 422, "not-i-json"),
    "no json": ("PATCH", TEXT, b"{", 2, 422, "json-invalid"),
    "nothing": ("PATCH", TEXT, b"", 2, 422, "missing"),
    "no object": ("PATCH", TEXT, b'["text"]', 2, 422, "dict-type"),
    "no field": ("PATCH", TEXT, b"{}", 2, 422, "too-short"),
    "an unknown field": ("PATCH", TEXT, b'{"nonsense": "a"}', 2, 409, "no-such-field"),
    "one good and one unknown": ("PATCH", TEXT, b'{"text": "a", "nonsense": "b"}', 2, 409, "no-such-field"),
    "a name that is none": ("PATCH", TEXT, b'{"Text": "a"}', 2, 422, "string-pattern-mismatch"),
    "another kind": ("PATCH", TEXT, b'{"text": true}', 2, 409, "other-kind"),
    "too long": ("PATCH", TEXT, b'{"text": "%s"}' % (b"a" * 100_001), 2, 422, "value-error"),
    "stale": ("PATCH", TEXT, b'{"text": "a"}', 1, 412, ""),
    "from the future": ("PATCH", TEXT, b'{"text": "a"}', 3, 412, ""),
    "no version": ("PATCH", TEXT, b'{"text": "a"}', 0, 428, ""),
    "a foreign section": ("PATCH", "/sections/nonsense", b'{"text": "a"}', 1, 404, ""),
    "no version to restore": ("POST", f"{TEXT}/restore", b'{"version": 9}', 2, 404, ""),
    "restore by a stale reader": ("POST", f"{TEXT}/restore", b'{"version": 1}', 1, 412, ""),
    "restore a word": ("POST", f"{TEXT}/restore", b'{"version": "1"}', 2, 422, "int-type"),
    "an unknown field of the draft": ("PATCH", "", b'{"nonsense": 1}', 1, 422, "extra-forbidden"),
    "a state": ("PATCH", "", b'{"state": "submitted", "title": "T"}', 1, 422, "extra-forbidden"),
    "a nul title": ("PATCH", "", b'{"title": "a\\u0000"}', 1, 422, "not-i-json"),
    "no title": ("PATCH", "", b'{"title": ""}', 1, 422, "string-too-short"),
    "less than nothing": (
        "PATCH", "", b'{"requested": {"amount": "-1.00", "currency": "EUR"}, "title": "T"}', 1, 422, "",
    ),
    "more than money": (
        "PATCH", "", b'{"requested": {"amount": "1000000000000000.00", "currency": "EUR"}}', 1, 422, "",
    ),
    "no money": ("PATCH", "", b'{"requested": {"amount": "NaN", "currency": "EUR"}}', 1, 422, ""),
    "other money": ("PATCH", "", b'{"requested": {"amount": "1.00", "currency": "USD"}}', 1, 422, ""),
    "stale draft": ("PATCH", "", b'{"title": "T"}', 9, 412, ""),
    "draft without a version": ("PATCH", "", b'{"title": "T"}', 0, 428, ""),
    "copy from itself": ("POST", "/copy_from", b'{"proposal_id": "%s"}' % str(uuid4()).encode(), 0, 404, ""),
    "copy from nonsense": ("POST", "/copy_from", b'{"proposal_id": "x"}', 0, 422, "uuid-parsing"),
}  # fmt: skip


async def test_what_nobody_should_send_is_refused_and_changes_nothing(world: World) -> None:
    mine, _ = await world.prepared(drafts)
    before, wrong = await kept(world), {}
    for name, (method, path, body, version, status, code) in TABLE.items():
        headers = {"Content-Type": "application/json"} | ({"If-Match": f'"{version}"'} if version else {})
        sent = {"content": body, "headers": headers}
        answer = await mine.lead.client.request(method, f"/v1{mine.path}{path}", **sent)
        told = answer.json()
        codes = [reason["code"] for reason in told.get("reasons", ())]
        good = answer.headers["Content-Type"] == "application/problem+json" and told["title"].endswith(".")
        if answer.status_code != status or (code and code not in codes) or not good:
            wrong[name] = (answer.status_code, told)
        if await kept(world) != before:
            wrong[f"{name} was half-written"] = (answer.status_code, told)
            before = await kept(world)
    assert wrong == {}


async def test_a_stale_writer_is_shown_the_other_change(world: World) -> None:
    mine, _ = await world.prepared(drafts)
    before = await kept(world)
    for version in (1, 7):
        stale = await mine.lead.patch(f"{mine.path}{TEXT}", {"text": "Mine."}, version)
        told = stale.json()
        assert (stale.status_code, told["current"]["version"]) == (412, 2)
        assert (told["title"], told["current"]["answers"]) == (
            "Somebody else has changed this since you read it.",
            {"text": "First."},
        )
    assert await kept(world) == before


async def test_nothing_is_written_across_proposals(world: World) -> None:
    """A section, a document and a version are found by their own proposal, whoever asks."""
    mine, other = await world.prepared(drafts)
    before = await kept(world)
    for path in (other.path, f"/proposals/{uuid4()}"):
        for answer in (
            await mine.lead.patch(f"{path}{TEXT}", {"text": "Mine."}, 2),
            await mine.lead.patch(path, {"title": "Mine."}, 1),
            await upload(mine.lead, path.rsplit("/", 1)[1], pdf(mark="mine")),
            await mine.lead.post(f"{path}/submit"),
        ):
            assert answer.status_code == 404
    for key in ("IMPACT", "impact%20", "impact%00", str(uuid4()), "x" * 300, "%2e%2e"):
        answer = await mine.lead.patch(f"{mine.path}/sections/{key}", {"text": "Mine."}, 2)
        assert answer.status_code in (404, 422), key
    assert await kept(world) == before


@pytest.mark.parametrize("tag", ["*", '"2", "3"', '"two"', '"-2"', '""', '"' + "9" * 5_000 + '"'])
async def test_a_tag_that_is_no_version_writes_nothing(world: World, tag: str) -> None:
    mine, _ = await world.prepared(drafts)
    before = await kept(world)
    headers = {"If-Match": tag}
    answer = await mine.lead.client.patch(f"/v1{mine.path}{TEXT}", json={"text": "a"}, headers=headers)
    assert answer.status_code in (412, 422, 428), answer.text
    assert await kept(world) == before


async def test_what_is_refused_at_submission_seals_nothing(world: World) -> None:
    applied = await ready(world, countries=("DE",))
    assert (await applied.lead.patch(f"{applied.path}{TEXT}", {"text": None}, 2)).status_code == 200
    before = await kept(world)
    refused = await applied.lead.post(f"{applied.path}/submit")
    assert (refused.status_code, [r["code"] for r in refused.json()["reasons"]]) == (409, ["impact-missing"])
    assert await kept(world) == before
    async with world.sessions() as session:
        assert (await session.get_one(Proposal, UUID(applied.id))).sealed == 0

"""What the walls have in common: what is hidden is what is missing, and something is there to hide."""

from typing import Any
from uuid import uuid4

from tests.build import Actor

NEW_TOPIC = {"reference": "T-1", "title": "A topic"}


def plain(answer: Any) -> tuple[int, dict[str, Any]]:
    """What somebody can tell answers apart by; the number of the request differs always."""
    return answer.status_code, answer.json() | {"instance": ""}


async def is_hidden(actor: Actor, path: str) -> None:
    """Reading it is what reading nothing is, by bytes, and no list shows it."""
    plural, key = path.strip("/").split("/")[:2]
    found, missing = await actor.get(path), await actor.get(path.replace(key, str(uuid4())))
    assert found.status_code == 404
    assert plain(found) == plain(missing)
    listed = await actor.get(f"/{plural}", params={"page_size": 200})
    assert key not in [item["id"] for item in listed.json()["items"]]


async def is_there(actor: Actor, path: str) -> dict[str, Any]:
    answer = await actor.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())

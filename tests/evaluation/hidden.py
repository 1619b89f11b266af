"""Whether something is hidden so well that it might as well not be."""

from uuid import uuid4

import httpx2

from tests.build import Actor


async def same_as_missing(who: Actor, path: str) -> bool:
    """Whether it answers exactly as an id that does not exist."""
    kind, _, rest = path.strip("/").partition("/")
    _, _, rest = rest.partition("/")
    missing = f"/{kind}/{uuid4()}" + (f"/{rest}" if rest else "")
    hidden, absent = await who.get(path), await who.get(missing)
    return hidden.status_code == absent.status_code == 404 and plain(hidden) == plain(absent)


def plain(answer: httpx2.Response) -> bytes:
    """The body without the request's own id."""
    return answer.content.replace(answer.json()["instance"].encode(), b"")

"""What routes made from a table have in common: signatures, documentation, the locked row."""

import inspect
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Annotated, Any, Union
from uuid import UUID

from fastapi import Body, Depends, Path

from app.core.schema import ProblemRead
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import Mounted
from app.workflow.rows import lock
from app.workflow.run import may
from app.workflow.table import Transition
from app.workflow.who import Held

PROBLEMS = {
    401: "The access token is missing or not good.",
    403: "You may see it but not do this.",
    404: "It does not exist, or you may not see it.",
    409: "The state or the reasons named forbid it.",
    412: "Somebody else has changed it; the present version is shown.",
    428: "If-Match is missing.",
    429: "Too many tries; `Retry-After` says when to come again.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI text of these refusals."""
    return {s: {"model": ProblemRead, "description": PROBLEMS[s]} for s in statuses}


def documented(mounted: Mounted, rows: Sequence[Transition]) -> dict[str, Any]:
    """What OpenAPI says of a row: all of it comes from the table."""
    row = rows[0]
    sources = sorted({s for r in rows for s in r.sources})
    targets = sorted({r.target for r in rows if r.target is not None})
    moves = f"From {', '.join(sources) or 'nothing'}" + (
        f" to {', '.join(targets)}." if targets else "; the state stays."
    )
    officers = " Two officers: the second sends the same to confirm." if row.second else ""
    guards = dict.fromkeys(getattr(g, "__name__", "").replace("_", " ") for r in rows for g in r.guards)
    holds = f" It must hold: {', '.join(guards)}." if guards else ""
    return {
        "summary": row.title + f" ({mounted.workflow.title or mounted.entity})",
        "description": f"{row.doc}\n\nWho: {' or '.join(dict.fromkeys(r.by.label for r in rows))}. {moves}"
        f"{officers}{holds}",
        "operation_id": f"{mounted.entity}_{row.name}",
        "openapi_extra": {"x-row": f"{mounted.entity}.{row.name}"},
    }


def views_of(mounted: Mounted) -> Any:
    return Union[tuple(dict.fromkeys(view for _, view in mounted.views))]  # noqa: UP007  # built at run time


def loaded_for(mounted: Mounted, names: Sequence[str]) -> Any:
    """A dependency: the row locked and looked at, and the actor allowed to do one of `names` with it.

    It runs before the body is validated, so that nobody learns of a row by sending nonsense.
    """
    needs = mounted.needs_of(*names)

    async def loaded(
        asked: Asking,
        id: Annotated[UUID, Path()],  # noqa: A002  # the path's own word
    ) -> tuple[Asked, Any, Held]:
        roots = (mounted.root, mounted.further)
        subject, held = await lock(asked.session, mounted.model, id, asked.actor, needs, *roots)
        for name in names:
            may(mounted.workflow, name, subject, asked.act(held))
        return asked, subject, held

    return Annotated[tuple[Asked, Any, Held], Depends(loaded, scope="function")]


ABSENT = inspect.Parameter.empty
OPTIONAL: dict[str, Any] = {"key": None, "if_match": None}


def signed(
    function: Callable[..., Any], optional: dict[str, Any] = OPTIONAL, **kinds: Any
) -> Callable[..., Any]:
    """Give a handler the signature that FastAPI reads; parameters of NoneType are left out."""
    parameters = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=optional.get(name, ABSENT)
        )
        for name, kind in kinds.items()
        if kind is not NoneType
    ]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function


def body_of(row: Transition) -> Any:
    return NoneType if row.data is None else Annotated[row.data, Body()]


def unless_sent(row: Transition) -> dict[str, Any]:
    """Defaults of a handler's parameters; a body of which nothing is required may be left out."""
    if row.data is None or any(field.is_required() for field in row.data.model_fields.values()):
        return OPTIONAL
    return OPTIONAL | {"data": row.data()}


def etag(content: dict[str, Any]) -> dict[str, str]:
    return {"ETag": f'"{content["version"]}"'} if "version" in content else {}

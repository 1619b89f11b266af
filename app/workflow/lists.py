"""Routes that list: keyset pages of what the actor sees, with allow-listed filters and orders."""

from enum import Enum
from typing import Annotated, Any, Union

from fastapi import APIRouter, Query, Request
from pydantic import create_model

from app.core import pages
from app.core.errors import Malformed, name_of
from app.core.reason import Reason
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import Mounted
from app.workflow.route import refusals, signed
from app.workflow.sight import held_in, parameters, seen


def mount_list(router: APIRouter, mounted: Mounted) -> None:
    orders = {"-created_at": pages.Order(mounted.model.created_at, descending=True), **mounted.orders}
    known = {"page_size", "page_token", "sort", *mounted.filters}
    sorts = Enum(f"{mounted.model.__name__}Sort", {name: name for name in orders}, type=str)  # type: ignore[misc]
    items: Any = list[Union[tuple(dict.fromkeys(view for _, view in mounted.items))]]  # type: ignore[misc]  # noqa: UP007
    page = create_model(
        f"{mounted.model.__name__}Page", items=(items, ...), next_page_token=(str | None, None)
    )

    async def read(
        *, asked: Asked, request: Request, page_size: int, page_token: str | None, sort: Any, **given: Any
    ) -> Any:
        if unknown := set(request.query_params) - known:
            paths = sorted({f"/query/{name_of(name)}" for name in unknown})
            raise Malformed(reasons=[Reason("unknown-field", "No such field.", p, "sender") for p in paths])
        statement = seen(asked.actor, mounted.model)
        for name, value in given.items():
            if value is not None:
                statement = statement.where(mounted.filters[name].where(asked.actor, value))
        order = orders[sort.value]
        listed = pages.List(mounted.plural, given | {"sort": sort.value}, order, mounted.model.id)
        wanted = pages.Wanted(page_size=page_size, page_token=page_token)
        rows, more = await listed.page(asked.session, statement, wanted, parameters(asked.actor))
        if mounted.records is not None:
            await mounted.records(asked, mounted.entity, [row[0] for row in rows])
        found = (mounted.item(row[0], held_in(row, asked.actor), asked.now) for row in rows)
        items = [item for item in found if item is not None]
        return page(items=items, next_page_token=more)

    defaults = {"page_size": pages.SIZE, "page_token": None, "sort": next(iter(sorts))}
    described = signed(
        read,
        defaults | dict.fromkeys(mounted.filters),
        asked=Asking,
        request=Request,
        page_size=Annotated[int, Query(ge=1, le=pages.LARGEST)],
        page_token=Annotated[str | None, Query(max_length=pages.LONGEST_TOKEN)],
        sort=Annotated[sorts, Query()],
        **{name: Annotated[f.kind | None, Query()] for name, f in mounted.filters.items()},
    )
    router.get(
        f"/{mounted.plural}",
        response_model=page,
        responses=refusals(401),
        summary=f"List those you may see ({mounted.workflow.title or mounted.entity})",
        operation_id=f"{mounted.entity}_list",
    )(described)

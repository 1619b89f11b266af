"""The public pages of projects; no sign-in is needed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from app.core import pages
from app.core.errors import NotFound
from app.core.schema import Data
from app.grants.models import Grant
from app.results import trail
from app.results.queries import signed_grants
from app.results.schemas import ProjectPage, ProjectRead
from app.workflow.asked import Asking
from app.workflow.route import refusals

router = APIRouter(prefix="/v1", tags=["results"])
router.include_router(trail.router)
BY_NUMBER = pages.Order(Grant.number)


class Wanted(Data):
    """Which page of the list."""

    page_size: Annotated[int, Field(strict=False, ge=1, le=pages.LARGEST)] = pages.SIZE
    page_token: Annotated[str, Field(max_length=pages.LONGEST_TOKEN)] | None = None


@router.get(
    "/projects",
    summary="List the projects with a signed grant",
    description="Who: anyone. In the order of their grant numbers.",
    operation_id="project_list",
    responses=refusals(401),
)
async def list_projects(asked: Asking, wanted: Annotated[Wanted, Query()]) -> ProjectPage:
    binding = pages.bind("projects", {})
    statement = signed_grants().order_by(*BY_NUMBER.by(Grant.id)).limit(wanted.page_size + 1)
    if wanted.page_token:
        last = pages.read(wanted.page_token, binding, BY_NUMBER)
        statement = statement.where(BY_NUMBER.after(Grant.id, last))
    grants = (await asked.session.scalars(statement)).all()
    shown = grants[: wanted.page_size]
    more = pages.token(binding, shown[-1].number, shown[-1].id) if len(grants) > len(shown) else None
    return ProjectPage(items=[ProjectRead.of(grant) for grant in shown], next_page_token=more)


@router.get(
    "/projects/{number}",
    summary="Read a project with a signed grant",
    description="Who: anyone.",
    operation_id="project_read",
    responses=refusals(401, 404),
)
async def read_project(asked: Asking, number: Annotated[str, Path(max_length=40)]) -> ProjectRead:
    grant = (await asked.session.scalars(signed_grants().where(Grant.number == number))).one_or_none()
    if grant is None:
        raise NotFound
    return ProjectRead.of(grant)

"""The public pages of projects; no sign-in is needed."""

from typing import Annotated

from fastapi import Path, Query

from app.core import pages
from app.core.errors import NotFound
from app.grants.models import Grant
from app.results import trail
from app.results.queries import signed_grants
from app.results.schemas import ProjectPage, ProjectRead
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["results"])
router.include_router(trail.router)
BY_NUMBER = pages.Order(Grant.number)


@router.get(
    "/projects",
    summary="List the projects with a signed grant",
    description="Who: anyone. In the order of their grant numbers.",
    operation_id="project_list",
    responses=refusals(401),
)
async def list_projects(asked: Asking, wanted: Annotated[pages.Wanted, Query()]) -> ProjectPage:
    listed = pages.List("projects", {}, BY_NUMBER, Grant.id)
    rows, more = await listed.page(asked.session, signed_grants(), wanted)
    return ProjectPage(items=[ProjectRead.of(row[0]) for row in rows], next_page_token=more)


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

"""The public faces, the auditor's file, and open data: files of all grants, made while they are sent."""

from collections.abc import AsyncIterator, Callable, Iterable

from fastapi import Request
from fastapi.responses import StreamingResponse

from app.core.db import Sessions
from app.exchange.cordis import ORGANIZATION, PROJECT, organizations, projects
from app.exchange.file import routes as file
from app.exchange.public import experts, feeds, pages, receipts
from app.exchange.table import Row, lines
from app.grants.models import Grant
from app.results.queries import signed_grants
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["exchange"])
for face in (feeds.router, pages.router, experts.router, receipts.router):
    router.include_router(face, prefix="/public")
router.include_router(file.router)


class File(StreamingResponse):
    media_type = "text/csv"


@router.get(
    "/open_data/projects.csv",
    response_class=File,
    summary="All signed grants, in the columns of CORDIS",
    description="Who: anyone. Fields are separated by `;`; what is not recorded stays empty.",
    operation_id="open_data_projects",
)
async def projects_file(request: Request) -> File:
    return _file(request, "projects", PROJECT, projects)


@router.get(
    "/open_data/organizations.csv",
    response_class=File,
    summary="The organisations of all signed grants, in the columns of CORDIS",
    description="Who: anyone. Fields are separated by `;`; what is not recorded stays empty.",
    operation_id="open_data_organizations",
)
async def organizations_file(request: Request) -> File:
    return _file(request, "organizations", ORGANIZATION, organizations)


def _file(request: Request, name: str, header: Row, lines_of: Callable[[Grant], Iterable[Row]]) -> File:
    named = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return File(lines(header, _rows(request.app.state.sessions, lines_of)), headers=named)


async def _rows(sessions: Sessions, lines_of: Callable[[Grant], Iterable[Row]]) -> AsyncIterator[Row]:
    """The rows of every signed grant, read a hundred at a time in a session of its own."""
    wanted = signed_grants().order_by(Grant.number).execution_options(yield_per=100)
    async with sessions() as session:
        async for grant in await session.stream_scalars(wanted):
            for row in lines_of(grant):
                yield row

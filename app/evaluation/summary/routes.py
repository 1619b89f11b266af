"""The summary reports' routes: read, listed, as a PDF, and how far their printing is."""

from io import BytesIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import exists

import app.evaluation.panel.routes  # noqa: F401  # written under a panel
from app.core.errors import Unmet
from app.core.reason import Reason
from app.core.uploads import PDF, download, handed_over
from app.evaluation.observer.readings import record
from app.evaluation.panel.models import Panel
from app.evaluation.summary.access import applicant, decider, watching
from app.evaluation.summary.models import Summary, SummaryPrint, SummaryState
from app.evaluation.summary.printing import summary_pdf
from app.evaluation.summary.queries import latest_versions
from app.evaluation.summary.schemas import FailedPrint, PrintProgress, SummaryItem, SummaryRead, SummaryShown
from app.evaluation.summary.workflow import SUMMARY
from app.people.access import auditor, office
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/v1")
running, readers = office | auditor, watching | decider | applicant

mount(
    router,
    Mounted(
        SUMMARY,
        Summary,
        "summaries",
        views=((running, SummaryRead), (readers, SummaryShown)),
        items=((running | readers, SummaryItem),),
        needs=("versions", "findings", "frozen"),
        filters={
            "panel_id": Filter(UUID, lambda actor, value: Summary.panel_id == value),
            "proposal_id": Filter(UUID, lambda actor, value: Summary.proposal_id == value),
            "topic_stage_id": Filter(
                UUID,
                lambda actor, value: exists().where(
                    Panel.id == Summary.panel_id, Panel.topic_stage_id == value
                ),
            ),
        },
        records=record,
    ),
)


@router.get(
    "/summaries/{id}/pdf",
    response_class=Response,
    responses=refusals(401, 404, 409) | {200: {"content": {PDF: {}}}},
    summary="Read it as a PDF (evaluation summary report)",
    description=f"Who: {(running | readers).label}. Tagged; the same bytes at all times. What the "
    "job has not printed yet is made for this answer.",
    operation_id="summary_pdf",
)
async def read_pdf(asked: Asking, request: Request, key: Annotated[UUID, Path(alias="id")]) -> Response:
    who = running | readers
    summary, _ = await look(asked.session, Summary, key, asked.actor, ("versions",), by=who)
    await record(asked, SUMMARY.entity, [summary])
    latest, name = summary.versions[-1], f"{summary.reference}-summary.pdf"
    made = await asked.session.get(SummaryPrint, latest.digest)
    if made is not None and made.file is not None:
        return download(request, made.file, name)
    if made is not None:
        told = "The document could not be made; the programme office reads why, and it is tried again."
        raise Unmet(reasons=[Reason("not-printed", told, who="office")])
    content = BytesIO(await summary_pdf(latest.content, latest.made_at))
    return handed_over(content, name)


@router.get(
    "/panels/{id}/prints",
    responses=refusals(401, 404),
    summary="Read how far its summary reports are (panel)",
    description=f"Who: {running.label}.",
    operation_id="panel_prints",
)
async def read_progress(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> PrintProgress:
    panel, _ = await look(asked.session, Panel, key, asked.actor, by=running)
    await record(asked, "summary_print", [panel])
    rows = (await asked.session.execute(latest_versions(Summary.panel_id == panel.id))).all()
    failed = [(version, made) for version, made, _ in rows if made is not None and made.fault is not None]
    return PrintProgress(
        of=len(rows),
        held=sum(state == SummaryState.HELD for *_, state in rows),
        done=sum(made is not None and made.file is not None for _, made, _ in rows),
        failed=[
            FailedPrint(
                summary_id=version.summary_id,
                reference=version.content["proposal"]["reference"],
                fault=made.fault,
            )
            for version, made in failed
        ],
    )

"""What follows from the clock alone: done by a worker each minute, by `imi tick`, and in rehearsals."""

import procrastinate
import structlog

from app.core import jobs
from app.core.checkpoint import checkpoint
from app.core.clock import process_now
from app.core.db import Sessions
from app.core.settings import Settings
from app.core.sweeping import sweep
from app.core.uploads import files
from app.process import BESIDE_FILES, NAMED_FILES, due
from app.workflow.run import system_act

log = structlog.get_logger(__name__)


async def tick(sessions: Sessions, settings: Settings) -> None:
    """Do everything that is due, each thing in a transaction of its own; doing it twice changes nothing.

    What fails keeps nothing else from being done. Raises ExceptionGroup of all that has failed.
    """
    failed = []
    for follow in due(settings):
        try:
            async with sessions() as session, session.begin():
                await follow(system_act(session, await process_now(session), "tick"))
        except Exception as error:  # whatever it is, the others are still due
            log.exception("due.failed")
            failed.append(error)
    if failed:
        raise ExceptionGroup("Not everything that is due could be done.", failed)


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="tick", queueing_lock="tick", pass_context=True)
async def tick_each_minute(context: procrastinate.JobContext, timestamp: int) -> None:
    """The worker's tick."""
    given = jobs.tools(context)
    await tick(given.sessions, given.settings)


@jobs.app.periodic(cron="0 * * * *")
@jobs.app.task(name="checkpoint_each_hour", queueing_lock="checkpoint_each_hour")
async def checkpoint_each_hour(timestamp: int) -> None:
    """The worker's hourly checkpoint of the audit trail."""
    await checkpoint.defer_async()


@jobs.app.periodic(cron="20 * * * *")
@jobs.app.task(name="sweep_each_hour", queueing_lock="sweep_each_hour", pass_context=True)
async def sweep_each_hour(context: procrastinate.JobContext, timestamp: int) -> None:
    """The worker's hourly sweep of files that nothing names."""
    given = jobs.tools(context)
    await sweep(given.sessions, files(given.settings), NAMED_FILES, BESIDE_FILES)

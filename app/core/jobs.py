"""The queue: jobs are rows of the same database, written in the transaction that causes them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import procrastinate
import structlog
from procrastinate.jobs import Job
from procrastinate.tasks import Task, configure_task
from procrastinate.types import JSONDict, JSONValue
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Sessions
from app.core.postgres import Database, libpq
from app.core.settings import Settings

log = structlog.get_logger(__name__)
AGAIN = 2.0  # seconds from the end of a worker that nobody stopped to the next one
LAST_WORD = 10.0  # seconds that a job may still run when its worker is asked to stop
DUE = """
    SELECT count(*) AS due FROM procrastinate_jobs
    WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()
"""
TRY_AGAIN = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=3)

app = procrastinate.App(connector=procrastinate.PsycopgConnector())


@dataclass(frozen=True)
class Tools:
    """What a job is given beside its arguments."""

    settings: Settings
    sessions: Sessions


def tools(context: procrastinate.JobContext) -> Tools:
    """The tools of a task that takes its context."""
    return cast(Tools, context.additional_context["tools"])


async def enqueue(session: AsyncSession, task: Task[..., Any, Any], **arguments: JSONValue) -> int:
    """Ask for a job in the session's own transaction: no commit, no job. Returns its number."""
    (number,) = await enqueue_all(session, task, [arguments])
    return number


async def enqueue_all(
    session: AsyncSession, task: Task[..., Any, Any], jobs: Sequence[JSONDict]
) -> Sequence[int]:
    """The same for many jobs of one task, each with its arguments, in one statement."""
    if not jobs:
        return ()
    connection = await (await session.connection()).get_raw_connection()
    deferrer = configure_task(
        name=task.name,
        job_manager=app.job_manager,
        queue=task.queue,
        priority=task.priority,
        lock=task.lock,
        queueing_lock=task.queueing_lock,
        connection=connection.driver_connection,
    )
    return await deferrer.batch_defer_async(*jobs)


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[None]:
    """Connect the queue with the app's login; inside, workers run and `drain` works."""
    connector = procrastinate.PsycopgConnector(conninfo=libpq(database.app_url), min_size=1, max_size=4)
    with app.replace_connector(connector):
        async with app.open_async():
            yield


async def run_worker(given: Tools) -> None:
    """Work until cancelled; jobs under way then have ten seconds to end. Needs `opened`.

    A worker ends when the database goes away: then another begins, until there is a database again.
    """
    here = asyncio.current_task()
    while True:
        try:
            await _work(given, wait=True)
            log.error("worker.ended")
        except Exception as fault:
            log.error("worker.ended", exc_info=fault)
        if here is not None and here.cancelling():
            return  # asked to stop while there was no database to take leave of
        await asyncio.sleep(AGAIN)


async def drain(given: Tools, *, patience: float = 60.0) -> None:
    """Work until nothing is due or under way, here or elsewhere. Needs `opened`.

    Jobs planned for later and jobs that wait for another try are left. Raises TimeoutError
    after `patience` seconds.
    """
    async with asyncio.timeout(patience):
        while (await app.connector.execute_query_one_async(DUE))["due"]:
            await _work(given, wait=False)
            await asyncio.sleep(0.02)


async def _work(given: Tools, *, wait: bool) -> None:
    await app.run_worker_async(
        wait=wait,
        listen_notify=wait,
        concurrency=4 if wait else 1,
        delete_jobs="successful",
        shutdown_graceful_timeout=LAST_WORD,
        install_signal_handlers=False,
        additional_context={"tools": given},
    )


@app.periodic(cron="* * * * *")
@app.task(name="resume_stalled", queueing_lock="resume_stalled")
async def resume_stalled(timestamp: int) -> None:
    """Put jobs of a worker that died back into the queue; every job may therefore run twice."""
    stalled: list[Job] = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        await app.job_manager.retry_job(job)


@app.task(name="send_mail", pass_context=True, retry=TRY_AGAIN)
async def send_mail(context: procrastinate.JobContext, mail_id: str) -> None:
    """Send one row of the outbox."""
    from app.core.mail import send  # the outbox asks for this job: a circle if imported above

    await send(tools(context), mail_id)

"""Every refusal there is, and the one handler that turns each into problem+json (RFC 9457)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import errors as pg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.core.reason import Reason

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
LONGEST = 100
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}", re.ASCII)


class Problem(Exception):
    """A refusal: an HTTP status, a stable kind, one plain sentence, and the reasons if there are any."""

    status = 500
    kind = "internal"
    title = "Something went wrong on our side."

    def __init__(
        self,
        detail: str = "",
        *,
        reasons: Sequence[Reason] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.reasons = tuple(reasons)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        self.record: Any = None
        """A row that must survive this refusal; written in a transaction of its own (core/audit.py)."""


class Malformed(Problem):
    status, kind, title = 422, "malformed", "The request is not well formed."


class Unauthenticated(Problem):
    status, kind, title = 401, "unauthenticated", "Sign in first."

    def __init__(self, detail: str = "", **more: Any) -> None:
        super().__init__(detail, **{"headers": {"WWW-Authenticate": "Bearer"}, **more})


class Forbidden(Problem):
    status, kind, title = 403, "forbidden", "You may see this but not do that."


class NotFound(Problem):
    status, kind, title = 404, "not-found", "There is nothing here that you may see."


class WrongState(Problem):
    status, kind, title = 409, "wrong-state", "This cannot be done in the present state."


class Unmet(Problem):
    status, kind, title = 409, "unmet", "Something is missing or stands against it."


class Conflict(Problem):
    status, kind, title = 409, "conflict", "This contradicts what is already recorded."


class Stale(Problem):
    status, kind, title = 412, "stale", "Somebody else has changed this since you read it."


class TooLarge(Problem):
    status, kind, title = 413, "too-large", "This is larger than what is accepted."


class VersionNeeded(Problem):
    status, kind, title = 428, "version-needed", "Say in If-Match which version you have read."


class TooMany(Problem):
    status, kind, title = 429, "too-many", "Too many tries; wait a little."


class Unavailable(Problem):
    status, kind, title = 503, "unavailable", "The service cannot answer just now; try again."

    def __init__(self, detail: str = "", **more: Any) -> None:
        super().__init__(detail, **{"headers": {"Retry-After": "2"}, **more})


_PLAIN = {
    400: "The request could not be read.",
    404: NotFound.title,
    405: "This address does not take that method.",
    415: "This kind of content is not accepted here.",
}


def body_of(problem: Problem) -> dict[str, Any]:
    """The problem+json body; never holds anything of the request but its id."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "instance": f"urn:uuid:{correlation_id.get()}",
    }
    if problem.detail:
        body["detail"] = problem.detail
    if problem.reasons:
        body["reasons"] = [
            {"code": r.code, "text": r.text, "path": r.path, "who": r.who} for r in problem.reasons
        ]
    return body | problem.extra


def answer(problem: Problem) -> JSONResponse:
    """The response that a problem becomes."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse(body_of(problem), problem.status, headers, media_type=MEDIA_TYPE)


def _from_http(error: HTTPException) -> Problem:
    if isinstance(error.__cause__, Problem | ClientDisconnect):
        return problem_of(error.__cause__)  # raised while the framework was reading the body
    problem = Problem(_PLAIN.get(error.status_code, ""), headers=error.headers)
    problem.status, problem.kind = error.status_code, f"http-{error.status_code}"
    problem.title = problem.detail or "The request was refused."
    problem.detail = ""
    return NotFound() if error.status_code == 404 else problem


def _from_validation(error: RequestValidationError) -> Problem:
    """Names each field and what is wrong with it; leaves out what was sent."""
    reasons = [
        Reason(
            code=str(fault["type"]).replace("_", "-"),
            text=_said(fault),
            path="/" + "/".join(name_of(step) for step in fault["loc"]),
            who="sender",
        )
        for fault in error.errors()[:LONGEST]
    ]
    return Malformed(reasons=reasons)


def name_of(step: object) -> str:
    """A field's name if it could be one; the name of an unknown field is the sender's own text."""
    return str(step) if isinstance(step, int) or NAME.fullmatch(str(step)) else "(not a name)"


def _said(fault: Mapping[str, Any]) -> str:
    # The library's own words for these quote what was sent.
    match fault:
        case {"type": "value_error", "ctx": {"reason": _}}:
            return "This is not a mail address."
        case {"type": "uuid_parsing"}:
            return "This is not an id."
        case {"type": "union_tag_invalid"}:
            return "This is not one of the kinds there are."
    return str(fault["msg"]).removeprefix("Value error, ")


def _from_database(error: DBAPIError) -> Problem:
    cause = error.orig
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if isinstance(error, IntegrityError) and name:
        text = f"The record would break the rule “{name.replace('_', ' ')}”."
        return Conflict(reasons=[Reason(name.replace("_", "-"), text)])
    if isinstance(cause, pg.DeadlockDetected | pg.SerializationFailure | pg.LockNotAvailable):
        return Unavailable("Two requests were in each other's way; send it again.")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return Unavailable("The database does not answer.")
    if isinstance(error, DataError):
        return Malformed("Something that was sent is longer, larger or other than what can be kept.")
    return Problem()


def problem_of(error: Exception) -> Problem:
    """The problem that any exception stands for; an unknown one is a 500 that tells nothing."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return _from_validation(error)
        case HTTPException():
            return _from_http(error)
        case DBAPIError():
            return _from_database(error)
        case PoolTimeout():
            return Unavailable("All database connections are busy.")
        case ClientDisconnect():
            return Malformed("The request broke off.")
    return Problem()


async def handle(request: Request, error: Exception) -> JSONResponse:
    """The one error handler."""
    problem = problem_of(error)
    if problem.record is not None:
        async with request.app.state.sessions() as session, session.begin():
            session.add(problem.record)
    if problem.status >= 500:
        log.error("request.failed", status=problem.status, exc_info=error)
    return answer(problem)


def install(app: FastAPI) -> None:
    """Make `handle` the handler of what is expected; the envelope gives it everything else."""
    for kind in (Problem, RequestValidationError, HTTPException, DBAPIError, PoolTimeout, ClientDisconnect):
        app.add_exception_handler(kind, handle)

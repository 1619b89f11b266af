"""No route without a policy: each is a row's, a mounted read or list, or open with a reason given here."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Match

from app.core.db import Transaction
from app.core.postgres import Database
from app.core.settings import Settings
from app.main import create_app
from app.process import STAGES
from app.workflow.asked import asked
from app.workflow.mounted import MOUNTED
from app.workflow.stage_router import StageRouter

LEAST = 150
OPEN = {
    "GET /healthz": "Says that the process is alive, and nothing else.",
    "GET /readyz": "Says whether the database answers, and nothing else.",
    "GET /docs": "The documentation, the same for everybody.",
    "GET /docs/{name}": "Its style and script.",
    "GET /openapi.json": "What it documents, the same for everybody.",
    "POST /v1/auth/activate": "Whoever has followed the link; limited.",
    "POST /v1/auth/register": "Whoever has followed the link; limited.",
    "POST /v1/auth/reset": "Whoever has followed the link; limited.",
    "POST /v1/auth/reset_request": "Anyone; says the same for every address; limited.",
    "POST /v1/auth/sign_in": "Anyone with a password; limited.",
    "POST /v1/auth/refresh": "Whoever has the refresh token; limited.",
    "POST /v1/auth/sign_out": "Whoever has the refresh token; limited.",
    "GET /v1/partner_invitations/{token}": "Whoever has the invitation's link.",
    "POST /v1/partner_invitations/{token}/accept": "Whoever has the invitation's link.",
    "POST /v1/partner_invitations/{token}/decline": "Whoever has the invitation's link.",
    "GET /v1/person_invitations/{token}": "Whoever has the invitation's link.",
    "POST /v1/person_invitations/{token}/accept": "Whoever has the invitation's link.",
    "POST /v1/person_invitations/{token}/decline": "Whoever has the invitation's link.",
    "GET /v1/expert_answers/{token}": "Whoever has the invitation's link.",
    "POST /v1/expert_answers/{token}/accept": "Whoever has the invitation's link.",
    "POST /v1/expert_answers/{token}/decline": "Whoever has the invitation's link.",
    "GET /v1/projects": "The public pages of signed grants.",
    "GET /v1/projects/{number}": "The public page of a signed grant.",
    "GET /v1/open_data/projects.csv": "The same, as open data.",
    "GET /v1/open_data/organizations.csv": "The same, as open data.",
    "GET /v1/public/calls": "Published calls, the same for everybody.",
    "GET /v1/public/calls/{reference}": "A published call, the same for everybody.",
    "GET /v1/public/calls/{reference}.ics": "Its dates, the same for everybody.",
    "GET /v1/public/calls/{reference}/experts": "Published names, the same for everybody.",
    "GET /v1/public/certificates/{code}": "Whoever has a certificate's code.",
    "GET /v1/public/calls.atom": "News of published calls, the same for everybody.",
    "GET /v1/public/calls.json": "The same news.",
    "GET /v1/public/topics": "Topics of published calls, the same for everybody.",
    "GET /v1/public/topics/{reference}": "A topic of a published call, the same for everybody.",
    "GET /v1/public/receipts/key": "The public half of a key.",
    "POST /v1/public/receipts/verify": "Whoever holds a receipt; nothing but its signature is looked at.",
    "GET /v1/rule_sets": "The rules that calls may pin, which are published.",
    "GET /v1/rule_sets/{code}": "The same, one of them.",
    "POST /v1/rehearsal/clock": "Anyone; exists in rehearsal mode alone.",
    "GET /v1/rehearsal/mail": "Anyone; exists in rehearsal mode alone.",
}
IN_ITS_BODY = {
    "PUT /v1/proposals/{id}/documents/{key}": "Asks before and after the bytes, and holds nothing between.",
    "GET /v1/proposals/{id}/sealed/{number}/documents/{key}": "Asks before a copy is made.",
    "GET /v1/proposals/{id}/sealed/{number}/proposal.zip": "The same.",
    "GET /v1/proposals/{id}/draft.zip": "Asks before it is packed.",
    "GET /v1/proposals/{id}/file.zip": "The same.",
    "GET /v1/assignment_runs/{id}/progress": "Asks before it begins and for each event, and holds nothing.",
    "GET /v1/panels/{id}/session": "The same.",
    "PUT /v1/comments/{id}/attachment": "Asks before and after the bytes.",
    "PUT /v1/opinions/{id}/attachment": "The same.",
}
ASKED_FOR = {
    "GET /v1/me": "Oneself.",
    "POST /v1/calls/{parent_id}/copies": "The office, by the row `clone`; its answer tells what is left out.",
    "GET /v1/calls/{id}/export": "The office, of what its sight shows.",
    "GET /v1/certificates/{id}/certificate.pdf": "By the sight of the certificate.",
    "POST /v1/experts/oneself": "Anyone signed in, by the row `join`; the plural alone is the office's.",
    "POST /v1/campaigns/{id}/import": "The office, by the row `import`; a dry run changes nothing.",
    "POST /v1/assignment_sets/{id}/import": "The office, by the row `import`; a dry run changes nothing.",
    "GET /v1/assignment_sets/{id}/seats.csv": "Office and auditor, by the set's sight.",
    "GET /v1/assignment_sets/{id}/seats.json": "The same.",
    "GET /v1/assignment_sets/{id}/comparison/{other_id}": "The same, asked of both sets.",
    "GET /v1/assignment_sets/{id}/seats/{proposal_id}/{contract_id}/why": "The same.",
    "GET /v1/assignment_sets/{id}/proposals/{proposal_id}/candidates": "The same.",
    "POST /v1/calls/import": "The office, by the row `import`; a dry run changes nothing.",
    "GET /v1/me/notices": "Oneself.",
    "PATCH /v1/me/notices": "Oneself, by the row `choose_notices`.",
    "POST /v1/auth/password": "Oneself, with the old password; limited.",
    "GET /v1/assignments/{id}/card": "The invited expert, by the assignment's sight.",
    "GET /v1/redresses/{id}/effect": "Office, auditor and signatory, by the request's sight.",
    "GET /v1/letters/{id}/signed": "Whoever reads the letter, by its sight; it is an opening.",
    "GET /v1/ethics_seats/{id}/card": "The invited ethics expert, by the seat's sight.",
    "GET /v1/proposals/{id}/documents/{key}": "Whoever reads the draft, by the proposal's sight.",
    "GET /v1/proposals/{id}/sealed/{number}": "Whoever reads sealed versions, by the proposal's sight.",
    "GET /v1/proposals/{id}/versions/{number}/receipt.pdf": "The same.",
    "GET /v1/consensus_reports/{id}/workbench": "Group, office and observer, by the sight of the report.",
    "GET /v1/sessions/{id}/minutes": "Body, secretary, auditor; the public once published; by the sights.",
    "GET /v1/sessions/{id}/minutes.pdf": "The same.",
    "GET /v1/summaries/{id}/pdf": "Whoever reads the report, by its sight.",
    "GET /v1/decisions/{id}/preview": "The office and the signatory, by the sight of the decision.",
    "GET /v1/panels/{id}/prints": "Office and auditor, by the panel's sight.",
    "GET /v1/proposals/{id}/readings": "Staff, by the proposal's sight.",
    "GET /v1/proposals/{id}/file": "The auditor, by the proposal's sight; nobody ever in its consortium.",
    "POST /v1/topics/ideas": "Anyone signed in, by the row `sketch`; the plural alone is the office's.",
    "GET /v1/topics/{id}/similar": "Whoever may edit the topic, by the row `edit`.",
    "GET /v1/calls/{id}/rules": "By the sight of the call.",
    "GET /v1/topic_stages/{id}/conditions": "By the sight of the topic's stage.",
    "GET /v1/topic_stages/{id}/form": "The same.",
    "GET /v1/consortia/{id}/budget": "The consortium, by its sight; each partner's figures by the partner's.",
    "GET /v1/partners/{id}/signatures": "Whoever acted for the partner when it signed; those who lead.",
    "GET /v1/proposals/{id}/sections/{part_key}/versions": "The consortium, by the proposal's sight.",
    "GET /v1/proposals/{id}/sections/{part_key}/versions/{number}": "The same.",
    "GET /v1/proposals/{id}/sections/{part_key}/comparison": "The same.",
    "GET /v1/topics/{id}/versions": "By the topic's sight; co-authors and the public as said there.",
    "GET /v1/topics/{id}/versions/{number}": "The same.",
    "GET /v1/topics/{id}/comparison": "The same.",
    "GET /v1/topics/{id}/consultation_report": "By the topic's sight; the public without some names.",
    "GET /v1/comments/{id}/attachment": "Whoever reads the comment, by its sight.",
    "GET /v1/opinions/{id}/attachment": "Whoever reads the opinion, by its sight.",
    "GET /v1/topics/{id}/trail": "By the topic's sight; the public what is public.",
    "GET /v1/consortia/{id}/eligibility": "The consortium, by its sight.",
    "GET /v1/partners/{id}/receipts": "The partner's own people, by its sight; also once it has left.",
    "GET /v1/organisations/suggestions": "Anyone signed in, by the organisations' sight.",
    "GET /v1/topic_stages/{id}/proposal_counts": "By the sight of the topic's stage.",
    "POST /v1/experts/{id}/check": "The office, by the sight of the expert and of the proposals.",
    "GET /v1/calls/{id}/conflicts_of_officials": "The same.",
    "GET /v1/calls/{id}/unresolved_identities": "The office, by the sight of the call and of its proposals.",
    "GET /v1/me/reports": "Oneself, by the assignments' sight.",
    "GET /v1/observations/{id}/cards": "The observer, by the sight of the observation.",
    "GET /v1/panel_seats/{id}/cards": "Who holds the seat, by its sight.",
    "GET /v1/calls/{id}/evaluation_readings": "Office and auditor, by the sight of the call and its topics.",
    "GET /v1/calls/{id}/report_spreads": "The office and who moderates, by the sight of their reports.",
    "GET /v1/reports/{id}/versions": "Its author and the office, by the report's sight.",
    "GET /v1/reports/{id}/advice": "The same; it tells nothing that the reader does not see.",
    "GET /v1/reports/{id}/readings": "The office, by the report's sight.",
    "GET /v1/calls/{id}/overdue_reports": "The office, by the sight of the call and of its assignments.",
    "GET /v1/calls/{id}/report_statistics": "The same.",
    "GET /v1/calls/{id}/what_if_comparison": "By the sight of each set; it has nothing else of the call.",
    "GET /v1/calls/{id}/times": "Office and auditor, by the sight of its topics; members totals alone.",
    "GET /v1/topic_stages/{id}/likely_duplicates": "The office, by the sight of the topic's stage.",
}
"""Routes that no table stands for, each with the reason why: open ones, and ones that ask who acts."""
BY_HAND = {**OPEN, **IN_ITS_BODY}


@pytest.fixture(scope="module")
def app(settings: Settings, database: Database) -> FastAPI:
    return create_app(settings, database)


def routes(app: FastAPI) -> Iterator[tuple[str, Any]]:
    for context in iter_route_contexts(app.routes):
        for method in sorted((context.methods or set()) - {"HEAD"}):
            yield f"{method} {context.path}", context


def derived() -> set[str]:
    """The routes that the tables and mounts stand for."""
    found = set()
    for mounted in MOUNTED.values():
        root = f"/v1/{mounted.plural}"
        found |= {f"GET {root}/{{id}}"} | ({f"GET {root}"} if mounted.items else set())
        found |= {f"GET {root}/{{id}}/{part.name}/{{part_key}}" for part in mounted.parts}
        for row in mounted.workflow.transitions:
            if not row.on_the_wire or row.custom_route:
                continue
            if row.creates:
                above = f"/v1/{MOUNTED[row.under].plural}/{{parent_id}}" if row.under else "/v1"
                found.add(f"POST {above}/{mounted.plural}")
            elif row.part:
                first = next(one for one in mounted.workflow.transitions if one.part == row.part)
                at = f"{root}/{{id}}/{row.part}/{{part_key}}"
                found.add(f"PATCH {at}" if row.name == first.name else f"POST {at}/{row.name}")
            elif row.name == "edit":
                found.add(f"PATCH {root}/{{id}}")
            else:
                found.add(f"POST {root}/{{id}}/{row.name}")
    return found


def asks_who(context: Any) -> bool:
    """Whether `asked` is among what the route depends on."""
    waiting = [context.dependant] if getattr(context, "dependant", None) is not None else []
    while waiting:
        here = waiting.pop()
        if here.call is asked:
            return True
        waiting += here.dependencies
    return False


def unruled(app: FastAPI) -> set[str]:
    """Routes that neither a table nor a list above stands for, or that do not ask who acts."""
    ruled = derived() | set(ASKED_FOR)
    return {
        name
        for name, route in routes(app)
        if name not in BY_HAND and (name not in ruled or not asks_who(route))
    }


def test_every_route_has_a_policy(app: FastAPI) -> None:
    assert unruled(app) == set()


def test_every_row_has_its_route(app: FastAPI) -> None:
    assert derived() - {name for name, _ in routes(app)} == set()


def test_the_lists_name_no_route_that_is_gone(app: FastAPI) -> None:
    assert (set(BY_HAND) | set(ASKED_FOR)) - {name for name, _ in routes(app)} == set()


def test_all_routes_are_seen(app: FastAPI) -> None:
    """A loop over `app.routes` sees no included route: counted against what is documented."""
    names = [name for name, _ in routes(app)]
    paths = app.openapi()["paths"]
    documented = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert len(names) == len(set(names)) >= LEAST
    assert set(names) - documented == {"GET /docs", "GET /docs/{name}", "GET /openapi.json"}
    assert documented - set(names) == set()


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_a_route_without_a_policy_is_caught(settings: Settings, database: Database, prefix: str) -> None:
    router, app = APIRouter(prefix=prefix), create_app(settings, database)

    @router.get("/proposals/all")
    async def everything(session: Transaction) -> None: ...

    app.include_router(router)
    assert unruled(app) == {f"GET {prefix}/proposals/all"}


def test_a_rows_route_that_does_not_ask_is_caught(settings: Settings, database: Database) -> None:
    router, app = APIRouter(), create_app(settings, database)

    @router.post("/v1/topics/{id}/adopt_it")
    async def adopt() -> None: ...

    app.include_router(router)
    ASKED_FOR["POST /v1/topics/{id}/adopt_it"] = "Says so."
    try:
        assert unruled(app) == {"POST /v1/topics/{id}/adopt_it"}
    finally:
        del ASKED_FOR["POST /v1/topics/{id}/adopt_it"]


def test_no_unsafe_method_only_reads(app: FastAPI) -> None:
    """One route, one method, one permission."""
    by_path: dict[str, set[str]] = {}
    for name, _ in routes(app):
        method, path = name.split(" ", 1)
        by_path.setdefault(path, set()).add(method)
    assert {m for methods in by_path.values() for m in methods} <= {"GET", "POST", "PATCH", "PUT"}
    for _, route in routes(app):
        assert len((route.methods or set()) - {"HEAD"}) == 1


@pytest.mark.parametrize("root", ["", "/behind/a/proxy"])
def test_every_route_is_reached_and_few_routers_compare_its_path(app: FastAPI, root: str) -> None:
    """A stage's router leaves alone what begins as none of its own."""
    asked = 0
    for name, _ in routes(app):
        method, path = name.split(" ")
        scope = {"type": "http", "method": method, "path": root + path, "root_path": root, "path_params": {}}
        answers = [route.matches(dict(scope))[0] for route in app.routes]
        assert Match.FULL in answers, name
        stages = [router for _, router in STAGES if isinstance(router, StageRouter)]
        asked += sum(router.begins(dict(scope)) for router in stages)
    assert len(stages) == len(STAGES)
    assert asked / len(list(routes(app))) < 2

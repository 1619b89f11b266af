"""The derived files are fresh, the examples are good, and the page stands alone."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter

from app import docs
from app.docs import contract
from app.docs.examples import example
from app.docs.page import ASSETS, POLICY
from app.docs.rows import by_stage, routes
from app.process import STAGES
from app.workflow.mounted import MOUNTED
from tests.conftest import World

pytestmark = pytest.mark.anyio


def test_the_derived_files_are_fresh() -> None:
    assert docs.stale() == []


def test_a_stale_file_is_named_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in docs.DERIVED:
        (tmp_path / name).write_text((docs.FOLDER / name).read_text())
    (tmp_path / "rows.md").write_text("old")
    monkeypatch.setattr(docs, "FOLDER", tmp_path)
    monkeypatch.setattr(docs, "DERIVED", {"rows.md": docs.DERIVED["rows.md"]})
    assert docs.main(check=True) == 1
    assert capsys.readouterr().err == "docs/rows.md is stale: run `imi docs`.\n"
    assert docs.main(check=False) == 0
    assert docs.main(check=True) == 0


def test_a_document_is_made_twice_alike() -> None:
    first = contract.text()
    contract.document.cache_clear()
    assert contract.text() == first


def test_every_entity_stands_in_a_stage() -> None:
    assert sorted(m.entity for _, _, entities in by_stage() for m in entities) == sorted(MOUNTED)


def test_every_row_but_those_of_the_system_has_a_route() -> None:
    wanted = {
        f"{m.entity}.{row.name}"
        for m in MOUNTED.values()
        for row in m.workflow.transitions
        if row.on_the_wire
    }
    assert routes().keys() == wanted


def test_operations_are_grouped_by_the_stages_in_order() -> None:
    tags = [operation["tags"][0] for _, _, operation in contract.operations(contract.document())]
    assert list(dict.fromkeys(tags)) == [str(router.tags[0]) for _, router in STAGES] + ["exchange", "health"]


def _app() -> FastAPI:
    from app.core.postgres import Database
    from app.core.settings import load_settings
    from app.main import create_app

    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    return create_app(load_settings(rehearsal=False), Database(nowhere, nowhere))


def test_every_example_is_a_good_body() -> None:
    paths, tried = contract.document()["paths"], 0
    for route in iter_route_contexts(_app().routes):
        field = getattr(route, "body_field", None)
        if field is None or route.path not in paths:
            continue
        for method in route.methods or ():
            content = paths[route.path][method.lower()]["requestBody"]["content"]
            if "application/json" in content:
                TypeAdapter(field.field_info.annotation).validate_python(
                    content["application/json"]["example"]
                )
                tried += 1
    assert tried > 20


def test_an_example_for_what_no_body_here_has() -> None:
    for schema, made in (
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, 0.5),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True]),
        ({"type": "string", "minLength": 8}, "Text...."),
        ({"type": "string", "maxLength": 2}, "Te"),
        ({"type": "null"}, None),
    ):
        assert example(schema, {}) == made


def test_every_refusal_is_problem_json() -> None:
    for _, _, operation in contract.operations(contract.document()):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response.get("content", {})) == ["application/problem+json"]


async def test_the_page_and_all_it_loads_come_from_here(world: World) -> None:
    async with world.client() as client:
        page = await client.get("/docs")
        assert page.headers["Content-Security-Policy"] == POLICY
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert sorted(loaded) == sorted(["/openapi.json", *(f"/docs/{name}" for name in ASSETS)])
        for path in loaded:
            answer = await client.get(path)
            assert answer.status_code == 200
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        for wrong in ("/docs/redoc.standalone.js", "/docs/..%2Fpage.py", "/docs/%2e%2e/page.py"):
            assert (await client.get(wrong)).status_code == 404


def test_the_page_allows_nothing_inline_and_nothing_foreign() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    for name, folder in ASSETS.items():
        if folder.name == "static" and folder.parent.name == "docs":
            assert "://" not in (folder / name).read_text()

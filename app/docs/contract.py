"""The OpenAPI text: what FastAPI derives, with an example for each body and problem+json for each refusal."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI

from app.core.errors import MEDIA_TYPE
from app.docs.examples import example

JSON = "application/json"
PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemRead"}}
MALFORMED = "The request is not well formed; `reasons` names each field."
REPLACED = ("HTTPValidationError", "ValidationError")


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the application; made once."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        for _, _, operation in operations(document):
            _describe(operation, document)
        for name in REPLACED:
            document["components"]["schemas"].pop(name, None)
    assert app.openapi_schema is not None
    return app.openapi_schema


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation, in the order in which they are served."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _describe(operation: dict[str, Any], document: dict[str, Any]) -> None:
    body = operation.get("requestBody", {}).get("content", {}).get(JSON)
    if body is not None:
        body["example"] = example(body["schema"], document)
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = {"description": MALFORMED, "content": {JSON: PROBLEM}}
    for status, response in responses.items():
        if status >= "400" and JSON in response.get("content", {}):
            response["content"] = {MEDIA_TYPE: response["content"][JSON]}
    operation["responses"] = dict(sorted(responses.items()))


@cache
def document() -> dict[str, Any]:
    """The document of the process as it stands, made without a database."""
    from app.core.postgres import Database
    from app.core.settings import load_settings
    from app.main import create_app

    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with TemporaryDirectory() as folder:
        settings = load_settings(mode="development", rehearsal=False, data_dir=Path(folder))
        return described(create_app(settings, Database(nowhere, nowhere)))


def text() -> str:
    """The document as it is committed: keys sorted, one to a line."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

"""The reference at /docs: the OpenAPI document as plain HTML, without a script or anything from outside."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from jinja2 import Environment, FileSystemLoader
from pydantic.json_schema import models_json_schema
from starlette.responses import FileResponse, HTMLResponse, Response

from api.chat_schemas import ChatRequest
from api.problems import KINDS
from api.replies import ProblemReply
from api.requests import AskRequest, BatchRequest, ExportRequest, TellRequest

FOLDER = Path(__file__).parent / "static" / "docs"
BODIES = (AskRequest, BatchRequest, ChatRequest, ExportRequest, TellRequest)
REF = "#/components/schemas/"
Schema = dict[str, Any]

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def reference(request: Request) -> Response:
    """Return the reference as a page."""
    return HTMLResponse(_render(request.app))


@router.get("/docs/style.css")
async def style() -> Response:
    """Return the reference's style sheet."""
    return FileResponse(FOLDER / "docs.css", media_type="text/css")


def describe(app: FastAPI) -> None:
    """Make the application's OpenAPI document complete: bodies that we read ourselves, problems, keys."""
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]


def _openapi(app: FastAPI) -> Schema:
    if app.openapi_schema is None:
        app.openapi_schema = _complete(
            get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        )
    return app.openapi_schema


def _complete(document: Schema) -> Schema:
    models = models_json_schema(
        [*((model, "validation") for model in BODIES), (ProblemReply, "serialization")],
        ref_template=REF + "{model}",
    )
    components = document["components"]
    components["schemas"].update(models[1]["$defs"])
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    for operation in _operations(document):
        # The framework's own form of 422, which never leaves this server.
        if "HTTPValidationError" in json.dumps(operation["responses"].get("422", {})):
            del operation["responses"]["422"]
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "password": {"type": "http", "scheme": "basic"},
    }
    document["security"] = [{}, {"bearer": []}, {"password": []}]  # none on the machine's own address
    return document


def _operations(document: Schema) -> Iterator[Schema]:
    for operations in document["paths"].values():
        yield from operations.values()


@cache
def _render(app: FastAPI) -> str:
    pages = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True)
    document = app.openapi()
    schemas = document["components"]["schemas"]
    return pages.get_template("docs.html").render(
        document=document, operations=_rows(document), schemas=schemas, kinds=KINDS, type_of=_type_of
    )


def _rows(document: Schema) -> list[Schema]:
    schemas = document["components"]["schemas"]
    return [
        {
            "method": method.upper(),
            "path": path,
            **operation,
            "body": _body_of(operation.get("requestBody"), schemas),
            "reply": _body_of(operation["responses"].get("200"), schemas),
        }
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def _body_of(holder: Schema | None, schemas: Schema) -> Schema | None:
    """Return name and example of a JSON body; None where there is none."""
    schema = (holder or {}).get("content", {}).get("application/json", {}).get("schema")
    if not schema:
        return None
    example = json.dumps(_example(schema, schemas), ensure_ascii=False, indent=2)
    return {"name": _type_of(schema), "example": example}


def _example(schema: Schema, schemas: Schema) -> Any:  # noqa: ANN401 - any JSON value
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].removeprefix(REF)], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas)
    if schema.get("type") == "array":
        return [_example(schema["items"], schemas)]
    if "properties" in schema:
        return {name: _example(inner, schemas) for name, inner in schema["properties"].items()}
    return schema.get("default", schema.get("const", (schema.get("enum") or [schema.get("type")])[0]))


def _type_of(schema: Schema) -> str:
    """Return a schema's type in words: "list of Range", "string or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    if "anyOf" in schema:
        return " or ".join(_type_of(inner) for inner in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type_of(schema['items'])}"
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return ", ".join(map(str, values)) or str(schema.get("format") or schema.get("type", "any"))

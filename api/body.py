"""Reading a JSON body: bounded, UTF-8, strict; every fault a problem with a status 4xx."""

import codecs
import json
from email.message import Message
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.problems import Problem, problem_of_validation
from api.security import MAX_BODY

Model = TypeVar("Model", bound=BaseModel)
MAX_DRAINED = 4 * 1024 * 1024  # bytes read on before the connection is closed on a sender
UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")


def body_of(model: str) -> dict[str, Any]:
    """Return what the OpenAPI document says of an operation that reads its body as `model`."""
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def read_json(request: Request, model: type[Model], limit: int = MAX_BODY) -> Model:
    """Read the body as `model`. Raises Problem 400, 413, 415 or 422; never repeats the input.

    A UTF-8 byte order mark is skipped; UTF-16 is refused; of two equal keys the last one counts.
    """
    _check_type(request)
    body = (await _bounded(request, limit)).removeprefix(codecs.BOM_UTF8)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        raise _malformed(body, faults[0]["msg"])
    raise problem_of_validation(faults)


def _check_type(request: Request) -> None:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise Problem("compressed", "Send the JSON as it is, without Content-Encoding.")
    declared = Message()
    declared["content-type"] = request.headers.get("content-type", "text/plain")
    if declared.get_content_type() != "application/json":
        raise Problem("json-required", "Send Content-Type: application/json.")
    if str(declared.get_param("charset", "utf-8")).lower() not in UTF_8:
        raise Problem("utf-8-required", "JSON is UTF-8 (RFC 8259); leave the charset out.")


async def _bounded(request: Request, limit: int) -> bytes:
    """Return the body; one that is too large is read on for a while, so that its sender sees why."""
    body, size = bytearray(), 0
    async for part in request.stream():
        size += len(part)
        if size <= limit:
            body += part
        elif size > MAX_DRAINED:
            break
    if size > limit:
        raise Problem("too-large", f"At most {limit} bytes.", headers={"Connection": "close"})
    return bytes(body)


def _malformed(body: bytes, message: str) -> Problem:
    """Say why JSON could not be read: the fast parser tells only where it stopped."""
    if not body:
        return Problem("invalid-request", "The body is empty; send a JSON object.")
    try:
        text = body.decode("utf-8", "surrogatepass")
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        return Problem("utf-8-required", f"Byte {error.start} of the body is not UTF-8.")
    except UnicodeEncodeError:
        return Problem("invalid-unicode", "A text of the body holds half of a surrogate pair.")
    except (ValueError, RecursionError):
        return Problem("invalid-json", message)
    return Problem("invalid-request", message)

"""Errors as problem details (RFC 9457): one JSON form for every error of a service, without traces of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One part of a request that is wrong: where it stands (`body.entities`), and what is wrong with it."""

    where: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem by RFC 9457: `title` is that of the status, `detail` says what to do.

    Beside the members of the RFC: `reason`, a code to count, "" where the status says all; `faults` of a request that
    is not as the documentation has it; `request_id`, which the log has too.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    reason: str = ""
    faults: tuple[Fault, ...] = ()
    request_id: str = ""


class ProblemError(HTTPException):
    """Ends a request with a problem; `headers` go with it."""

    def __init__(self, status: int, detail: str, reason: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, headers)
        self.reason = reason


def problem_response(scope: Scope, error: HTTPException, faults: tuple[Fault, ...] = ()) -> JSONResponse:
    """The response that tells of `error`."""
    status = HTTPStatus(error.status_code)
    detail = error.detail if error.detail != status.phrase else status.description
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        reason=getattr(error, "reason", ""),
        faults=faults,
        request_id=request_id_of(scope),
    )
    return JSONResponse(asdict(problem), status, error.headers, MEDIA_TYPE)


def request_id_of(scope: Scope) -> str:
    """The id of a request; "" outside of `extractor.web.envelope`."""
    return str(scope.get("state", {}).get("request_id", ""))


def tell_problems(app: FastAPI) -> None:
    """Has an app tell its errors as problems."""

    async def http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem_response(request.scope, error)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        faults = tuple(Fault(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors())
        listed = "; ".join(f"{fault.where}: {fault.problem}" for fault in faults)
        return problem_response(request.scope, HTTPException(422, listed or "the request is incomplete"), faults)

    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)


def document_problems(openapi: dict[str, Any]) -> None:
    """Says in an OpenAPI document that every error is a problem."""
    schema, definitions = _schema()
    openapi.setdefault("components", {}).setdefault("schemas", {}).update(definitions)
    content = {MEDIA_TYPE: {"schema": schema}}
    for path in openapi["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            responses.setdefault("default", {"description": "Any other error."})
            for status, response in responses.items():
                if not status.startswith("2"):
                    response["content"] = content


def _schema() -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a problem: a reference, and the definitions that it stands on."""
    mode: Literal["serialization"] = "serialization"
    inputs = [(Problem.__name__, mode, TypeAdapter(Problem))]
    references, document = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")
    (reference,) = references.values()
    return reference, document["$defs"]

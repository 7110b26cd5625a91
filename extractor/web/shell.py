"""The app around the routes of a room: errors as problems, request ids, limits, checks, and files for its pages."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from starlette.middleware import Middleware

from extractor import __version__
from extractor.web.access import AccessControl
from extractor.web.body import BodyLimit
from extractor.web.envelope import Envelope, Exchange
from extractor.web.problem import document_problems, tell_problems

HEALTH_PATHS = ("/healthz", "/readyz")
"""Asked by what watches over a service, which has no key."""
_SHARED_FILES = ("base.css", "dom.js", "picture.js", "icon.svg")
_KEPT_A_WHILE = {"Cache-Control": "no-cache"}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Who may ask, and how much: see `extractor.web.access` and `extractor.web.body`.

    `max_bytes` and `body_seconds` are for the body of one request.
    """

    hosts: tuple[str, ...] = ()
    api_key: str = field(default="", repr=False)
    max_bytes: int = 50_000_000
    body_seconds: float = 60.0


def app_with(
    routers: Sequence[APIRouter],
    settings: AccessSettings,
    *,
    lifespan: Lifespan | None = None,
    observe: Callable[[Exchange], None] | None = None,
) -> FastAPI:
    """The app of these routes. `lifespan` is open while it runs; `observe` is told the end of every request."""
    app = FastAPI(
        title="extractor",
        summary="Says what product pictures state, with the evidence.",
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,  # their pages load scripts from a stranger's server
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(Envelope, observe=observe, probes=HEALTH_PATHS),
            Middleware(BodyLimit, max_bytes=settings.max_bytes, seconds=settings.body_seconds),
            Middleware(AccessControl, hosts=settings.hosts, api_key=settings.api_key, open_paths=HEALTH_PATHS),
        ],
    )
    tell_problems(app)
    app.include_router(files_router("extractor.web", _SHARED_FILES))
    for router in routers:
        app.include_router(router)
    _document(app, keyed=bool(settings.api_key))
    return app


def files_router(package: str, names: Sequence[str]) -> APIRouter:
    """Routes `/assets/NAME` to files beside the modules of a package."""
    router = APIRouter(include_in_schema=False)
    for name in names:
        router.add_api_route(f"/assets/{name}", _sender(package, name), name=name)
    return router


def page_router(path: str, package: str, name: str) -> APIRouter:
    """A route to a file of a package as the page at `path`."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route(path, _sender(package, name), name=name)
    return router


def _document(app: FastAPI, *, keyed: bool) -> None:
    """Completes what the framework says of the app in its OpenAPI document: errors, and the key."""
    drawn_up = app.openapi

    @cache
    def openapi() -> dict[str, Any]:
        document = drawn_up()
        document_problems(document)
        if keyed:
            document["components"]["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
            document["security"] = [{"key": []}]
            for path in set(HEALTH_PATHS) & set(document["paths"]):
                for operation in document["paths"][path].values():
                    operation["security"] = []
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _sender(package: str, name: str) -> Callable[[], Response]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"

    @cache
    def content() -> bytes:
        return files(package).joinpath(name).read_bytes()

    def send() -> Response:
        return Response(content(), media_type=kind, headers=_KEPT_A_WHILE)

    return send

"""The service as an app: its routes, its engines while it runs, and its page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from fastapi import FastAPI

from extractor.service.admission import Slots
from extractor.service.engines import EngineLimits, Engines
from extractor.service.requests import UrlPictures
from extractor.service.routes import extract_router, state_router
from extractor.service.worker import EngineOptions
from extractor.sources.fetch import Fetcher
from extractor.sources.limits import FetchLimits
from extractor.web.shell import AccessSettings, app_with, files_router, page_router

PAGE = "page.html"
PAGE_FILES = ("page.css", "page.js", "page_table.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """How the service reads.

    `queue` counts the requests that may wait beside one for each worker. `seconds`: how long a picture may wait, and
    how long it may take. Pictures are fetched by address with `urls`, unless `offline`; from private networks and this
    machine with `allow_private`.
    """

    engine: EngineOptions = field(default_factory=EngineOptions)
    workers: int = 1
    queue: int = 32
    seconds: float = 60.0
    urls: bool = False
    offline: bool = False
    allow_private: bool = False

    @property
    def refusal(self) -> str:
        """Why addresses are refused; "" where they are not."""
        if self.offline:
            return "this service is offline and fetches no pictures: send the file"
        return "" if self.urls else "this service fetches no pictures (serve --allow-urls would): send the file"


def service_app(options: ServiceOptions, settings: AccessSettings) -> FastAPI:
    """The app."""
    engines = Engines(options.engine, EngineLimits(options.workers, options.seconds))
    slots = Slots(options.workers + options.queue, lambda: engines.seconds_to_wait)
    limits = FetchLimits(attempts=2, attempt_time=options.seconds, max_bytes=settings.max_bytes)
    fetcher = None if options.refusal else Fetcher(limits, allow_private=options.allow_private)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.create_task(engines.start())
        try:
            if fetcher is None:
                yield
            else:
                async with fetcher:
                    yield
        finally:
            await engines.close()
            with suppress(asyncio.CancelledError):
                await warming

    routers = [
        extract_router(engines, slots, UrlPictures(fetcher, options.refusal), options.workers, options.engine.entities),
        state_router(engines, options.engine.entities),
        page_router("/", "extractor.service", PAGE),
        files_router("extractor.service", PAGE_FILES),
    ]
    return app_with(routers, settings, lifespan=running, observe=engines.metrics.saw)

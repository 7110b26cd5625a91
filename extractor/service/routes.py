"""The routes of the service: answers on one picture or several, what can be asked, health, figures."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import TypeAdapter

from extractor.service.admission import Slots, route_with
from extractor.service.documents import BATCH, ONE, BatchDocument, EntityDocument, ExtractionDocument
from extractor.service.engines import Engines, EnginesBusyError, QueueTooLongError
from extractor.service.examples import BATCH_EXAMPLE, ONE_EXAMPLE
from extractor.service.products import product_documents, requested_products
from extractor.service.requests import (
    RequestPicture,
    UrlPictures,
    entity_documents,
    requested_entities,
    uploaded_picture,
)
from extractor.service.worker import Reading
from extractor.stages.reason import Failure, PictureUnusableError, Reason
from extractor.web.problem import ProblemError
from rules.entities import OFFICIAL, EntityTable

MOST_PICTURES = 32
"""Of one batch."""
_TRY_AGAIN = {"Retry-After": "1"}
_OF_THE_ENGINES = {
    Reason.OCR_FAILED: 500,
    Reason.OCR_TIMED_OUT: 503,
    Reason.RULES_TIMED_OUT: 503,
    Reason.UPSCALED_PASS_TIMED_OUT: 503,
}
"""The status of failures that are ours; 422 for those of the picture."""

_ERRORS = {
    401: "The API key is missing or wrong.",
    403: "Addresses are refused, or a page of another site asks.",
    408: "The request came too slowly.",
    413: "The request is too large.",
    422: "The picture or the request cannot be used; `reason` says why.",
    429: "The queue is full; Retry-After says when to come again.",
    503: "No engine could read the picture now.",
}

_Entities = Annotated[
    list[str],
    Form(description="What to look for, repeated or with commas between; all by default.", examples=[["width"]]),
]
_Group = Annotated[
    str, Form(description="The product group, as in the rows that the ranker was fitted to; empty for none.")
]
_Products = Annotated[
    list[str],
    Form(
        description="The product that each picture shows, in the order of the pictures; empty for none.",
        examples=[["B07", "B07", ""]],
    ),
]
_Titles = Annotated[list[str], Form(description="The title of each picture's product, as `products`.")]


def extract_router(
    engines: Engines, slots: Slots, urls: UrlPictures, workers: int, table: EntityTable = OFFICIAL
) -> APIRouter:
    """The routes below `/v1`. A batch has at most `workers` pictures read at once."""
    router = APIRouter(prefix="/v1", tags=["answers"], route_class=route_with(slots))

    @router.post("/extract", response_model=ExtractionDocument, responses=_documented(ONE_EXAMPLE))
    async def extract(
        picture: Annotated[UploadFile | None, File(description="A picture file.")] = None,
        url: Annotated[str | None, Form(description="The address of a picture, where the service allows it.")] = None,
        entities: _Entities = [],  # noqa: B006
        group: _Group = "",
    ) -> Response:
        """What one picture states: send it as `picture`, or its address as `url`."""
        wanted = requested_entities(entities, table)
        try:
            source = await _request_picture(picture, url, urls)
            reading = await engines.read(source.data, wanted, group)
            return _json(ONE, ExtractionDocument.of(source.name, reading))
        except PictureUnusableError as error:
            raise _problem_of(error.failure) from error
        except QueueTooLongError as error:
            raise slots.full() from error
        except EnginesBusyError as error:
            raise ProblemError(503, str(error), str(error.failure.reason), _TRY_AGAIN) from error

    @router.post("/extract/batch", response_model=BatchDocument, responses=_documented(BATCH_EXAMPLE))
    async def extract_batch(
        pictures: Annotated[list[UploadFile], File(max_length=MOST_PICTURES, description="Picture files.")],
        entities: _Entities = [],  # noqa: B006
        products: _Products = [],  # noqa: B006
        titles: _Titles = [],  # noqa: B006
        group: _Group = "",
    ) -> Response:
        """What several pictures state. One that cannot be read has a `failure` and costs no other.

        Pictures with the same name in `products` show one product: it is answered from all of them, and from its title.
        `group` is the product group of all pictures.
        """
        wanted = requested_entities(entities, table)
        asked_products = requested_products(len(pictures), products, titles)
        named = [uploaded_picture(picture) for picture in pictures]
        turns = asyncio.Semaphore(workers)

        async def read(one: RequestPicture) -> Reading | Failure:
            async with turns:
                try:
                    return await engines.read(one.data, wanted, group)
                except (PictureUnusableError, EnginesBusyError) as error:
                    return error.failure

        readings = await asyncio.gather(*map(read, named))
        documents = (ExtractionDocument.of(one.name, reading) for one, reading in zip(named, readings, strict=True))
        # In a thread, as long titles take seconds, and meanwhile the service has to answer others.
        of_products = await asyncio.to_thread(product_documents, asked_products, readings, wanted, table)
        return _json(BATCH, BatchDocument(tuple(documents), of_products))

    return router


def state_router(engines: Engines, table: EntityTable = OFFICIAL) -> APIRouter:
    """The routes that say what can be asked and how the service is."""
    router = APIRouter()

    @router.get("/v1/entities", tags=["answers"])
    def entities() -> tuple[EntityDocument, ...]:
        """What can be asked for."""
        return entity_documents(table)

    @router.get("/healthz", tags=["state"])
    def healthz() -> dict[str, str]:
        """The service runs."""
        return {"status": "ok"}

    @router.get("/readyz", tags=["state"])
    def readyz() -> dict[str, str]:
        """The engines are warm; 503 before."""
        if engines.problem:
            raise ProblemError(503, engines.problem, "not_ready", _TRY_AGAIN)
        return {"status": "ready"}

    @router.get("/metrics", tags=["state"], response_class=Response)
    def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(engines.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


async def _request_picture(picture: UploadFile | None, url: str | None, urls: UrlPictures) -> RequestPicture:
    if picture is not None and not url:
        return uploaded_picture(picture)
    if picture is None and url:
        return await urls.fetched(url)
    raise ProblemError(422, "send one picture: a file as `picture`, or an address as `url`", "one_picture")


def _problem_of(failure: Failure) -> ProblemError:
    return ProblemError(_OF_THE_ENGINES.get(failure.reason, 422), failure.detail, str(failure.reason))


def _json(adapter: TypeAdapter[Any], document: object) -> Response:
    return Response(adapter.dump_json(document), media_type="application/json")


def _documented(example: object) -> dict[int | str, dict[str, Any]]:
    """The responses of a route, for its documentation; the shell says what errors look like."""
    described: dict[int | str, dict[str, Any]] = {status: {"description": text} for status, text in _ERRORS.items()}
    return described | {200: {"content": {"application/json": {"example": example}}}}

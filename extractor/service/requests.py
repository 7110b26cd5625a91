"""What a request asks: entities by name, and a picture sent along or by address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import UploadFile

from extractor.service.documents import EntityDocument
from extractor.sources.fetch import Fetcher
from extractor.sources.guard import AddressRefusedError
from extractor.web.problem import ProblemError
from rules.entities import EntityTable

LONGEST_LIST = 10_000
"""Characters that name entities, in one request."""


def entity_documents(table: EntityTable) -> tuple[EntityDocument, ...]:
    """The entities that can be asked for, in their order."""
    return tuple(EntityDocument(entity.name, tuple(sorted(entity.units))) for entity in table)


def requested_entities(given: Sequence[str], table: EntityTable) -> tuple[str, ...] | None:
    """The entities of repeated or comma-separated names, each once; None for all. Raises ProblemError."""
    if sum(map(len, given)) > LONGEST_LIST:
        raise ProblemError(422, f"entities are named in at most {LONGEST_LIST:,} characters", "unknown_entity")
    names = [name.strip() for part in given for name in part.split(",")]
    try:
        return table.checked(filter(None, names)) or None
    except ValueError as error:
        raise ProblemError(422, str(error), "unknown_entity") from error


@dataclass(frozen=True, slots=True)
class RequestPicture:
    """A picture as a request names it; `data` gives its bytes, and may take its time."""

    name: str
    data: Callable[[], bytes]


def uploaded_picture(picture: UploadFile) -> RequestPicture:
    """The picture of a form. Its bytes stay on disk until they are wanted."""

    def data() -> bytes:
        picture.file.seek(0)
        return picture.file.read()

    return RequestPicture(picture.filename or "", data)


class UrlPictures:
    """Gets pictures by address where that is allowed: without a fetcher every address is refused for `refusal`."""

    def __init__(self, fetcher: Fetcher | None, refusal: str) -> None:
        self._fetcher = fetcher
        self._refusal = refusal

    async def fetched(self, url: str) -> RequestPicture:
        """The picture at `url`. Raises ProblemError and PictureUnusableError."""
        if self._fetcher is None:
            raise ProblemError(403, self._refusal, "urls_refused")
        try:
            data = await self._fetcher.fetch(url)
        except AddressRefusedError as error:  # its own words name addresses that a stranger need not know
            raise ProblemError(422, "this address is not on the public internet", error.failure.reason) from error
        return RequestPicture(url, lambda: data)

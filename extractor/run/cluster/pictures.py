"""The bytes of pictures, wherever an actor runs: files, addresses on the web, a folder at an fsspec address."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.api.ahead import done_ahead
from extractor.run.cluster.options import ClusterOptions
from extractor.run.result import Origin
from extractor.sources.files import file_bytes, too_large
from extractor.sources.locate import LocalPicture, RemotePicture, locate
from extractor.stages.reason import Failure, PictureUnusableError, Reason

if TYPE_CHECKING:
    import httpx

    from extractor.sources.breaker import Host
    from extractor.sources.fetch import Fetcher

GOT_AHEAD = 4
"""Pictures that an actor gets while it reads another; bounds its memory."""


@dataclass(frozen=True, slots=True)
class GotPicture:
    """The bytes of a picture, or why there are none; where they came from, and the seconds that it took."""

    link: str
    data: bytes | Failure
    origin: Origin
    seconds: float

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the bytes, None without them."""
        return None if isinstance(self.data, Failure) else hashlib.sha256(self.data).hexdigest()


class PictureGetter:
    """Gets pictures on threads of its own, some ahead of the one that is taken."""

    def __init__(self, options: ClusterOptions, host_of: Callable[[httpx.URL], Host] | None) -> None:
        self._options = options
        self._host_of = host_of
        self._base = Path(os.devnull) if options.folder else options.run.base  # below a file there is none
        self._threads = ThreadPoolExecutor(GOT_AHEAD, thread_name_prefix="picture")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="fetch", daemon=True).start()

    def got(self, links: Iterable[str]) -> Iterator[GotPicture]:
        """The pictures in the order of their links."""
        return done_ahead(self._threads, self._get, links, GOT_AHEAD)

    def _get(self, link: str) -> GotPicture:
        started = time.perf_counter()
        origin = Origin.LOCAL
        try:
            located = self._located(link)
            match located:
                case RemotePicture(url):
                    origin = Origin.FETCHED
                    data: bytes | Failure = asyncio.run_coroutine_threadsafe(self._fetched(url), self._loop).result()
                case LocalPicture(path):
                    data = file_bytes(path, self._options.run.fetch_limits.max_bytes)
                case Failure():
                    data = located
                case str():
                    data = self._stored(located)
        except PictureUnusableError as error:
            data = error.failure
        except Exception as error:  # one picture's trouble, whatever it is, costs no other
            data = Failure(Reason.FETCH_FAILED, f"{type(error).__name__}: {error}")
        return GotPicture(link, data, origin, time.perf_counter() - started)

    def _located(self, link: str) -> LocalPicture | RemotePicture | Failure | str:
        """Where the picture is; an fsspec address where links start from one."""
        folder = self._options.folder
        located = locate(link, self._base, self._options.run.images)
        in_folder = isinstance(located, Failure) and located.reason is Reason.PICTURE_MISSING and folder
        return f"{folder.rstrip('/')}/{link}" if in_folder else located

    def _stored(self, address: str) -> bytes | Failure:
        import fsspec

        limit = self._options.run.fetch_limits.max_bytes
        files, path = fsspec.core.url_to_fs(address)
        try:
            size = int(files.info(path)["size"] or 0)
            if size > limit:
                return too_large(address, size, limit)
            return bytes(files.cat_file(path))
        except (FileNotFoundError, IsADirectoryError):
            return Failure(Reason.PICTURE_MISSING, f"no such file: {address}")

    async def _fetched(self, url: str) -> bytes:
        return await self._fetcher.fetch(url)

    @cached_property
    def _fetcher(self) -> Fetcher:
        from extractor.sources.fetch import Fetcher

        run = self._options.run
        return Fetcher(run.fetch_limits, allow_private=run.allow_private, host_of=self._host_of)

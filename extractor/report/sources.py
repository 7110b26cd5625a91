"""What a report finds on this machine: picture files, fetched pictures, pages in the store. Nothing is fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from extractor.api.engines import fingerprint_of
from extractor.cache.pages import Fingerprints
from extractor.cache.pictures import PictureFolder, picture_at
from extractor.cache.store import Store
from extractor.cache.store_files import pictures_folder
from extractor.sources.locate import LocalPicture, RemotePicture, locate
from extractor.stages.read import with_drawing
from extractor.stages.reason import PictureUnusableError
from extractor.tables.trace import RowAnswer
from ocr.picture import Picture
from ocr.token import OcrResult


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look: `images` first, then the folders `bases` that relative links may start from, then the store.

    `target` is the folder of the report, which links to files start from.
    """

    images: Path | None
    bases: tuple[Path, ...]
    target: Path
    store: Store | None = None
    keys: Fingerprints | None = None

    def picture(self, answered: RowAnswer) -> Picture | None:
        """The picture that the row was answered from; None where it is not here, or no longer the same."""
        if answered.sha256 is None:
            return None
        for path in self._paths(answered):
            try:
                return picture_at(path, answered.sha256)
            except PictureUnusableError:
                continue
        return None

    def href(self, link: str) -> str | None:
        """Where a click on a picture's link may lead: its file, relative to the report, or its http(s) address."""
        for base in self.bases:
            located = locate(link, base, self.images)
            if isinstance(located, LocalPicture):
                return _relative(located.path, self.target)
            if isinstance(located, RemotePicture):
                return located.url
        return None

    def page(self, answered: RowAnswer) -> OcrResult | None:
        """The page that the row was answered from, as the rules saw it; None where the store does not have it."""
        if self.store is None or self.keys is None or answered.sha256 is None:
            return None
        first = self.store.page(answered.sha256, self.keys.engine)
        if first is None or not answered.answer.upscaled:
            return first
        larger = self.store.page(answered.sha256, self.keys.upscaled)
        return None if larger is None else with_drawing(larger, first)

    def _paths(self, answered: RowAnswer) -> Iterator[Path]:
        for base in self.bases:
            located = locate(answered.row.image_link, base, self.images)
            if isinstance(located, LocalPicture):
                yield located.path
        if self.store is not None and answered.sha256 is not None:
            yield PictureFolder(pictures_folder(self.store.path)).path_of(answered.sha256)


@contextmanager
def open_sources(
    images: Path | None, bases: Sequence[Path], target: Path, store: Path | None, engine: str
) -> Iterator[Sources]:
    """The sources with the store open, where there is one. Raises StoreError, and EngineError for an unknown engine."""
    places = tuple(dict.fromkeys(bases))
    if store is None or not store.is_file():
        yield Sources(images, places, target)
        return
    keys = Fingerprints(fingerprint_of(engine), "", upscale=True)
    with Store(store) as opened:
        yield Sources(images, places, target, opened, keys)


def _relative(path: Path, folder: Path) -> str | None:
    try:
        steps = os.path.relpath(path, folder)
    except ValueError:  # on another drive of Windows
        return None
    return "./" + quote(os.fsencode(steps.replace(os.sep, "/")))

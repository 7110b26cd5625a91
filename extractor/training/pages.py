"""What OCR reads on the pictures of labelled rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.run.local import stored_pages
from extractor.run.options import RunOptions
from extractor.run.result import PictureResult
from extractor.tables.rows import Row
from ocr.token import OcrResult


def pages_by_name(
    rows: Sequence[Row], results: Mapping[str, PictureResult], options: RunOptions
) -> dict[str, OcrResult]:
    """The pages that `extractor.run.local.read_pages` read, by the last part of the picture's link."""
    pages = stored_pages(results, options)
    return {row.picture_name: pages[row.picture] for row in rows if row.picture in pages}

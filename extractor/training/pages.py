"""What OCR reads on the pictures of labelled rows, by way of the store."""

from __future__ import annotations

from pathlib import Path

from extractor.api.engines import fingerprint_of
from extractor.cache.store import Store
from extractor.cli.shared import cpu_count, default_store, watched_run
from extractor.evaluation.inputs import read_labelled_rows
from extractor.run.options import PredictOptions
from ocr.token import OcrResult


def pages_of(
    labels: Path, images: Path | None, ocr: str, workers: int | None, store: Path | None, quiet: bool
) -> dict[str, OcrResult]:
    """The page of every picture that could be read, by the last part of its link; read once, then kept in the store."""
    rows = read_labelled_rows(labels).rows
    path = store or default_store()
    options = PredictOptions(base=labels.parent, store=path, images=images, ocr=ocr, workers=workers or cpu_count())
    result = watched_run(rows, options, quiet=quiet)
    settings = fingerprint_of(ocr)
    with Store(path) as kept:
        found = {
            trace.row.picture_name: kept.page(trace.content, settings)
            for trace in result.traces
            if trace.content is not None
        }
    return {name: page for name, page in found.items() if page is not None}

"""What OCR reads on the pictures of rows, by way of the store."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.api.engines import fingerprint_of
from extractor.cache.store import Store
from extractor.run.options import PredictOptions
from extractor.run.pipeline import run
from extractor.run.progress import ProgressWatcher
from extractor.tables.rows import Row
from ocr.token import OcrResult


def pages_of(rows: Sequence[Row], options: PredictOptions, watcher: ProgressWatcher) -> dict[str, OcrResult]:
    """The page of every picture that could be read, by the last part of its link. Raises as `run` does.

    The store of the options has to be in use (`use_cache`): pages come from there.
    """
    result = run(rows, options, watcher)
    engine = fingerprint_of(options.ocr)
    with Store(options.store) as store:
        pages = {
            trace.row.picture_name: store.page(trace.content, engine)
            for trace in result.traces
            if trace.content is not None
        }
    return {name: page for name, page in pages.items() if page is not None}

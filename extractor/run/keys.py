"""What the results of a run are kept under."""

from __future__ import annotations

from extractor.api.engines import OCR_OFF, fingerprint_of
from extractor.api.rankers import rules_fingerprint
from extractor.cache.pages import Fingerprints
from extractor.run.options import RunOptions


def keys_of(options: RunOptions) -> Fingerprints:
    """The fingerprints of engine, ranker, passes and entities. Raises ExtractorError where one does not exist."""
    upscale = options.upscale and options.ocr != OCR_OFF
    return Fingerprints(fingerprint_of(options.ocr), rules_fingerprint(options.ranker), upscale, options.entities)

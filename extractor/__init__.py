"""Says what product pictures state, with evidence: pictures -> ocr -> vlm -> rules -> answers.

>>> from extractor import Extractor
>>> sorted(name for name in dir(Extractor) if name.startswith("extract"))
['extract', 'extract_many']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from extractor.own_packages import find_beside_us

if TYPE_CHECKING:
    from extractor.api.extraction import Extraction
    from extractor.api.extractor import Extractor
    from extractor.api.readers import ReaderChoice
    from extractor.stages.answer import Answer, Candidate, Source, Status
    from extractor.stages.errors import ExtractorError
    from extractor.stages.reason import Failure, PictureUnusableError, Reason
    from ocr.token import OcrToken

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Candidate",
    "Extraction",
    "Extractor",
    "ExtractorError",
    "Failure",
    "OcrToken",
    "PictureUnusableError",
    "ReaderChoice",
    "Reason",
    "Source",
    "Status",
]

_HOME = {
    "Answer": "extractor.stages.answer",
    "Candidate": "extractor.stages.answer",
    "Extraction": "extractor.api.extraction",
    "Extractor": "extractor.api.extractor",
    "ExtractorError": "extractor.stages.errors",
    "Failure": "extractor.stages.reason",
    "OcrToken": "ocr.token",
    "PictureUnusableError": "extractor.stages.reason",
    "ReaderChoice": "extractor.api.readers",
    "Reason": "extractor.stages.reason",
    "Source": "extractor.stages.answer",
    "Status": "extractor.stages.answer",
}
"""Where each public name lives. Names are imported when they are first used: a command needs few of them."""

find_beside_us()


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

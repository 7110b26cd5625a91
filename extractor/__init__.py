"""Says what product pictures state, with evidence: pictures -> ocr -> vlm -> rules -> answers.

>>> from extractor import Extractor
>>> sorted(name for name in dir(Extractor) if name.startswith("extract"))
['extract', 'extract_many', 'extract_product']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from extractor.own_packages import find_beside_us

if TYPE_CHECKING:
    from extractor.api.extraction import Extraction as Extraction
    from extractor.api.extractor import Extractor as Extractor
    from extractor.api.frames import to_dataset as to_dataset
    from extractor.api.frames import to_frame as to_frame
    from extractor.api.product import ProductExtraction as ProductExtraction
    from extractor.api.readers import ReaderChoice as ReaderChoice
    from extractor.stages.answer import Answer as Answer
    from extractor.stages.answer import Candidate as Candidate
    from extractor.stages.answer import Source as Source
    from extractor.stages.answer import Status as Status
    from extractor.stages.errors import ExtractorError as ExtractorError
    from extractor.stages.product import ProductAnswer as ProductAnswer
    from extractor.stages.product import Stance as Stance
    from extractor.stages.product import Statement as Statement
    from extractor.stages.reason import Failure as Failure
    from extractor.stages.reason import PictureUnusableError as PictureUnusableError
    from extractor.stages.reason import Reason as Reason
    from ocr.token import OcrToken as OcrToken
    from rules.amount import Amount as Amount
    from rules.entities import Entity as Entity
    from rules.entities import EntityTable as EntityTable

__version__ = "0.1.0"

_NAMES = {
    "extractor.api.extraction": ("Extraction",),
    "extractor.api.extractor": ("Extractor",),
    "extractor.api.frames": ("to_dataset", "to_frame"),
    "extractor.api.product": ("ProductExtraction",),
    "extractor.api.readers": ("ReaderChoice",),
    "extractor.stages.answer": ("Answer", "Candidate", "Source", "Status"),
    "extractor.stages.errors": ("ExtractorError",),
    "extractor.stages.product": ("ProductAnswer", "Stance", "Statement"),
    "extractor.stages.reason": ("Failure", "PictureUnusableError", "Reason"),
    "ocr.token": ("OcrToken",),
    "rules.amount": ("Amount",),
    "rules.entities": ("Entity", "EntityTable"),
}
"""The public names by the module where they live. They are imported when they are first used: a command needs few."""
_HOME = {name: module for module, names in _NAMES.items() for name in names}
__all__ = list(_HOME)

find_beside_us()


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

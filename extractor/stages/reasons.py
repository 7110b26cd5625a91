"""Why a row stays empty: the reason codes that stand in traces and are counted in summaries.

Beside these there are `http_404` and its like, the codes of `ocr.picture.PictureFault`, those that `rules.select`
gives a verdict, and `unanswerable` where the VLM says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can keep a picture or a row from being done, apart from what the picture states."""

    NO_LINK = "no_link"
    BAD_LINK = "bad_link"
    PICTURE_MISSING = "picture_missing"
    PICTURE_UNREADABLE = "picture_unreadable"
    PICTURE_CHANGED = "picture_changed"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    PRIVATE_ADDRESS = "private_address"
    CONNECT_FAILED = "connect_failed"
    HOST_UNREACHABLE = "host_unreachable"
    TIMED_OUT = "timed_out"
    BROKEN_TRANSFER = "broken_transfer"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    FETCH_FAILED = "fetch_failed"
    OCR_FAILED = "ocr_failed"
    OCR_CRASHED = "ocr_crashed"
    OCR_TIMED_OUT = "ocr_timed_out"
    SECOND_LOOK_TIMED_OUT = "second_look_timed_out"
    RULES_FAILED = "rules_failed"
    RULES_TIMED_OUT = "rules_timed_out"
    INVALID_ANSWER = "invalid_answer"
    VLM_FAILED = "vlm_failed"
    VLM_REJECTED = "vlm_rejected"
    VLM_UNSURE = "vlm_unsure"


FAULTS_OF_READING = (Fault.OCR_FAILED, Fault.OCR_CRASHED, Fault.OCR_TIMED_OUT)
"""Those of a picture that is there and sound."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a picture could not be used: a code to count and a sentence to read."""

    reason: str
    detail: str

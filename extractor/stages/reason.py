"""Why an answer is as it is: reason codes that stand in traces and are counted in summaries."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from extractor.stages.errors import ExtractorError

_HTTP_STATUS = re.compile(r"http_[1-9]\d\d")


class Reason(StrEnum):
    """Why there is an answer or none.

    Beside the members there is `http_404` and its like, one for each status of a server: `Reason("http_404")`.
    """

    ANSWERED = "answered"

    NO_TEXT = "no_text"
    NO_CANDIDATE = "no_candidate"
    NOT_STATED = "not_stated"
    UNANSWERABLE = "unanswerable"
    NOT_ASKED = "not_asked"

    NO_LINK = "no_link"
    BAD_LINK = "bad_link"
    PICTURE_MISSING = "picture_missing"
    PICTURE_UNREADABLE = "picture_unreadable"
    PICTURE_CHANGED = "picture_changed"
    BAD_ENCODING = "bad_encoding"
    PRIVATE_ADDRESS = "private_address"
    CONNECT_FAILED = "connect_failed"
    HOST_UNREACHABLE = "host_unreachable"
    TIMED_OUT = "timed_out"
    BROKEN_TRANSFER = "broken_transfer"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    FETCH_FAILED = "fetch_failed"

    EMPTY_FILE = "empty_file"
    NOT_A_PICTURE = "not_a_picture"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"

    OCR_FAILED = "ocr_failed"
    OCR_CRASHED = "ocr_crashed"
    OCR_TIMED_OUT = "ocr_timed_out"
    UPSCALED_PASS_TIMED_OUT = "upscaled_pass_timed_out"
    RULES_FAILED = "rules_failed"
    RULES_TIMED_OUT = "rules_timed_out"
    INVALID_ANSWER = "invalid_answer"
    VLM_FAILED = "vlm_failed"
    VLM_REJECTED = "vlm_rejected"
    VLM_UNSURE = "vlm_unsure"

    @classmethod
    def _missing_(cls, value: object) -> Reason | None:
        if not isinstance(value, str) or not _HTTP_STATUS.fullmatch(value):
            return None
        member = str.__new__(cls, value)
        member._name_, member._value_ = value.upper(), value
        cls._value2member_map_[value] = member
        return member


FAULTS_OF_READING = (Reason.OCR_FAILED, Reason.OCR_CRASHED, Reason.OCR_TIMED_OUT)
"""Those of a picture that is there and sound."""
LATE_AFTER_READING = (Reason.RULES_TIMED_OUT, Reason.UPSCALED_PASS_TIMED_OUT)
"""Those of a picture whose first page was read in time."""
FILE_GONE = (Reason.PICTURE_MISSING, Reason.PICTURE_UNREADABLE, Reason.PICTURE_CHANGED)
"""Those of a file that is no longer there, or no longer the same."""


class Stage(StrEnum):
    """What is being done to a picture."""

    START = "its beginning"
    READ = "reading"
    SELECT = "applying the rules"
    UPSCALED_PASS = "the upscaled pass"


Announce = Callable[[Stage], None]
"""Is told the stage that a picture has come to, so that a time-out can be named for what took too long."""


def tell_nobody(stage: Stage) -> None:
    """For a picture that may take as long as it needs."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a picture could not be used: a code to count and a sentence to read."""

    reason: Reason
    detail: str


class PictureUnusableError(ExtractorError):
    """A picture that could not be loaded or read; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure

    def __str__(self) -> str:
        return self.failure.detail

"""What the tokens of a picture are for an audit: those that the answer stands on, and those of other candidates."""

from __future__ import annotations

from extractor.stages.answer import Answer
from ocr.token import OcrToken

EVIDENCE, CANDIDATE = "evidence", "candidate"


def roles_of(answer: Answer) -> dict[OcrToken, str]:
    """The role of each token that has one; evidence counts before candidates."""
    roles = dict.fromkeys(answer.evidence, EVIDENCE)
    for candidate in answer.candidates:
        for token in candidate.evidence:
            roles.setdefault(token, CANDIDATE)
    return roles

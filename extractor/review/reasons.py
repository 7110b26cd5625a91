"""Why a verdict is given, in a sentence. Text from pictures stands in quotation marks, never first."""

from __future__ import annotations

from extractor.review.grounds import Grounds
from extractor.review.verdicts import Verdict
from extractor.stages.answer import Answer

LONGEST_QUOTED = 60


def reason_for(verdict: Verdict, grounds: Grounds) -> str:
    """The sentence for a verdict on these grounds."""
    match verdict:
        case Verdict.NO_PICTURE:
            return f"the picture could not be read: {grounds.answer.detail or grounds.answer.reason}"
        case Verdict.UNIT_NOT_ALLOWED:
            return f"the label is no number in a unit of {grounds.row.entity}; {_picture(grounds)}"
        case Verdict.RANGE:
            return f"the label is a range; {_picture(grounds)}"
        case Verdict.ABSURD if grounds.peers is not None:
            return f"others like it are about {grounds.peers.typical(grounds.amounts[0].unit)}; {_picture(grounds)}"
        case Verdict.ABSURD:
            return f"no {grounds.row.entity} of a product is that large or small; {_picture(grounds)}"
    return _picture(grounds)


def _picture(grounds: Grounds) -> str:
    """What the picture states, beside the label."""
    answer, match = grounds.answer, grounds.match
    if grounds.unread:
        return "the picture could not be read"
    if match is not None and match.of_answer:
        same = "" if match.same_unit else ", the same measure"
        return f"the picture states {_stated(answer)}{same}"
    if answer.amount is not None:
        also = "; the label stands there too" if match is not None else ""
        return f"the picture states {_stated(answer)}{also}"
    if match is not None:
        return f"the picture holds the label (“{_short(match.found.text)}”), perhaps of something else"
    return f"the picture states no value ({answer.reason})"


def _stated(answer: Answer) -> str:
    printed = _short(answer.evidence_text)
    return f"{answer.text} (“{printed}”)" if printed else answer.text


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"

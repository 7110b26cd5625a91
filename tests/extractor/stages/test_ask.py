import math

import numpy as np
import pytest

from extractor.stages.ask import ask
from extractor.stages.errors import ExtractorError
from extractor.stages.reason import Reason
from vlm.answer import VlmAnswer
from vlm.reader import PictureQuestions

ITEM = PictureQuestions(np.zeros((8, 8, 3), np.uint8), None, ("width",))


class Replying:
    """Gives the same answer to every question; each call is counted."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = 0

    def read(self, items):
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return [(self.answer,) * len(item.entities) for item in items]


@pytest.mark.parametrize("numbers", [(math.nan, 0.1), (0.5, math.nan), (math.inf, 0.1)])
def test_a_confidence_that_is_no_probability_is_a_failure(numbers):
    ((reply,),) = ask([ITEM], Replying(VlmAnswer("3 inch", *numbers)))
    assert reply.answer.reason is Reason.VLM_FAILED
    assert "not a number" in reply.answer.detail


def test_a_reader_that_cannot_run_at_all_says_so():
    with pytest.raises(ExtractorError, match="no weights"):
        list(ask([ITEM] * 2, Replying(ExtractorError("no weights"))))


def test_halves_are_asked_only_when_their_replies_are_wanted():
    reader = Replying(RuntimeError("no idea"))
    next(ask([ITEM] * 8, reader))
    assert reader.calls == 4

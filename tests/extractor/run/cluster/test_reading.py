"""What the process of an actor makes of a picture: what the local runner makes, also where it takes too long."""

from pathlib import Path

import pytest
from fake_engines import ENGINE, HANGS, KILLS, picture_bytes

from extractor.api.process_main import WorkersAbortedError
from extractor.api.processes import ProcessLimits
from extractor.run.cluster.pictures import GotPicture
from extractor.run.cluster.reading import PictureReader
from extractor.run.options import RunOptions
from extractor.run.pictures import PictureJob
from extractor.run.result import Origin

ENTITIES = ("item_weight", "wattage", "width")


@pytest.fixture
def read():
    readers = []

    def go(mood=0, engine=ENGINE, *, times=1, upscale=False, pages=False, **limits):
        options = RunOptions(Path(), Path(), ocr=engine, upscale=upscale)
        reader = PictureReader(options, ProcessLimits(**limits), pages=pages)
        readers.append(reader)
        got = GotPicture("a.png", picture_bytes(250, mood), Origin.LOCAL, 0.0)
        for _ in range(times):
            result = reader.read(got, PictureJob("a.png", ENTITIES))
        return result

    yield go
    for reader in readers:
        reader.close()


def reasons(read):
    return {answer.entity: str(answer.reason) for answer in read.result.answers}


def test_pages_come_along_where_they_are_wanted(read):
    assert read().first is None
    found = read(engine="fake_engines:ShortSightedEngine", upscale=True, pages=True)
    assert (found.first.tokens, [token.text for token in found.upscaled.tokens]) == ((), ["Net weight 250 g"])
    assert {answer.entity: answer.text for answer in found.result.answers}["item_weight"] == "250.0 gram"


def test_a_picture_that_is_never_read_has_failed(read):
    assert read(HANGS, job_seconds=0.5).result.failure.reason == "ocr_timed_out"


def test_the_entities_before_a_slow_one_are_answered(read):
    found = read(engine="fake_engines:StallingEngine", job_seconds=3.0)
    assert reasons(found) == {"item_weight": "answered", "wattage": "rules_timed_out", "width": "rules_timed_out"}


def test_the_first_pass_stands_where_the_upscaled_one_takes_too_long(read):
    found = read(engine="fake_engines:TiredEngine", upscale=True, job_seconds=3.0)
    late = "upscaled_pass_timed_out"
    assert reasons(found) == {"item_weight": late, "wattage": late, "width": "no_text"}


def test_when_every_process_dies_the_run_ends(read):
    with pytest.raises(WorkersAbortedError, match="4 worker processes in a row died"):
        read(KILLS, times=3, deaths=3)

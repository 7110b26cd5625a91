"""What a worker process logs comes to the main process, as records of it."""

import logging
import os
from contextlib import contextmanager

import pytest

from extractor.api.processes import ProcessLimits, WorkerDiedError, WorkerProcess, end_all

logger = logging.getLogger("extractor.of_a_worker")


@contextmanager
def chatty(settings, announce):
    logger.info("ready")

    def do(job):
        logger.debug("unheard")
        try:
            int(job)
        except ValueError:
            logger.warning("job %s", job, exc_info=True, extra={"job": job})
        if job == "die":
            raise RuntimeError("no idea")
        return job

    yield do


@pytest.fixture
def process():
    process = WorkerProcess(chatty, None, ProcessLimits())
    yield process
    end_all([process])


def test_records_arrive_by_the_levels_of_the_main_process(process, caplog):
    caplog.set_level(logging.INFO, "extractor")
    assert process.do("a") == "a"
    ready, job = (one for one in caplog.records if one.name == logger.name)
    assert (ready.levelname, ready.getMessage()) == ("INFO", "ready")
    assert (job.levelname, job.getMessage(), job.job) == ("WARNING", "job a", "a")
    assert job.exc_text.endswith("with base 10: 'a'")
    assert job.process != os.getpid()


def test_an_error_that_ends_a_process_is_logged_with_its_traceback(process, caplog, capfd):
    with pytest.raises(WorkerDiedError, match="ended with code 1"):
        process.do("die")
    assert "RuntimeError: no idea" in caplog.records[-1].exc_text
    assert capfd.readouterr().err == ""

"""The folder of shards, and what is made of it; without a cluster, at paths and at addresses of fsspec's memory."""

from uuid import uuid4

import pytest
from fake_rows import row_answer

from extractor.run.cluster.answering import UnitAnswers
from extractor.run.cluster.joining import finished_rows, joined, summary_of_run
from extractor.run.cluster.shards import Manifest, ShardFolder, ShardsError
from extractor.run.cluster.units import NumberedRow, Unit
from extractor.run.result import Origin, PictureResult
from extractor.stages.reason import Failure, Reason

MANIFEST = Manifest(3, "rows", "settings")


@pytest.fixture(params=["path", "memory"])
def folder(request, tmp_path):
    folder = ShardFolder(str(tmp_path / "shards") if request.param == "path" else f"memory://{uuid4().hex}/shards")
    folder.claim(MANIFEST)
    return folder


def answers(position, *texts, finished=True):
    rows = [row_answer(f"i{n}", text=text) for n, text in enumerate(texts, position)]
    numbered = tuple(NumberedRow(n, one.row) for n, one in enumerate(rows, position))
    return UnitAnswers(Unit(numbered, ()), tuple(rows), finished)


def predictions(table):
    return table["prediction"].to_pylist()


def test_rows_come_in_the_order_of_the_input(folder, tmp_path):
    folder.put(1, [answers(2, "3.0 inch")])
    folder.put(1, [answers(0, "1.0 inch", "")])
    rows = joined(folder, folder.names(), 3)
    rows.write(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "index,prediction\ni0,1.0 inch\ni1,\ni2,3.0 inch\n"
    assert finished_rows(folder, folder.names()) == {0, 1, 2}


def test_a_batch_done_twice_is_one_shard(folder):
    for _ in range(2):
        folder.put(1, [answers(0, "1.0 inch")])
    assert folder.names() == ["shard-00001-000000000000.parquet"]


def test_a_later_try_counts_unless_an_earlier_one_was_finished(folder):
    folder.put(1, [answers(0, "1.0 inch"), answers(1, "", finished=False), answers(2, "", finished=False)])
    assert finished_rows(folder, folder.names()) == {0}
    folder.put(2, [answers(0, "", finished=False), answers(1, "2.0 inch"), answers(2, "9.0 inch", finished=False)])
    rows = joined(folder, folder.names(), 3)
    assert predictions(rows.table) == ["1.0 inch", "2.0 inch", "9.0 inch"]


def test_a_row_that_is_not_there_is_told(folder):
    folder.put(1, [answers(0, "1.0 inch")])
    with pytest.raises(ShardsError, match="lacks 2 of 3 rows: it has to be one folder for all machines; run again"):
        joined(folder, folder.names(), 3)


@pytest.mark.parametrize(("other", "what"), [((3, "x", "settings"), "input"), ((3, "rows", "x"), "settings")])
def test_the_folder_of_another_run_is_refused(folder, other, what):
    folder.claim(MANIFEST)
    with pytest.raises(ShardsError, match=f"a run with other {what}: name another folder with --shards"):
        folder.claim(Manifest(*other))


def test_what_is_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ShardsError, match="cannot be used"):
        ShardFolder(str(tmp_path / "file")).claim(MANIFEST)
    with pytest.raises(ShardsError, match="nonsense"):
        ShardFolder("nonsense://bucket/folder")


def test_a_folder_that_holds_something_else_is_told(tmp_path):
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(ShardsError, match="says nothing of a run"):
        ShardFolder(str(tmp_path)).claim(MANIFEST)


def test_storage_that_has_errors_of_its_own_is_not_asked_again(folder, monkeypatch):
    class NoCredentialsError(Exception):
        pass

    def refusing(path, data):
        raise NoCredentialsError("who are you?")

    monkeypatch.setattr(folder._files, "pipe_file", refusing)
    with pytest.raises(ShardsError, match=r"cannot be used: who are you\?; every machine has to reach it"):
        folder.put(1, [answers(0, "1.0 inch")])


def test_storage_that_fails_at_times_is_asked_again(folder, monkeypatch):
    real, failures = folder._files.pipe_file, [OSError("slow down"), OSError("slow down")]

    def unsteady(path, data):
        if failures:
            raise failures.pop()
        real(path, data)

    monkeypatch.setattr("extractor.run.cluster.shards.time.sleep", lambda seconds: None)
    monkeypatch.setattr(folder._files, "pipe_file", unsteady)
    folder.put(1, [answers(0, "1.0 inch")])
    assert len(folder.names()) == 1


def test_the_summary_counts_what_was_done_now_and_before(folder):
    folder.put(1, [answers(0, "1.0 inch", "", "3.0 inch")])
    rows = joined(folder, folder.names(), 3)
    failure = Failure(Reason.TIMED_OUT, "too slow")
    results = [PictureResult("a", Origin.FETCHED, fetch_seconds=2.0), PictureResult("b", failure=failure)]
    summary = summary_of_run([], rows, results, 7, 1.0)
    assert (summary.pictures, summary.available, summary.read, summary.read_before) == (9, 8, 1, 7)
    assert (summary.failed, summary.empty) == ((("timed_out", 1),), (("no_candidate", 1),))

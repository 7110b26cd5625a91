import io

from rich.console import Console

from extractor.run.progress import BarWatcher, LineWatcher, SilentWatcher
from extractor.run.result import Origin, PictureResult
from extractor.stages.reason import Failure, Reason


def test_the_bar_counts_what_was_fetched_cached_and_failed():
    shown = io.StringIO()
    with BarWatcher(Console(file=shown, force_terminal=True, width=160)) as watcher:
        watcher.started(4)
        watcher.picture_done(PictureResult("a", Origin.FETCHED, "aa"))
        watcher.picture_done(PictureResult("b", Origin.CACHED, "bb", page_cached=True))
        watcher.picture_done(PictureResult("c", failure=Failure(Reason("http_404"), "not there")))
        watcher.picture_done(PictureResult("d", Origin.FETCHED, "dd", failure=Failure(Reason("ocr_failed"), "no")))
    assert "4/4" in shown.getvalue()
    assert "fetched 1  cached 1  failed 2" in shown.getvalue()


def test_a_notice_stands_in_a_line_of_its_own(capsys):
    shown = io.StringIO()
    with BarWatcher(Console(file=shown, force_terminal=True, width=60)) as watcher:
        watcher.started(4)
        watcher.notice("proxy     " + "x" * 80)
    assert "proxy     " + "x" * 80 + "\n" in shown.getvalue()
    LineWatcher().notice("proxy     is [not] used")
    SilentWatcher().notice("unheard")
    assert capsys.readouterr() == ("", "proxy     is [not] used\n")


def test_the_reader_has_a_bar_of_its_own():
    shown = io.StringIO()
    with BarWatcher(Console(file=shown, force_terminal=True, width=160)) as watcher:
        watcher.started(4)
        watcher.vlm_started(3)
        watcher.vlm_done(2)
        watcher.vlm_done(1)
    assert "vlm" in shown.getvalue()
    assert "3/3" in shown.getvalue()

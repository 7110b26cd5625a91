import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from extractor.cache.store import _APPLICATION_ID, _STATEMENTS, SCHEMA_VERSION, Store, StoreError
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Reason
from ocr.token import OcrResult, OcrToken
from rules.amount import Amount
from vlm.answer import VlmAnswer

BOX = ((0.0, 0.0), (9.5, 0.0), (9.5, 4.0), (0.0, 4.0))
TOKEN = OcrToken("3 ½ kg\u2028", BOX, 0.5)
PAGE = OcrResult((TOKEN,), 10, 20)
CANDIDATE = Candidate(Amount(3.5, "kilogram"), 0.25, 0.5, "3 ½ kg", (("keyword", 1.0), ("edge", -0.5)), (TOKEN,))
ANSWER = Answer(
    "item_weight",
    Amount(3.5, "kilogram"),
    Reason.ANSWERED,
    0.75,
    evidence=(TOKEN,),
    candidates=(CANDIDATE,),
    detail="why",
)
EMPTY = Answer("width", None, Reason.NO_TEXT, 0.0)
NO_DEPTH = Answer("depth", None, Reason("http_404"), 0.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "store.sqlite3"


def test_everything_is_there_again_after_closing(path):
    with Store(path) as store:
        store.put_page("aa", "engine 1", PAGE)
        store.put_answers("aa", "engine 1", "rules 1", [ANSWER, EMPTY])
        store.put_link("http://x/a", "aa")
    with Store(path) as store:
        assert store.page("aa", "engine 1") == PAGE
        assert store.answers("aa", "engine 1", "rules 1") == {"item_weight": ANSWER, "width": EMPTY}
        assert store.sha256_of("http://x/a") == "aa"


def test_keys_are_told_apart(path):
    with Store(path) as store:
        store.put_page("aa", "engine 1", PAGE)
        store.put_answers("aa", "engine 1", "rules 1", [EMPTY])
        assert store.page("aa", "engine 2") is None
        assert store.page("ab", "engine 1") is None
        assert not store.has_page("aa", "engine 2")
        assert store.has_page("aa", "engine 1")
        assert store.answers("aa", "engine 1", "rules 2") == {}
        assert store.answers("aa", "engine 2", "rules 1") == {}
        assert store.sha256_of("aa") is None


def test_answers_of_a_vlm_are_kept_by_picture_reader_entity_and_what_was_shown(path):
    answer, other = VlmAnswer("3.5 kilogram", 0.1 + 0.2, 1e-9), VlmAnswer("unanswerable", 1.0, 1.0)
    with Store(path) as store:
        store.put_vlm_answers("aa", "engine 1", "reader 1", [("item_weight", answer), ("width", other)])
        store.put_vlm_answers("aa", "none", "reader 1", [("width", answer)])
    with Store(path) as store:
        assert store.vlm_answers("aa", "engine 1", "reader 1") == {"item_weight": answer, "width": other}
        assert store.vlm_answers("aa", "none", "reader 1") == {"width": answer}
        assert store.vlm_answers("aa", "engine 1", "reader 2") == {}
        assert store.vlm_answers("ab", "engine 1", "reader 1") == {}


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_store_of_an_older_format_is_brought_up_to_date_and_loses_nothing(path, version):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.executescript("".join(_STATEMENTS[:version]))
        db.execute("INSERT INTO pages VALUES (?, ?, ?)", ("aa", "engine 1", PAGE.to_json()))
        db.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", ("aa", "engine 1", "width", "rules", EMPTY.to_json()))
        db.execute("INSERT INTO links (link, content) VALUES (?, ?)", ("http://x/a", "aa"))
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
    with Store(path) as store:
        assert store.page("aa", "engine 1") == PAGE
        assert store.answers("aa", "engine 1", "rules") == {"width": EMPTY}
        assert store.sha256_of("http://x/a") == "aa"
        store.put_vlm_answers("aa", "none", "reader", [("width", VlmAnswer("5 inch", 0.5, 0.1))])
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_newer_rules_replace_the_answers_of_older_ones_entity_by_entity(path):
    with Store(path) as store:
        store.put_answers("aa", "e", "rules 1", [EMPTY, NO_DEPTH])
        store.put_answers("aa", "e", "rules 2", [EMPTY])
        assert set(store.answers("aa", "e", "rules 1")) == {"depth"}
        assert set(store.answers("aa", "e", "rules 2")) == {"width"}


def test_a_store_of_another_format_says_so(path):
    with Store(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"store\.sqlite3 has format 99.*--store"):
        Store(path)


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE pages (x)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_says_so(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt is damaged or not a store.*move it away"):
        Store(path)


def test_damage_inside_is_told_and_not_taken_for_an_answer(path):
    with Store(path) as store:
        for number in range(200):
            store.put_page(f"{number:04}", "engine", PAGE)
    data = bytearray(path.read_bytes())
    data[8192:] = bytes(len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"), Store(path) as store:
        for number in range(200):
            store.page(f"{number:04}", "engine")


READS = {
    "pages": lambda store: store.page("aa", "engine"),
    "answers": lambda store: store.answers("aa", "engine", "rules"),
    "links": lambda store: store.sha256_of("http://x/a"),
    "vlm_answers": lambda store: store.vlm_answers("aa", "none", "reader"),
}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("pages", "page = replace(page, '3 ½ kg', '8 ½ kg')"),
        ("answers", "decision = replace(decision, '3.5', '8.5')"),
        ("answers", "entity = 'item_volume'"),
        ("links", "content = 'ab'"),
        ("vlm_answers", "text = '8 inch'"),
        ("vlm_answers", "confidence = 0.75"),
    ],
)
def test_a_row_that_was_changed_is_told_though_it_can_be_parsed(path, table, change):
    with Store(path) as store:
        store.put_page("aa", "engine", PAGE)
        store.put_answers("aa", "engine", "rules", [ANSWER])
        store.put_link("http://x/a", "aa")
        store.put_vlm_answers("aa", "none", "reader", [("width", VlmAnswer("5 inch", 0.5, 1))])
        assert READS[table](store)
        with sqlite3.connect(path) as db:
            db.execute(f"UPDATE {table} SET {change}")
        with pytest.raises(StoreError, match=r"damaged.*a row is not as it was written"):
            READS[table](store)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_store_that_lost_its_end_gives_no_page_that_is_wrong(path, share):
    """Such as a copy that broke off: a page is right, or to be read again, or the damage is told."""
    with Store(path) as store:
        for number in range(200):
            store.put_page(f"{number:04}", "engine", PAGE)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    pages, damage = [], ""
    try:
        with Store(path) as store:
            pages += [store.page(f"{number:04}", "engine") for number in range(200)]
    except StoreError as error:
        damage = str(error)
    assert {PAGE, None} >= set(pages)
    assert "damaged" in damage or None in pages


@pytest.mark.parametrize("text", ["{}", "nonsense", '{"tokens": 5, "width": 1, "height": 1}'])
def test_a_damaged_page_is_told(path, text):
    with Store(path) as store:
        store.put_page("aa", "engine", PAGE)
        with sqlite3.connect(path) as db:
            db.execute("UPDATE pages SET page = ?", (text,))
        with pytest.raises(StoreError, match="damaged") as raised:
            store.page("aa", "engine")
    assert "\n" not in str(raised.value)


def test_a_name_inside_that_is_no_text_is_told_as_damage(path):
    with Store(path):
        pass
    data = path.read_bytes()
    path.write_bytes(data.replace(b"CREATE TABLE pages", b"CREATE TABLE p\xefges"))
    with pytest.raises(StoreError, match="damaged"):
        Store(path)


NOT_UTF8 = "CAST(X'7BFF7D' AS TEXT)"


def test_text_that_is_no_text_is_told_as_damage(path):
    with Store(path) as store:
        store.put_page("aa", "engine", PAGE)
        store.put_answers("aa", "engine", "rules", [EMPTY])
        store.put_vlm_answers("aa", "none", "reader", [("width", VlmAnswer("5 inch", 0.5, 0.1))])
        with sqlite3.connect(path) as db:
            db.execute(f"UPDATE pages SET page = {NOT_UTF8}")
            db.execute(f"UPDATE answers SET decision = {NOT_UTF8}")
            db.execute(f"UPDATE vlm_answers SET text = {NOT_UTF8}")
        with pytest.raises(StoreError, match=r"damaged.*--store"):
            store.page("aa", "engine")
        with pytest.raises(StoreError, match="damaged"):
            store.answers("aa", "engine", "rules")
        with pytest.raises(StoreError, match="damaged"):
            store.vlm_answers("aa", "none", "reader")


def test_a_confidence_that_is_no_number_is_told_as_damage(path):
    with Store(path) as store:
        store.put_vlm_answers("aa", "none", "reader", [("width", VlmAnswer("5 inch", 0.5, 0.1))])
        with sqlite3.connect(path) as db:
            db.execute("UPDATE vlm_answers SET confidence = 'high'")
        with pytest.raises(StoreError, match="damaged"):
            store.vlm_answers("aa", "none", "reader")


def test_a_locked_store_is_waited_for_and_then_told(path):
    with Store(path, busy_seconds=0.1) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked by another program"):
            store.put_link("http://x/a", "aa")
        other.execute("ROLLBACK")
        store.put_link("http://x/a", "aa")
        other.close()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        Store(tmp_path / "file" / "store.sqlite3")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path)


def fill(path, name, count):
    with Store(Path(path)) as store:
        for number in range(count):
            store.put_page(f"{name} {number}", "engine", PAGE)
            store.put_answers(f"{name} {number}", "engine", "rules", [EMPTY])


def test_processes_can_make_and_fill_one_store_together(path):
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=fill, args=(str(path), name, 100)) for name in ("a", "b", "c")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with Store(path) as store:
        assert all(store.has_page(f"{name} {number}", "engine") for name in "abc" for number in range(100))

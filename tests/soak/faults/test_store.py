"""A store that is locked, damaged, shared by runs: told in words or made good, and never a wrong answer."""

import random
import sqlite3
import time
from collections import Counter

import pytest
from broken_runs import check_told, check_whole_or_absent
from fake_pages import page_of
from soak_size import size
from stopped_run import StoppableRun

from extractor.cache.store import Store, StoreError
from extractor.stages.answer import Answer
from extractor.stages.reason import Reason
from rules.amount import Amount

DAMAGES = size(short=3, long=12)
DAMAGES_READ = size(short=60, long=3000)
PICTURES = 40
TOGETHER = size(short=3, long=8)


def hold(run):
    """Another program's lock on the store."""
    other = sqlite3.connect(run.folder / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


def test_a_store_locked_for_a_while_is_waited_for(tmp_path, unbroken):
    run = StoppableRun(tmp_path / "run")
    process = run.start()
    run.wait_for_reads(3, process)
    other = hold(run)
    time.sleep(3)
    other.execute("ROLLBACK")
    _, errors = process.communicate(timeout=90)
    assert (process.returncode, errors) == (0, "")
    assert run.output() == unbroken


@pytest.mark.soak
def test_a_store_locked_for_long_is_told(tmp_path, unbroken):
    run = StoppableRun(tmp_path / "run")
    process = run.start()
    run.wait_for_reads(3, process)
    other = hold(run)
    _, errors = process.communicate(timeout=180)
    check_told(process, errors)
    assert "has been locked by another program for 30 s" in errors
    assert not (run.folder / "in_out.csv").exists()
    other.close()
    run.finish()
    assert run.output() == unbroken


def damage(data, chance):
    """The bytes with a fault that a disk or a copy makes."""
    kind = chance.choice(("one bit", "one bit", "some bytes", "a page of zeros", "cut short"))
    at = chance.randrange(len(data))
    if kind == "one bit":
        data[at] ^= 1 << chance.randrange(8)
    elif kind == "some bytes":
        data[at : at + 20] = chance.randbytes(len(data[at : at + 20]))
    elif kind == "a page of zeros":
        at -= at % 4096
        data[at : at + 4096] = bytes(4096)
    else:
        del data[at:]
    return kind


def test_damage_is_told_or_made_good_and_never_a_wrong_answer(tmp_path, unbroken):
    run = StoppableRun(tmp_path / "run")
    run.finish()
    store = run.folder / "store.sqlite3"
    whole = store.read_bytes()
    chance, told = random.Random(11), 0
    for _ in range(DAMAGES):
        data = bytearray(whole)
        kind = damage(data, chance)
        for path in (*run.folder.glob("store.sqlite3*"), *run.folder.glob("in_out*")):
            path.unlink()
        store.write_bytes(data)
        process = run.start(FAKE_OCR_SECONDS="0")
        _, errors = process.communicate(timeout=120)
        if process.returncode:
            told += 1
            check_told(process, errors)
            assert "damaged" in errors, (kind, errors)
            assert not (run.folder / "in_out.csv").exists()
            for path in run.folder.glob("store.sqlite3*"):  # as the message says
                path.rename(path.with_name(f"away.{path.name}"))
            run.finish()
        assert run.output() == unbroken, kind
    print(f"{DAMAGES} damaged stores: {told} told, {DAMAGES - told} made good, 0 wrong answers")


@pytest.fixture
def filled(tmp_path):
    """The path of a store with a page, an answer and a link of each picture."""
    path = tmp_path / "store.sqlite3"
    with Store(path) as store:
        for number in range(PICTURES):
            page = page_of(100 + number)
            amount = Amount(100.0 + number, "centimetre")
            store.put_page(f"{number:064}", "engine", page)
            answer = Answer("width", amount, Reason.ANSWERED, 0.9, evidence=page.tokens[:1])
            store.put_answers(f"{number:064}", "engine", "rules", [answer])
            store.put_link(f"http://a/{number}", f"{number:064}")
    return path


def read(path):
    with Store(path) as store:
        return [
            one
            for number in range(PICTURES)
            for one in (
                store.page(f"{number:064}", "engine"),
                store.answers(f"{number:064}", "engine", "rules").get("width"),
                store.sha256_of(f"http://a/{number}"),
            )
        ]


def test_of_a_damaged_store_nothing_wrong_is_read(filled):
    written, whole = read(filled), filled.read_bytes()
    chance, ends = random.Random(12), Counter()
    for _ in range(DAMAGES_READ):
        data = bytearray(whole)
        kind = damage(data, chance)
        for path in filled.parent.glob("store.sqlite3*"):
            path.unlink()
        filled.write_bytes(data)
        try:
            found = read(filled)
        except StoreError:
            ends["told"] += 1
            continue
        assert all(now is None or now == before for before, now in zip(written, found, strict=True)), kind
        ends["some rows gone" if None in found else "nothing changed"] += 1
    print(f"{DAMAGES_READ} damaged stores: {dict(ends)}, nothing wrong read")


def test_runs_at_once_on_one_store_and_one_output(tmp_path, unbroken):
    run = StoppableRun(tmp_path / "run")
    at_once = [run.start(FAKE_OCR_SECONDS="0.05") for _ in range(TOGETHER)]
    run.wait_for_reads(5, at_once[0])
    at_once.pop().kill()
    for process in at_once:
        _, errors = process.communicate(timeout=300)
        assert (process.returncode, errors) == (0, "")
        check_whole_or_absent(run, unbroken)
    assert run.output() == unbroken
    print(f"{TOGETHER} runs at once on one store and one output, one of them killed: all others ended well")

"""The library and every kind of run give identical answers: they run the very same stages."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

import dataset
from extractor import Extractor
from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.tables.rows import read_rows

FOLDER = Path(dataset.__file__).parent
pytestmark = pytest.mark.xdist_group("same answers")  # one process reads the pictures for all of these


@pytest.fixture(scope="module")
def rows():
    return read_rows(FOLDER / "test.csv")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store") / "store.sqlite3"


@pytest.fixture(scope="module")
def with_store(rows, store):
    """The answers of a run that fills the store."""
    return answers_of(rows, RunOptions(FOLDER, store, workers=2))


def answers_of(rows, options):
    result = asyncio.run(run(rows, options, SilentWatcher()))
    return [answered.answer for answered in result.rows]


def test_the_library_answers_as_a_run_does(rows, with_store):
    entities = defaultdict(list)
    for row in rows:
        entities[row.picture].append(row.entity)
    extractor = Extractor()
    found = {picture: extractor.extract(FOLDER / picture, wanted) for picture, wanted in entities.items()}
    # A run says how rules and VLM came to one answer as well, and so does the library.
    assert [found[row.picture][row.entity] for row in rows] == with_store


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_from_the_store_answers_the_same(rows, store, with_store, workers):
    assert answers_of(rows, RunOptions(FOLDER, store, workers=workers)) == with_store


def test_a_run_without_a_store_answers_the_same(rows, with_store, tmp_path):
    options = RunOptions(FOLDER, tmp_path / "unused.sqlite3", workers=1, use_cache=False)
    assert answers_of(rows, options) == with_store
    assert not options.store.exists()


def test_worker_processes_of_the_library_answer_the_same(rows, with_store):
    pictures = list(dict.fromkeys(row.picture for row in rows))[:12]
    found = Extractor().extract_many([FOLDER / picture for picture in pictures], workers=2)
    by_picture = {Path(one.name).name: one for one in found}
    for row, answer in zip(rows, with_store, strict=True):
        if row.picture in pictures:
            assert by_picture[Path(row.picture).name][row.entity] == answer


def test_some_are_answered_and_some_are_not(with_store):
    answered = sum(answer.amount is not None for answer in with_store)
    assert 100 < answered < len(with_store)


def test_products_are_answered_the_same_everywhere(rows, store, with_store, tmp_path):
    """Of the first pictures two at a time are taken for one product, whatever they show."""
    pictures = list(dict.fromkeys(row.picture for row in rows))[:4]
    product_of = {picture: f"product {i // 2}" for i, picture in enumerate(pictures)}
    asked = [
        replace(row, product=product_of[row.picture], title="Stool 40 cm high")
        for row in rows
        if row.picture in pictures
    ]
    found = answers_of(asked, RunOptions(FOLDER, store, workers=1))
    assert answers_of(asked, RunOptions(FOLDER, store, workers=2)) == found
    assert answers_of(asked, RunOptions(FOLDER, tmp_path / "unused.sqlite3", workers=2, use_cache=False)) == found
    for i in (0, 1):
        own = [(row, answer) for row, answer in zip(asked, found, strict=True) if row.product == f"product {i}"]
        entities = list(dict.fromkeys(row.entity for row, _ in own))
        paths = [FOLDER / picture for picture in pictures[2 * i : 2 * i + 2]]
        product = Extractor().extract_product(paths, "Stool 40 cm high", entities)
        for row, answer in own:
            alone = product[row.entity]
            assert (answer.amount, answer.confidence, answer.statements) == (
                alone.amount,
                alone.confidence,
                alone.statements,
            )

import csv
import sys
from functools import partial

import pytest
from fake_engines import picture_bytes
from fake_pages import ENGINE, dumped, page_of

from rules.constants import ENTITIES
from rules.ranker import LearnedRanker
from rules.select import select


@pytest.fixture
def extractor(run_command, tmp_path, monkeypatch):
    """Runs the command line in `tmp_path` and gives the exit code and what went to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    return run_command


RIGHT = {"width": "{} centimetre", "height": "{} centimetre", "depth": "{} centimetre", "item_weight": "{} gram"}
ADDED = {"width": 0, "height": 1, "depth": 2, "item_weight": 0}


def write_rows(path, numbers, header="image_link,group_id,entity_name,primary,accepted"):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        for number in numbers:
            for entity, form in RIGHT.items():
                label = [form.format(number + ADDED[entity]), ""]
                writer.writerow([f"{number}.png", "1", entity, *label][: header.count(",") + 1])


@pytest.fixture
def labelled(tmp_path, monkeypatch):
    """A label file with the pictures it names; trees are grown few and small."""
    pytest.importorskip("sklearn", reason="needs the fit extra")
    from extractor.training import boosting

    few = partial(
        boosting.BoostOptions, n_estimators=8, bags=1, learning_rate=0.3, max_features=1.0, min_samples_leaf=2
    )
    monkeypatch.setattr(boosting, "BoostOptions", few)
    for number in range(10, 22):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))
    write_rows(tmp_path / "labels.csv", range(10, 22))
    return tmp_path / "labels.csv"


FIT = ("fit", "labels.csv", "--ocr", ENGINE, "--workers", 1, "--folds", 2, "--quiet")


def test_fit_writes_a_ranker_that_answers(extractor, labelled, tmp_path):
    code, out, err = extractor(*FIT, "--out", "own.json")
    assert (code, err) == (0, "ranker    own.json\n")
    first, *others = out.splitlines()
    assert first.startswith("48 rows by eye, 0 to learn from only; F1 by cross-validation 1.000 (TP 48, FP 0, FN 0)")
    scores, coverage = "\n".join(others).split("Coverage at 95% precision")
    assert [line.split()[0] for line in scores.splitlines() if line] == [*ENTITIES, *["threshold"] * 4]
    assert next(line for line in coverage.splitlines() if line.startswith("all")).split()[:4] == [
        "all",
        "48",
        "1.000",
        "1.000",
    ]
    ranker = LearnedRanker.from_json((tmp_path / "own.json").read_text(encoding="utf-8"))
    for entity, form in RIGHT.items():
        assert str(select(page_of(50), entity, ranker).answer) == form.format(float(50 + ADDED[entity]))


def test_fit_leaves_pictures_out_that_are_measured_on(extractor, labelled, tmp_path):
    write_rows(tmp_path / "measured.csv", range(10, 13), "image_link,group_id,entity_name")
    code, out, _ = extractor(*FIT, "--without", "measured.csv")
    assert code == 0
    assert out.startswith("36 rows by eye, 0 to learn from only; ")
    assert (tmp_path / "ranker.json").exists()


def test_fit_learns_from_a_catalogue_but_its_dimensions(extractor, labelled, tmp_path):
    header = "image_link,group_id,entity_name,said"
    write_rows(tmp_path / "catalogue.csv", range(10, 40), header)
    dump = "".join(f"{dumped(number, f'{number}.png')}\n" for number in range(8, 38))
    (tmp_path / "dump.jsonl").write_text(dump)
    write_rows(tmp_path / "measured.csv", (30, 31), "image_link,group_id,entity_name")
    catalogue = ("--catalogue", "catalogue.csv", "--tokens", "dump.jsonl", "--label-column", "said")
    code, out, _ = extractor(*FIT, *catalogue, "--without", "measured.csv")
    assert code == 0
    assert out.startswith("48 rows by eye, 26 to learn from only; ")


def test_fit_learns_from_taught_rows_and_is_not_measured_on_them(extractor, labelled, tmp_path):
    write_rows(tmp_path / "teach.csv", range(22, 25))
    for number in range(22, 25):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))
    write_rows(tmp_path / "measured.csv", (22,), "image_link,group_id,entity_name")
    code, out, _ = extractor(*FIT, "--teach", "teach.csv", "--without", "measured.csv")
    assert code == 0
    assert out.startswith("48 rows by eye, 8 to learn from only; F1 by cross-validation 1.000 (TP 48, FP 0, FN 0)")


@pytest.mark.parametrize("option", [("--catalogue", "labels.csv"), ("--tokens", "dump.jsonl")])
def test_fit_wants_a_catalogue_with_its_text(extractor, labelled, option):
    code, out, err = extractor(*FIT, *option)
    assert (code, out) == (2, "")
    assert "--catalogue and --tokens" in err


def test_fit_says_so_before_it_reads_when_the_ranker_cannot_be_written(extractor, labelled, tmp_path):
    code, _, err = extractor(*FIT, "--out", "absent/own.json")
    assert code == 2
    assert "absent/own.json cannot be written" in err
    assert not (tmp_path / "store.sqlite3").exists()


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("labels.csv", "is the input labels.csv"),
        ("dump.jsonl", "is the input dump.jsonl"),
        ("measured.csv", "is the input measured.csv"),
        ("10.png", "is the input 10.png"),
        ("store.sqlite3", "belongs to the store"),
        ("own.json.gz", "may not end in .gz"),
    ],
)
def test_fit_writes_over_none_of_its_inputs(extractor, labelled, tmp_path, out, message):
    write_rows(tmp_path / "measured.csv", (10,), "image_link,group_id,entity_name")
    (tmp_path / "dump.jsonl").write_text(dumped(10, "10.png"))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    read = ("--catalogue", "measured.csv", "--tokens", "dump.jsonl", "--without", "measured.csv")
    code, _, err = extractor(*FIT, *read, "--out", out)
    assert code == 2
    assert message in err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_fit_on_too_few_rows_asks_for_more(extractor, labelled, tmp_path):
    write_rows(tmp_path / "labels.csv", [])
    with (tmp_path / "labels.csv").open("a") as file:
        file.write("10.png,1,item_weight,10 gram,\n")
    code, _, err = extractor(*FIT)
    assert code == 2
    assert "more labelled rows" in err
    assert not (tmp_path / "ranker.json").exists()


def test_fit_without_scikit_learn_says_what_to_install(extractor, labelled, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    code, _, err = extractor(*FIT)
    assert code == 2
    assert "fitting needs scikit-learn: install the extra fit of product-picture-extractor: " in err

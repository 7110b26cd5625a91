"""The committed data is consistent, and the generator makes the same data from the same seed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from dataset.synthetic.build import Split, build_test, build_train, of_other_units
from dataset.synthetic.families.other_units import OTHER_UNITS, OtherUnit
from dataset.synthetic.geometry import overlap
from dataset.synthetic.goods import GOODS, Fact, Good
from dataset.synthetic.measure import PRINTED_IN, answer, printed
from dataset.synthetic.paint.fonts import FontBook, FontsMissingError
from dataset.synthetic.paint.legibility import faults
from dataset.synthetic.paint.painter import paint
from dataset.synthetic.scene import Cue, Text
from dataset.synthetic.write import write_tables
from rules.amount import Amount
from rules.constants import DIMENSIONS, ENTITIES, ENTITY_UNITS
from rules.normalise import normalise
from rules.quantity import find_quantities
from rules.units import in_base, kind_of

DATASET = Path(__file__).parents[2] / "dataset"
BUDGET = 8 * 1024 * 1024
ANSWER = re.compile(r"\d+\.\d+ [a-z ]+")


def read(name: str) -> list[dict[str, str]]:
    with (DATASET / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def labels() -> list[dict[str, str]]:
    return read("test_labels.csv")


@pytest.fixture(scope="module")
def test_split() -> Split:
    return build_test()


def is_answer(text: str, entity: str) -> bool:
    return ANSWER.fullmatch(text) is not None and text.split(" ", 1)[1] in ENTITY_UNITS[entity]


def test_test_has_enough_rows_over_enough_pictures() -> None:
    rows = read("test.csv")
    assert list(rows[0]) == ["index", "image_link", "group_id", "entity_name"]
    assert len(rows) >= 150
    assert len({row["image_link"] for row in rows}) >= 60


def test_indices_are_unique_and_have_gaps() -> None:
    indices = [int(row["index"]) for row in read("test.csv")]
    assert indices == sorted(set(indices))
    assert indices[-1] - indices[0] >= len(indices)


def test_labels_are_of_the_same_rows(labels: list[dict[str, str]]) -> None:
    asked = ("index", "image_link", "group_id", "entity_name")
    assert [{name: row[name] for name in asked} for row in labels] == read("test.csv")


def test_all_entities_and_cues_are_present(labels: list[dict[str, str]]) -> None:
    entities = Counter(row["entity_name"] for row in labels)
    assert set(entities) == set(ENTITIES)
    assert min(entities.values()) >= 6
    assert {row["cue"] for row in labels} == {cue.value for cue in Cue}


def test_about_one_row_in_eight_is_not_stated(labels: list[dict[str, str]]) -> None:
    absent = [row for row in labels if row["primary"] == "EMPTY"]
    assert all(row["cue"] == "absent" and row["accepted"] == "" for row in absent)
    assert 0.1 <= len(absent) / len(labels) <= 0.16
    assert Counter(row["entity_name"] for row in absent).most_common(1)[0][0] == "depth"


def test_stated_answers_are_in_units_of_their_entity(labels: list[dict[str, str]]) -> None:
    for row in labels:
        if row["cue"] == "absent":
            continue
        accepted = [text for text in row["accepted"].split("|") if text not in {"", "EMPTY"}]
        assert all(is_answer(text, row["entity_name"]) for text in (row["primary"], *accepted)), row


def test_drawings_decide_only_dimensions(labels: list[dict[str, str]]) -> None:
    decided_by_place = {row["entity_name"] for row in labels if row["cue"] in {"arrow", "drawing", "letter", "product"}}
    assert decided_by_place == DIMENSIONS


def test_train_states_every_value() -> None:
    rows = read("train.csv")
    assert list(rows[0]) == ["image_link", "group_id", "entity_name", "entity_value"]
    assert {row["entity_name"] for row in rows} == set(ENTITIES)
    assert all(is_answer(row["entity_value"], row["entity_name"]) for row in rows)
    assert len({row["image_link"] for row in rows}) >= 30


def test_every_picture_decodes_and_is_asked_about() -> None:
    linked = {row["image_link"] for name in ("test.csv", "train.csv") for row in read(name)}
    assert linked == {f"images/{path.name}" for path in (DATASET / "images").iterdir()}
    for link in linked:
        with Image.open(DATASET / link) as picture:
            picture.load()
            assert min(picture.size) >= 300


def test_data_fits_its_budget() -> None:
    files = [*DATASET.glob("*.csv"), *(DATASET / "images").iterdir()]
    assert sum(path.stat().st_size for path in files) <= BUDGET


def test_committed_tables_are_what_the_generator_writes(test_split: Split, tmp_path: Path) -> None:
    write_tables(test_split, build_train(), tmp_path)
    for name in ("test.csv", "test_labels.csv", "train.csv"):
        assert (tmp_path / name).read_bytes() == (DATASET / name).read_bytes(), name


def test_same_seed_gives_the_same_scenes(test_split: Split) -> None:
    assert build_test() == test_split


def test_another_seed_gives_other_scenes(test_split: Split) -> None:
    assert build_test(seed=1).rows != test_split.rows


def test_painting_is_reproducible_and_legible(test_split: Split) -> None:
    try:
        fonts = FontBook()
    except FontsMissingError as missing:
        pytest.skip(str(missing))
    for shot in test_split.shots[:2]:
        first, second = paint(shot.scene, fonts), paint(shot.scene, fonts)
        assert first.picture.tobytes() == second.picture.tobytes()
        assert faults(shot.scene, first) == []


def test_missing_fonts_are_named_with_a_way_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FontsMissingError, match=r"LiberationSans-Bold\.ttf.*Debian packages.*--fonts"):
        FontBook(tmp_path)


@pytest.mark.parametrize(
    ("form", "base", "comma", "text", "answers"),
    [
        ("{cm} cm / {in} in", 95, False, "9.5 cm / 3.74 in", ("9.5 centimetre", "3.74 inch")),
        ('{frac}"', 38, False, '1 1/2"', ("1.5 inch",)),
        ('{frac}"', 13, False, '1/2"', ("0.5 inch",)),
        ("{kg} kg", 1500, True, "1,5 kg", ("1.5 kilogram",)),
        ("{g} g", 34, False, "34 g", ("34.0 gram",)),
        ("{cm}cm", 2000, False, "200cm", ("200.0 centimetre",)),
    ],
)
def test_printed_measures_say_what_their_answers_say(
    form: str, base: int, comma: bool, text: str, answers: tuple[str, ...]
) -> None:
    what = printed(form, base, comma)
    assert (what.text, what.answers) == (text, answers)


@pytest.mark.parametrize("unit", OTHER_UNITS.values(), ids=OTHER_UNITS)
def test_amounts_in_other_units_are_labelled_as_the_rules_convert_them(unit: OtherUnit) -> None:
    rng = Random(unit.field)
    for form in unit.forms * 20:
        what = printed(form, unit.amount(rng))
        number, name = what.answers[0].split(" ", 1)
        converted = normalise(what.text, unit.entity)
        assert isinstance(converted, Amount)
        assert (converted.value, converted.unit) == (pytest.approx(float(number), rel=1e-9), name)
        assert what.note.removeprefix(PRINTED_IN) not in ENTITY_UNITS[unit.entity]


def test_rows_of_other_units_are_in_both_files(labels: list[dict[str, str]]) -> None:
    other = [row for row in labels if row["note"].startswith(PRINTED_IN)]
    assert len(other) >= 15
    assert {row["cue"] for row in other} >= {"arrow", "drawing", "text"}
    taught = [row.statement.note for row in build_train().rows]
    assert len([note for note in taught if note.startswith(PRINTED_IN)]) >= 15


def test_pictures_of_other_units_can_be_made_alone() -> None:
    whole = build_train(seed=1)
    other = of_other_units(whole)
    notes = {row.picture: row.statement.note for row in whole.rows}
    assert {shot.name for shot in other.shots} == {name for name, note in notes.items() if note.startswith(PRINTED_IN)}
    assert set(other.rows) < set(whole.rows)
    assert {row.picture for row in other.rows} == {shot.name for shot in other.shots}


FACTS = {f"{good.name}: {fact.name}": fact for good in GOODS.values() for fact in (*good.facts, good.contents) if fact}


@pytest.mark.parametrize("fact", [fact for fact in FACTS.values() if fact.entity], ids=lambda fact: fact.name)
def test_amounts_of_goods_are_labelled_as_the_rules_read_them(fact: Fact) -> None:
    rng = Random(fact.name)
    for place in (0.0, 0.4, 0.7, 0.99) * 5:
        form, amount, lower = fact.chosen(rng, place)
        assert ("{lower}" in form) is (lower is not None)
        what = printed(form.replace("{lower}", str(lower)), amount)
        number, name = what.answers[0].split(" ", 1)
        read = normalise(what.text, fact.entity)
        assert isinstance(read, Amount)
        assert (read.value, read.unit) == (float(number), name)
        assert is_answer(what.answers[0], fact.entity)


@pytest.mark.parametrize("good", [good for good in GOODS.values() if any(f.short == "G.W." for f in good.facts)])
def test_a_good_weighs_more_with_its_box(good: Good) -> None:
    net, gross = (next(fact for fact in good.facts if fact.short == short) for short in ("N.W.", "G.W."))
    heaviest = max(map(float, net.amounts))
    for form in gross.forms:
        box = normalise(form, "item_weight")
        assert isinstance(box, Amount)
        assert in_base(box.value, box.unit) > in_base(heaviest, "gram")


def test_sheets_hold_many_amounts_of_several_kinds(test_split: Split) -> None:
    """As a reader then has to choose, and the rules to check its choice."""
    sheets = [shot.scene for shot in test_split.shots if int(shot.name[5:9]) > 116]
    kinds = []
    for scene in sheets:
        texts = [item.text for item in scene.items if isinstance(item, Text)]
        assert len([text for text in texts if re.search(r"\d\)? ?[A-Za-z°%\"]", text)]) >= 7, texts
        kinds.append({kind_of(quantity.unit) for text in texts for quantity in find_quantities(text)})
    assert len([one for one in kinds if len(one) > 1]) >= 14


def test_pictures_of_several_seeds_can_be_told_apart_by_name() -> None:
    """As `prepare` and `train` keep held-out pictures apart."""
    names = [{shot.name for shot in build_train(seed).shots} for seed in (1, 2)]
    assert not names[0] & names[1]


def test_answers_have_no_exponent() -> None:
    assert answer(Decimal("1E+3"), "gram") == "1000.0 gram"


@pytest.mark.parametrize(
    ("segment", "crosses"),
    [(((0, 0), (10, 10)), True), (((0, 8), (2, 12)), False), (((6, 5), (20, 5)), True)],
)
def test_overlap_of_a_segment_and_a_square(segment: tuple[tuple[float, float], ...], crosses: bool) -> None:
    square = ((4.0, 4.0), (8.0, 4.0), (8.0, 8.0), (4.0, 8.0))
    assert overlap(square, segment) is crosses

"""Tables with entities of a user's own: what is read with them, and that official answers stay the same."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from drawn_page import after, page, under, word
from hypothesis import given, settings
from hypothesis import strategies as st
from own_tables import BATTERY, CABLE, CURRENT, OWN, PAGES, SCREEN

from ocr.token import OcrToken
from rules.amount import Amount, Rejection
from rules.constants import ENTITIES
from rules.entities import OFFICIAL, Entity, EntityTable, EntityTableError, allowed_unit
from rules.lexicon import STANDARD
from rules.normalise import normalise
from rules.quantity import Quantity, find_quantities
from rules.ranker import HandSetRanker
from rules.sanity import prediction_fault
from rules.select import Reason, select, selections

CASES = Path(__file__).parent / "cases"
OWN_CASES = yaml.safe_load((CASES / "own_quantities.yaml").read_text(encoding="utf-8"))
ALL_TEXTS = [
    case["text"] for path in sorted(CASES.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def written(quantity: Quantity) -> str:
    count = f"{quantity.count} x " if quantity.count > 1 else ""
    upper = "" if quantity.upper is None else f" to {quantity.upper:g}"
    return f"{count}{quantity.value:g}{upper} {quantity.unit}"


@pytest.mark.parametrize("case", OWN_CASES, ids=lambda case: case["text"])
def test_what_a_line_states_with_own_units(case: dict[str, Any]) -> None:
    read = [written(quantity) for quantity in find_quantities(case["text"], OWN.own_lexicon)]
    assert read == [one for stated in case["quantities"] for one in stated.split(", ")]


@pytest.mark.parametrize(
    "text", [case["text"] for case in OWN_CASES if "-" in str(case["quantities"]) or "ampere" in str(case)]
)
def test_own_units_are_unknown_without_their_table(text: str) -> None:
    assert not any("ampere" in q.unit or "hour" in q.unit for q in find_quantities(text))


@pytest.mark.parametrize("ranker", [None, HandSetRanker()], ids=["learned", "hand-set"])
def test_own_entities_change_nothing_about_the_official_ones(ranker: HandSetRanker | None) -> None:
    """On each case as a line of a page of its own, and on pages of many cases below each other."""
    alone = [page(word(text, 500, 500)) for text in ALL_TEXTS]
    together = [
        page(*(word(text, 500, 40 + 30 * i) for i, text in enumerate(ALL_TEXTS[at : at + 30])))
        for at in range(0, len(ALL_TEXTS), 30)
    ]
    for drawn in (*alone, *together):
        mixed = [s for s in selections(drawn, OWN.names, ranker, OWN) if s.entity in ENTITIES]
        assert mixed == list(selections(drawn, ENTITIES, ranker))


@pytest.mark.parametrize(
    ("text", "entity", "answer"),
    [
        ("5000 mAh", "battery_capacity", "5000.0 milliampere-hour"),
        ("5 Ah", "battery_capacity", "5.0 ampere-hour"),
        ("27 inches", "screen_size", "27.0 inch"),
        ("686 mm", "screen_size", "27.00787402 inch"),
        ("200 cm", "cable_length", "200.0 centimetre"),
        ("128 Seiten", "page_count", "128.0 page"),
        ("unanswerable", "page_count", Rejection.UNANSWERABLE),
        ("5 kg", "battery_capacity", Rejection.WRONG_UNIT),
        ("5 mAh", "battery_capacity", Rejection.IMPLAUSIBLE),
        ("900 inch", "screen_size", Rejection.IMPLAUSIBLE),
        ("5000 mAh", "wattage", Rejection.UNKNOWN_UNIT),
    ],
)
def test_the_answer_that_a_text_states(text: str, entity: str, answer: str | Rejection) -> None:
    found = normalise(text, entity, OWN)
    assert (found if isinstance(answer, Rejection) else str(found)) == answer


def answer(entity: str, *tokens: OcrToken, table: EntityTable = OWN) -> str | None:
    selection = select(page(*tokens), entity, table=table)
    return None if selection.answer is None else str(selection.answer)


HEADING = word("Screen size", 300, 100)
PAGES_OF = {
    "a keyword before": ("screen_size", (word("Screen 6.7 inch", 300, 100),), "6.7 inch"),
    "a keyword behind": ("screen_size", (word("6.7 inch display", 300, 100),), "6.7 inch"),
    "a keyword in a heading": ("screen_size", (HEADING, under(HEADING, "6.7 inch", 0.3)), "6.7 inch"),
    "no keyword for a shared unit": ("screen_size", (word("6.7 inch", 300, 100),), None),
    "no keyword for a unit of its own": ("battery_capacity", (word("5000 mAh", 300, 100),), "5000.0 milliampere-hour"),
    "the amount with the keyword": (
        "battery_capacity",
        (word("Case 900 mAh", 300, 100), word("Battery 5000 mAh", 300, 300)),
        "5000.0 milliampere-hour",
    ),
    "two amounts in a line": ("screen_size", (word("Display 6.5 inch Strap 9 inch", 300, 100),), "6.5 inch"),
    "another dimension": ("screen_size", (word("Display width: 14 cm", 300, 100),), None),
    "another dimension under a keyword": (
        "screen_size",
        (word("Monitor stand", 300, 60), word("Height 14 cm", 300, 100)),
        None,
    ),
    "a dimension of one's own": ("cable_length", (word("Cable length: 1.5 m", 300, 100),), "1.5 metre"),
    "no cable": ("cable_length", (word("Width 1.5 m", 300, 100),), None),
    "an implausible amount": ("page_count", (word("99999 pages", 300, 100),), None),
    "no text": ("page_count", (), None),
}


@pytest.mark.parametrize(("entity", "tokens", "stated"), PAGES_OF.values(), ids=PAGES_OF.keys())
def test_what_a_page_states(entity: str, tokens: tuple[OcrToken, ...], stated: str | None) -> None:
    assert answer(entity, *tokens) == stated


def test_an_own_entity_takes_no_amount_away() -> None:
    tokens = (word("Width 60 cm", 500, 930), after(word("Display 27 inch", 500, 200), "HD"))
    assert answer("screen_size", *tokens[:1], word("Display 27 inch", 500, 200)) == "27.0 inch"
    assert answer("width", *tokens[:1], word("Display 27 inch", 500, 200)) == "60.0 centimetre"


def test_the_reason_without_candidates() -> None:
    assert select(page(word("hello", 100, 100)), "page_count", table=OWN).reason is Reason.NO_CANDIDATE


def test_tables_are_values() -> None:
    again = pickle.loads(pickle.dumps(OWN))
    assert again == OWN
    assert (hash(again), again.fingerprint, again.own_lexicon) == (hash(OWN), OWN.fingerprint, OWN.own_lexicon)
    other = EntityTable((replace(BATTERY, keywords=("accu",)), *OWN.own[1:]))
    assert other != OWN
    assert other.fingerprint != OWN.fingerprint
    assert OFFICIAL.fingerprint == ""
    assert OFFICIAL.names == ENTITIES


def test_two_tables_side_by_side() -> None:
    cells = replace(
        BATTERY, name="cells", units=("cell",), spellings=(("mah", "cell"),), plausible=limits(1, 9e9, "cell")
    )
    text = word("Battery 5000 mAh", 300, 100)
    assert answer("cells", text, table=EntityTable((cells,))) == "5000.0 cell"
    assert answer("battery_capacity", text) == "5000.0 milliampere-hour"


def test_the_lexicon_of_an_official_entity_is_the_standard_one() -> None:
    assert {OWN.lexicon_of(name) for name in ENTITIES} == {STANDARD}
    assert EntityTable((SCREEN,)).lexicon_of("screen_size") == STANDARD


def test_units_that_one_entity_alone_lists() -> None:
    assert OWN.listing("milliampere-hour") == ("battery_capacity",)
    assert OWN.listing("inch") == ("width", "depth", "height", "screen_size", "cable_length")


def test_unknown_entities_are_key_errors() -> None:
    with pytest.raises(KeyError):
        normalise("5 mAh", "battery_capacity")
    with pytest.raises(KeyError):
        allowed_unit("inch", "colour", OWN)


@pytest.mark.parametrize(
    ("prediction", "entity", "fault"),
    [
        ("5000.0 milliampere-hour", "battery_capacity", None),
        ("", "battery_capacity", None),
        ("5000.0 mah", "battery_capacity", "'mah' is not a unit of battery_capacity"),
        ("5000 gram", "battery_capacity", "'gram' is not a unit of battery_capacity"),
        ("many pages", "page_count", "'many pages' is not a plain number, a blank and a unit"),
        ("5000.0 milliampere-hour", "wattage", "'5000.0 milliampere-hour' is not a plain number, a blank and a unit"),
        ("5000.0 milliampere-hour", None, "'5000.0 milliampere-hour' is not a plain number, a blank and a unit"),
        ("96.0 page", "width", "'page' is not an allowed unit"),
        ("1.0 gram", "colour", "unknown entity 'colour'"),
    ],
)
def test_faults_of_predictions(prediction: str, entity: str | None, fault: str | None) -> None:
    assert prediction_fault(prediction, entity, OWN) == fault


def limits(smallest: float, largest: float, unit: str) -> tuple[Amount, Amount]:
    return Amount(smallest, unit), Amount(largest, unit)


FAULTS = {
    "an official name": (replace(SCREEN, name="width"), "'width': this is one of the official eight"),
    "a bad name": (replace(SCREEN, name="Screen size"), "'Screen size': name it in small letters"),
    "a long name": (replace(SCREEN, name="a" * 61), "at most 60"),
    "no units": (replace(SCREEN, units=()), "'screen_size': units: name at least one"),
    "a bad unit": (replace(SCREEN, units=("inch", '"')), "units: write the name '\"' out"),
    "an unknown unit": (
        replace(PAGES, spellings=()),
        "'page_count': units: 'page' is not known: give its spellings, as in page: [pa]",
    ),
    "spellings of another unit": (
        replace(SCREEN, spellings=(("pp", "page"),)),
        "units: 'page' has spellings and is not among the units: add it",
    ),
    "units of two kinds": (
        replace(SCREEN, units=("inch", "gram")),
        "units: 'gram' and 'inch' do not measure the same: make two entities of them",
    ),
    "units that convert by more than a factor": (
        replace(PAGES, units=("page", "decibel"), spellings=(("pages", "page"), ("db", "decibel"))),
        "units: 'decibel' and 'page' do not measure the same",
    ),
    "a range of another kind": (
        replace(SCREEN, plausible=limits(1, 9, "gram")),
        "plausible: 'gram' does not measure what 'inch' does: use one of its units",
    ),
    "a range that is upside down": (
        replace(SCREEN, plausible=limits(9, 1, "inch")),
        "plausible: 9.0 inch is more than 1.0",
    ),
    "a range that begins at 0": (replace(SCREEN, plausible=limits(0, 1, "inch")), "both ends are numbers above 0"),
    "no keywords": (replace(SCREEN, keywords=()), "keywords: name at least one word"),
    "an empty keyword": (replace(SCREEN, keywords=(" ",)), "keywords: ' ' is no word"),
    "a sign as a spelling": (replace(PAGES, spellings=(("x", "page"),)), "units: 'x' cannot spell page"),
    "a number as a spelling": (replace(PAGES, spellings=(("100s", "page"),)), "units: '100s' cannot spell page"),
    "nothing as a spelling": (replace(PAGES, spellings=(("", "page"),)), "units: '' cannot spell page"),
    "a spelling that has a meaning": (replace(PAGES, spellings=(("G", "page"),)), "units: 'G' already spells gram"),
}


@pytest.mark.parametrize(("entity", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_entities_that_cannot_be_used(entity: Entity, fault: str) -> None:
    with pytest.raises(EntityTableError, match=re.escape(fault)) as raised:
        EntityTable((entity,))
    assert len(raised.value.faults) == 1, raised.value.faults


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        ((SCREEN, SCREEN), "'screen_size': there are two entities of this name"),
        (
            (CURRENT, replace(PAGES, spellings=(("A", "page"),))),
            "'page_count': units: 'A' spells page, and for 'current' ampere: choose one",
        ),
    ],
)
def test_entities_that_do_not_go_together(own: tuple[Entity, ...], fault: str) -> None:
    with pytest.raises(EntityTableError, match=re.escape(fault)):
        EntityTable(own)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(EntityTableError) as raised:
        EntityTable((replace(SCREEN, keywords=(), name="B"), replace(CABLE, units=("gram", "inch"))))
    assert len(raised.value.faults) == 4, raised.value.faults


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
unit_names = st.from_regex(r"[a-z]{1,8}([ -][a-z]{1,8}){0,2}", fullmatch=True) | st.sampled_from(
    ["inch", "gram", "milliampere-hour", "litre per minute", "per per", "square metre", "decibel", "page", "watt-hour"]
)


@st.composite
def tables(draw: st.DrawFn) -> EntityTable | None:
    """Tables of all sorts; None for those that are refused."""
    own = []
    for i in range(draw(st.integers(1, 3))):
        unit = draw(unit_names)
        spellings = tuple((spelling, unit) for spelling in draw(st.lists(words, min_size=1, max_size=3)))
        keywords = tuple(draw(st.lists(words, min_size=1, max_size=3)))
        own.append(Entity(f"own_{i}", (unit,), keywords, limits(1e-9, 1e12, unit), draw(st.booleans()), spellings))
    try:
        return EntityTable(tuple(own))
    except EntityTableError:
        return None


@settings(max_examples=150)
@given(tables(), st.data())
def test_any_table_and_any_text(table: EntityTable | None, data: st.DataObject) -> None:
    """Nothing raises, and each answer is fit for a submission and reads back as itself."""
    if table is None:
        return
    pieces = [spelling for entity in table.own for spelling, _ in entity.spellings]
    pieces += [keyword for entity in table.own for keyword in entity.keywords]
    fragments = st.one_of(st.integers(0, 10**7).map(str), st.sampled_from([*pieces, " ", "x", "-", "1e999", "9" * 320]))
    text = "".join(data.draw(st.lists(st.one_of(fragments, st.text(max_size=5)), max_size=12)))
    drawn = page(word(text, 300, 100), word(data.draw(fragments), 300, 130))
    for selection in selections(drawn, table.names, None, table):
        assert 0 <= selection.confidence <= 1
    for name in table.own_names:
        answer = normalise(text, name, table)
        if isinstance(answer, Amount):
            assert prediction_fault(str(answer), name, table) is None
            assert normalise(str(answer), name, table) == answer

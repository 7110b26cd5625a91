import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.stages.title import LONGEST_TITLE, TITLE_TRUST, title_answers
from rules.constants import ENTITIES


def stated(title):
    """The answers that a title gives, by entity."""
    return {answer.entity: answer.text for answer in title_answers(title, ENTITIES) if answer.amount}


@pytest.mark.parametrize(
    ("title", "answers"),
    [
        ("", {}),
        ("Blue vase", {}),
        ("Vase 12 inch", {}),
        ("Storage box 30 x 20 x 10 cm", {}),
        ("Vase, height 12 inch", {"height": "12.0 inch"}),
        ("Vase 12 inch tall", {"height": "12.0 inch"}),
        ('Side table 30"W x 20"D x 28"H', {"width": "30.0 inch", "depth": "20.0 inch", "height": "28.0 inch"}),
        ("Wandregal, Breite 60 cm", {"width": "60.0 centimetre"}),
        ("Basmati rice, 500 g pack of 2", {"item_weight": "500.0 gram"}),
        ("Water 6 x 500 ml", {"item_volume": "500.0 millilitre"}),
        (
            "Kettle 220-240V 2200 W, 1.7 L",
            {"voltage": "240.0 volt", "wattage": "2200.0 watt", "item_volume": "1.7 litre"},
        ),
        ("Shelf bracket, max load 100 kg", {"maximum_weight_recommendation": "100.0 kilogram"}),
        ("LED bulb 9W (60W equivalent)", {"wattage": "9.0 watt"}),
        ("Charger for 12V batteries", {}),
        ("Charger for most 12V batteries, 230 V", {"voltage": "230.0 volt"}),
        ("Sleeve, fits 13 inch wide laptops", {}),
        ("Ladegerät für 12V Batterien", {}),
    ],
)
def test_what_a_title_states(title, answers):
    assert stated(title) == answers


def test_a_bare_length_is_a_candidate_that_counts_next_to_nothing():
    (width,) = title_answers("Vase 12 inch", ["width"])
    assert [str(one.amount) for one in width.candidates] == ["12.0 inch"]
    assert width.candidates[0].confidence < 0.1


def test_an_answer_has_its_clause_and_no_place():
    (weight,) = title_answers("Rice, net weight 500 g", ["item_weight"])
    assert (weight.source, weight.evidence, weight.status) == ("title", (), "low_confidence")
    assert [(one.text, one.evidence) for one in weight.candidates] == [("net weight 500 g", ())]
    assert all("_of_" not in name and "letter" not in name for name, _ in weight.candidates[0].features)


def test_of_a_flood_the_beginning_is_read_up_to_a_whole_word():
    said = "Rice, net weight 500 g, "
    assert stated(said + "12 cm x " * 100_000) == stated(said)
    room = " " * (LONGEST_TITLE - len(said) - len("height 12 inch"))
    assert stated(f"{said}{room}height 12 inch") == {"item_weight": "500.0 gram", "height": "12.0 inch"}
    assert stated(f"{said}{room}height  12 inches") == {"item_weight": "500.0 gram"}
    assert stated("5cmx" * 100_000) == {}


@given(st.text() | st.text(alphabet="0123456789 xWHDcmgkg,.()\"'/-forV", max_size=60))
def test_any_text_is_taken_and_none_is_trusted_more_than_a_title(title):
    for answer in title_answers(title, ENTITIES):
        assert answer.reason != "rules_failed"
        assert answer.amount is None or answer.confidence <= TITLE_TRUST

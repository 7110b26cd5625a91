"""The file with attributes of the user's own: its forms, and what is wrong with it in one message."""

import json

import pytest
from own_entities import CONTENT, EXAMPLE, write_entities

from extractor import ExtractorError
from extractor.api.entity_file import entity_table, read_entities
from rules.amount import Amount
from rules.entities import OFFICIAL, Entity
from rules.quantity import find_quantities

SCREEN = {"units": ["inch"], "keywords": ["screen"], "plausible": ["1 inch", "200 inch"]}
BATTERY_TOML = """
[battery_capacity]
keywords = ["battery"]
plausible = ["10 milliampere-hour", "5e2 ampere-hour"]
[battery_capacity.units]
milliampere-hour = ["mah", "ma h"]
ampere-hour = ["ah"]
"""
BATTERY = Entity(
    "battery_capacity",
    ("milliampere-hour", "ampere-hour"),
    ("battery",),
    (Amount(10.0, "milliampere-hour"), Amount(500.0, "ampere-hour")),
    spellings=(("mah", "milliampere-hour"), ("ma h", "milliampere-hour"), ("ah", "ampere-hour")),
)


def test_the_forms_of_a_file(tmp_path):
    toml, as_json, yaml = (tmp_path / f"entities{ending}" for ending in (".toml", ".json", ".yaml"))
    toml.write_text(BATTERY_TOML)
    assert read_entities(toml).own == (BATTERY,)
    as_json.write_text(json.dumps(CONTENT))
    assert read_entities(as_json) == read_entities(write_entities(yaml))
    assert read_entities(as_json)["net_content"].units == ("gram", "kilogram")


def test_sources_of_a_table(tmp_path):
    path = write_entities(tmp_path / "own.yaml")
    table = read_entities(path)
    assert entity_table(None) is OFFICIAL
    assert entity_table(table) is table
    assert entity_table(str(path)) == entity_table(path) == table


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "", "it holds no entities"),
        ("a.yaml", "- width", "it holds no entities"),
        ("a.yaml", "a: [", "it is not YAML"),
        ("a.toml", "a", "it is not TOML"),
        ("a.json", "{", "it is not JSON"),
        ("a.txt", "a", "name it .toml, .yaml, .yml or .json, by what it holds"),
        ("none.yaml", None, "No such file or directory"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ExtractorError) as raised:
        read_entities(tmp_path / name)
    assert str(raised.value).startswith(f"{tmp_path / name}: ")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (None, "'a': write units, keywords and plausible below it"),
        ("inch", "'a': write units, keywords and plausible below it"),
        ({**SCREEN, "colour": 1}, "'a': colour: there is no such key; there are units, keywords, plausible, dimension"),
        ({"units": ["inch"], "keywords": ["screen"]}, "'a': plausible: it is missing"),
        ({**SCREEN, "units": "inch"}, "'a': units: write a list of names"),
        ({**SCREEN, "units": {"page": "pages"}}, "'a': units: write a list of names"),
        ({**SCREEN, "keywords": "screen"}, "'a': keywords: write a list of words"),
        ({**SCREEN, "keywords": [5]}, "'a': keywords: write a list of words"),
        ({**SCREEN, "keywords": []}, "'a': keywords: name at least one word"),
        ({**SCREEN, "dimension": "perhaps"}, "'a': dimension: write true or false"),
        ({**SCREEN, "plausible": "1 to 200 inch"}, "'a': plausible: write two amounts"),
        ({**SCREEN, "plausible": [1, 200]}, "'a': plausible: write two amounts"),
        ({**SCREEN, "plausible": ["1 inch"]}, "'a': plausible: write two amounts"),
        ({**SCREEN, "plausible": ["1 inch", "many inches"]}, "'a': plausible: write two amounts"),
        ({**SCREEN, "plausible": ["1 inch", "9 gram"]}, "'a': plausible: 'gram' does not measure what 'inch' does"),
        (
            {**SCREEN, "units": ["page"], "plausible": ["1 page", "9 page"]},
            "'a': units: 'page' is not known: give its spellings",
        ),
    ],
)
def test_entries_that_cannot_be_used(tmp_path, entry, fault):
    path = write_entities(tmp_path / "own.yaml", {"a": entry, "b": SCREEN})
    with pytest.raises(ExtractorError) as raised:
        read_entities(path)
    first, *faults = str(raised.value).splitlines()
    assert first.startswith(f"{path} cannot be used (1 fault):")
    assert faults[0].startswith(f"  {fault}")
    assert len(faults) == 1


def test_all_faults_are_one_message(tmp_path):
    path = write_entities(tmp_path / "own.yaml", {"width": SCREEN, "b": {**SCREEN, "keywords": []}, "c": 5})
    with pytest.raises(ExtractorError, match="3 faults") as raised:
        read_entities(path)
    assert [line.split(":")[0] for line in str(raised.value).splitlines()[1:]] == ["  'c'", "  'width'", "  'b'"]


@pytest.mark.parametrize(
    ("text", "entity", "stated"),
    [
        ("Akku: 5000 mAh", "battery_capacity", "5000 milliampere-hour"),
        ("20V 5Ah", "battery_capacity", "5 ampere-hour"),
        ("电池 5000 毫安时", "battery_capacity", "5000 milliampere-hour"),
        ("144Hz", "refresh_rate", "144 hertz"),
        ("1 TB SSD", "storage", "1 terabyte"),
        ("800 lm", "luminous_flux", "800 lumen"),
        ("38 dB(A)", "noise_level", "38 decibel"),
        ("A5, 120 pages", "page_count", "120 page"),
        ("cable 1.5 m", "cable_length", "1.5 metre"),
        ('27" display', "screen_size", "27 inch"),
    ],
)
def test_the_example(text, entity, stated):
    table = read_entities(EXAMPLE)
    read = find_quantities(text, table.lexicon_of(entity))
    assert [f"{q.value:g} {q.unit}" for q in read if table[entity].unit_for(q.unit)] == [stated]

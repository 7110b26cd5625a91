"""From labelled rows to examples. Nothing here needs torch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm.finetune.audit import WEIGHT, PageAudit, Support
from vlm.finetune.errors import TrainError
from vlm.finetune.examples import HOLDOUT, TRAIN, read_examples
from vlm.finetune.prepare import AS_PRINTED, LabelledRow, LabelPolicy, PrepareOptions, prepare, write_prepared
from vlm.finetune.split import Member, Split, split_of
from vlm.prompt import UNANSWERABLE

KEEP_ALL = PrepareOptions(holdout=0.0, negatives=0.0)


def row(label, entity="item_weight", *, name="a.jpg", group="1", page=None, **more):
    return LabelledRow(Path("/pictures") / name, page, entity, group, label, **more)


def only(rows, options=KEEP_ALL):
    (example,) = prepare(rows, options).train
    return example


@pytest.mark.parametrize(
    ("label", "entity", "answer"),
    [
        ("500.0 gram", "item_weight", "500 gram"),
        ("1,000.0 gram", "item_weight", "1000 gram"),
        ("1400 milligram", "item_weight", "1400 milligram"),
        ("12.50 centimetre", "width", "12.5 centimetre"),
        ("5 decimetre", "width", "50 centimetre"),
        ("", "width", UNANSWERABLE),
    ],
)
def test_labels_become_answers(label, entity, answer):
    assert only([row(label, entity)]).answer == answer


@pytest.mark.parametrize(
    ("printed", "label", "entity", "answer"),
    [
        ("Motor: 1.5 HP", "1118.55 watt", "wattage", "1.5 horsepower"),
        ("250 cc", "250 millilitre", "item_volume", "250 cubic centimetre"),
        ("1-2 dm", "20 centimetre", "width", "2 decimetre"),
        ("1.5 HP (1119 W)", "1118.55 watt", "wattage", "1118.55 watt"),
        ("16 OZ", "16 fluid ounce", "item_volume", "16 fluid ounce"),
        ("3 HP", "1118.55 watt", "wattage", "1118.55 watt"),
        ("0.000001 m³", "0.001 litre", "item_volume", "0.001 litre"),
        ("40 imperial fl oz", "38.43 fluid ounce", "item_volume", "38.43 fluid ounce"),
    ],
)
def test_an_amount_in_another_unit_is_taught_as_printed(page, printed, label, entity, answer):
    """Unless an allowed unit is printed too, the page says another amount, or no reader may write such a text."""
    example = only([row(label, entity, page=page((printed, 0, 0, 200, 20)))])
    assert example.answer == answer
    as_printed = answer != label
    assert (AS_PRINTED in example.flags) == as_printed
    assert example.accepted == ((label,) if as_printed else ())


@pytest.mark.parametrize(("policy", "answer"), [("upper", "240 volt"), ("lower", "100 volt"), ("drop", None)])
def test_ranges_by_policy(policy, answer):
    rows = [row("240 volt", "voltage", lower_end="100 volt"), row("5 gram", name="b.jpg")]
    prepared = prepare(rows, replace(KEEP_ALL, range=policy))
    answers = [e.answer for e in prepared.train if e.entity == "voltage"]
    assert answers == ([answer] if answer else [])
    assert prepared.report["dropped"] == ({} if answer else {"range": 1})


def test_a_range_is_flagged_and_its_end_audited(page):
    example = only([row("240 volt", "voltage", lower_end="100 volt", page=page(("100-240V", 0, 0, 90, 20)))])
    assert example.flags == ("range", Support.STATED)


@pytest.mark.parametrize(("policy", "reason"), [("upper", "wrong_unit"), ("lower", None)])
def test_of_a_range_the_end_to_learn_decides_whether_it_can_be_used(policy, reason):
    rows = [row("240 gram", "voltage", lower_end="100 volt"), row("5 gram", name="b.jpg")]
    prepared = prepare(rows, replace(KEEP_ALL, range=policy))
    assert prepared.report["dropped"] == ({f"bad_label:{reason}": 1} if reason else {})


def test_a_dropped_range_is_dropped_whatever_is_done_with_unusable_labels():
    rows = [row("240 volt", "voltage", lower_end="100 volt"), row("5 gram", name="b.jpg")]
    options = replace(KEEP_ALL, range="drop", unusable="unanswerable")
    assert prepare(rows, options).report["dropped"] == {"range": 1}


def test_either_end_of_a_range_is_accepted():
    assert set(only([row("240 volt", "voltage", lower_end="100 volt")]).right_answers) == {"240 volt", "100 volt"}


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("3 candela", "bad_label:unknown_unit"),
        ("3 volt", "bad_label:wrong_unit"),
        ("900000000000 ton", "bad_label:implausible"),
        ("1e30 gram", "bad_label:implausible"),
        ("0 gram", "bad_label:not_positive"),
        ("-5 gram", "bad_label:not_positive"),
        ("34", "bad_label:no_unit"),
        ("gram", "bad_label:no_number"),
    ],
)
def test_labels_that_cannot_be_answers_are_dropped_and_counted(label, reason):
    prepared = prepare([row(label), row("5 gram", name="b.jpg")], KEEP_ALL)
    assert [e.answer for e in prepared.train] == ["5 gram"]
    assert prepared.report["dropped"] == {reason: 1}


@pytest.mark.parametrize(
    ("label", "flag"),
    [("3 volt", "was_wrong_unit"), ("3 candela", "was_unknown_unit"), ("1e30 gram", "was_implausible")],
)
def test_or_they_are_unanswerable_and_flagged(label, flag):
    example = only([row(label)], replace(KEEP_ALL, unusable="unanswerable"))
    assert (example.answer, example.right_answers, example.flags) == (UNANSWERABLE, (UNANSWERABLE,), (flag,))


def test_one_bad_label_costs_no_other_question_of_its_picture():
    rows = [row("3 volt"), row("12 cm", "width"), row("99999999 volt", "voltage")]
    prepared = prepare(rows, KEEP_ALL)
    assert [(e.entity, e.answer) for e in prepared.train] == [("width", "12 centimetre")]
    assert sum(prepared.report["dropped"].values()) == 2


def test_gold_answers_are_all_accepted_and_weigh_fully(page):
    other = page(("7 kg", 0, 0, 50, 20))
    example = only([row("34 gram", others=("1.2 ounce", ""), checked=True, page=other)])
    assert example.right_answers == ("34 gram", "1.2 ounce", UNANSWERABLE)
    assert (example.weight, example.flags) == (1.0, (Support.CONTRADICTED,))


@pytest.mark.parametrize(
    ("text", "support"),
    [
        ("Weight 34 g", Support.STATED),
        ("0.034 kg", Support.STATED),
        ("20-34 g", Support.STATED),
        ("34-50 g", Support.STATED),
        ("34 pieces", Support.NUMBER_SEEN),
        ("Weight 7 kg", Support.CONTRADICTED),
        ("made of wood", Support.UNSUPPORTED),
    ],
)
def test_the_page_bears_a_label_out_or_not(page, text, support):
    example = only([row("34 gram", page=page((text, 0, 0, 200, 20)))])
    assert example.flags == (support,)
    assert example.weight == WEIGHT[support]


def test_doubtful_labels_can_be_dropped_or_unanswerable(page):
    rows = [row("34 gram", page=page(("34 pieces", 0, 0, 50, 20))), row("5 gram", name="b.jpg")]
    dropped = prepare(rows, replace(KEEP_ALL, doubtful="drop"))
    assert dropped.report["dropped"] == {"doubtful:number_seen": 1}
    kept = prepare(rows, replace(KEEP_ALL, doubtful="unanswerable"))
    assert [e.answer for e in kept.train] == [UNANSWERABLE, "5 gram"]


@pytest.mark.parametrize("policy", get_args(LabelPolicy))
def test_what_a_person_saw_stands_whatever_the_page_says(page, policy):
    rows = [row("34 gram", checked=True, page=page(("34 pieces, 7 kg", 0, 0, 50, 20)))]
    example = only(rows, replace(KEEP_ALL, doubtful=policy))
    assert (example.answer, example.weight) == ("34 gram", 1.0)


def test_labels_that_ocr_may_have_missed_are_weighed_whatever_the_policy(page):
    rows = [row("34 gram", page=page(("wood", 0, 0, 50, 20)))]
    assert only(rows, replace(KEEP_ALL, doubtful="unanswerable")).answer == "34 gram"


def test_rows_without_picture_and_excluded_ones_are_counted():
    rows = [row("5 gram"), replace(row("5 gram"), picture=None), row("5 gram", name="b.jpg", excluded=True)]
    prepared = prepare(rows, KEEP_ALL)
    assert len(prepared.train) == 1
    assert prepared.report["dropped"] == {"excluded": 1, "no_picture": 1}


def test_no_usable_row_is_an_error_with_the_reasons():
    with pytest.raises(TrainError, match="no_picture 1"):
        prepare([replace(row("5 gram"), picture=None)], KEEP_ALL)


class TestNegatives:
    def test_ask_for_what_neither_page_nor_labels_hold(self, page):
        shown = page(("Weight 34 g", 0, 0, 100, 20), ("220 V", 0, 50, 100, 20))
        prepared = prepare([row("34 gram", page=shown)], replace(KEEP_ALL, negatives=99.0))
        made = {e.entity for e in prepared.train if "negative" in e.flags}
        assert made == {"width", "depth", "height", "wattage", "item_volume"}
        assert all(e.answer == UNANSWERABLE and e.page == shown for e in prepared.train if "negative" in e.flags)

    def test_are_as_many_as_asked_for(self, page):
        rows = [row("34 gram", name=f"{i}.jpg", page=page(("34 g", 0, 0, 50, 20))) for i in range(20)]
        prepared = prepare(rows, replace(KEEP_ALL, negatives=0.3))
        assert prepared.report[TRAIN]["flags"]["negative"] == 6

    def test_stand_on_the_side_of_their_picture(self, page):
        shown = page(("34 g", 0, 0, 50, 20))
        rows = [row("34 gram", name=f"{i}.jpg", group=str(i // 2), page=shown) for i in range(40)]
        prepared = prepare(rows, replace(KEEP_ALL, negatives=2.0, holdout=0.4))
        for side, other in ((prepared.train, prepared.holdout), (prepared.holdout, prepared.train)):
            assert any("negative" in e.flags for e in side)
            assert {e.group for e in side} <= {r.group for r in rows}
            assert not {e.picture for e in side} & {e.picture for e in other}
            assert not {e.group for e in side} & {e.group for e in other}

    def test_are_chosen_by_the_seed_and_the_pictures_name_alone(self, page):
        def made(seed, folder="/pictures"):
            shown = page(("34 g", 0, 0, 50, 20))
            rows = [replace(row("34 gram", page=shown), picture=Path(folder) / f"{i}.jpg") for i in range(20)]
            examples = prepare(rows, replace(KEEP_ALL, seed=seed, negatives=2.0)).train
            return {(Path(e.picture).name, e.entity) for e in examples if "negative" in e.flags}

        assert made(0) == made(0, "/elsewhere") != made(1)

    def test_ask_for_nothing_that_a_dropped_label_names(self, page):
        shown = page(("made of wood", 0, 0, 90, 20))
        rows = [row("34 gram", page=shown), row("bad", "width", page=shown)]
        prepared = prepare(rows, replace(KEEP_ALL, negatives=99.0))
        assert "width" not in {e.entity for e in prepared.train}

    def test_are_not_made_of_pictures_that_nobody_read(self):
        assert len(prepare([row("34 gram")], replace(KEEP_ALL, negatives=9.0)).train) == 1


class TestSplit:
    rows = tuple(row(f"{i + 1} gram", name=f"{i}.jpg", group=str(i // 3)) for i in range(300))

    def test_holds_out_whole_groups_and_pictures(self):
        prepared = prepare(self.rows, replace(KEEP_ALL, holdout=0.2))
        train, held_out = prepared.train, prepared.holdout
        assert 0.1 < len(held_out) / 300 < 0.3
        assert not {e.group for e in train} & {e.group for e in held_out}
        assert not {e.picture for e in train} & {e.picture for e in held_out}

    def test_a_side_follows_from_the_groups_name_for_good(self):
        """Another hash would let rows that were held out for older adapters into the training of newer ones."""
        groups = split_of([Member(f"{i}.jpg", str(i)) for i in range(40)], 0.2).groups
        assert {group for group, side in groups.items() if side == HOLDOUT} == {"4", "9", "20", "25", "26", "32"}
        pictures = split_of([Member(f"{i}.jpg", "") for i in range(20)], 0.2).pictures
        held_out = {picture for picture, side in pictures.items() if side == HOLDOUT}
        assert held_out == {f"{i}.jpg" for i in (5, 6, 7, 8, 18, 19)}

    def test_a_larger_share_holds_out_what_a_smaller_one_does(self):
        few, many = (prepare(self.rows, replace(KEEP_ALL, holdout=share)) for share in (0.1, 0.3))
        assert {e.group for e in few.holdout} < {e.group for e in many.holdout}

    def test_files_prepared_apart_agree(self):
        one, other = (
            prepare(self.rows[part], replace(KEEP_ALL, holdout=0.2)) for part in (slice(0, 200), slice(100, 300))
        )
        assert not {e.group for e in one.train} & {e.group for e in other.holdout}
        assert not {e.group for e in one.holdout} & {e.group for e in other.train}

    def test_groups_that_share_a_picture_go_together(self):
        """Each of them alone would stand on another side: see the sides of 3 and 4 above."""
        members = [Member("c.jpg", "3"), Member("b.jpg", "4"), Member("a.jpg", "3"), Member("a.jpg", "4")]
        split = split_of(members, 0.2)
        assert len(set(split.groups.values()) | set(split.pictures.values())) == 1

    def test_a_group_keeps_its_side_when_rows_are_added(self):
        options = replace(KEEP_ALL, holdout=0.2)
        few, many = prepare(self.rows[:150], options), prepare(self.rows, options)
        assert {e.group for e in few.holdout} <= {e.group for e in many.holdout}
        assert {e.group for e in few.train} <= {e.group for e in many.train}

    @given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), min_size=1, max_size=30))
    def test_a_shared_picture_takes_its_groups_to_one_side(self, pairs):
        members = [Member(f"{picture}.jpg", str(group)) for picture, group in pairs]
        split = split_of(members, 0.5)
        assert all(split.side_of(member) in (TRAIN, HOLDOUT) for member in members)

    def test_what_was_assigned_before_stays(self):
        before = Split(groups={"1": HOLDOUT, "2": TRAIN}, pictures={"x.jpg": HOLDOUT})
        split = split_of([Member("a.jpg", "1"), Member("b.jpg", "2")], 0.0, before)
        assert split.side_of(Member("a.jpg", "1")) == HOLDOUT
        assert split.side_of(Member("b.jpg", "2")) == TRAIN

    def test_a_row_between_both_sides_is_dropped_and_counted(self):
        before = Split(groups={"1": TRAIN}, pictures={"a.jpg": HOLDOUT})
        prepared = prepare([row("5 gram"), row("6 gram", name="b.jpg")], KEEP_ALL, before)
        assert [e.answer for e in prepared.train] == ["6 gram"]
        assert prepared.report["dropped"] == {"split_conflict": 1}

    def test_is_written_and_read(self, tmp_path):
        split = Split({"1": TRAIN}, {"a.jpg": HOLDOUT})
        split.write(tmp_path / "split.json")
        assert Split.read(tmp_path / "split.json") == split

    def test_another_file_is_refused(self, tmp_path):
        for text in ("[]", "{", '{"groups": {}}', '{"groups": {"1": "test"}, "pictures": {}}'):
            (tmp_path / "split.json").write_text(text)
            with pytest.raises(TrainError, match=r"is not a split .*; give the split\.json"):
                Split.read(tmp_path / "split.json")


def test_the_same_rows_give_the_same_examples(page):
    rows = [row("34 gram", name=f"{i}.jpg", group=str(i), page=page(("34 g", 0, 0, 50, 20))) for i in range(30)]
    assert prepare(rows, PrepareOptions()) == prepare(rows, PrepareOptions())


def test_the_folder_holds_both_sides_and_the_counts(page, tmp_path):
    pytest.importorskip("datasets", reason="needs the vlm extra")
    rows = [row("34 gram", name=f"{i}.jpg", group=str(i), page=page(("34 g", 0, 0, 50, 20))) for i in range(30)]
    prepared = prepare(rows, PrepareOptions(holdout=0.3))
    write_prepared(prepared, tmp_path)
    assert read_examples(tmp_path / TRAIN) == prepared.train
    assert read_examples(tmp_path / HOLDOUT) == prepared.holdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert report == prepared.report
    assert report["rows"] == 30
    assert report[TRAIN]["examples"] + report[HOLDOUT]["examples"] == 39


def test_an_audit_of_a_page_without_text_supports_nothing(page):
    from rules.amount import Amount

    assert PageAudit.of(page()).support(Amount(5.0, "gram"), "item_weight") is Support.UNSUPPORTED

import csv
import gzip
import io
import json
import random
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import partial

import pytest
from fake_engines import picture_bytes
from fake_pages import ENGINE, page_of

from extractor.__main__ import main
from extractor.csv_file import InputError
from extractor.errors import ExtractorError
from extractor.fitting.examples import Choice, Question, questions_of, read_token_dump
from extractor.fitting.thresholds import STEPS, Calibration, Held, counts_at, smoothed_best
from extractor.labels import parse_gold_label
from extractor.rows import Row
from rules.constants import ENTITIES
from rules.counts import Counts
from rules.judge import judge
from rules.ranker import LearnedRanker, logistic
from rules.trees import TreeModel

try:
    import sklearn
except ImportError:
    sklearn = None

needs_sklearn = pytest.mark.skipif(sklearn is None, reason="scikit-learn is not installed: pip install extractor[fit]")
ASKED = ("width", "height", "depth", "item_weight")
"""One entity of every group that shares trees."""


def choice(right, **features):
    return Choice(tuple(sorted(features.items())), right)


def questions(pictures=60, seed=0, fact="net", entities=ASKED):
    """Of three candidates that with the largest `fact` is right, but for one question in ten; `noise` says nothing."""
    draw = random.Random(seed)
    return [_question(draw, entity, f"{seed}-{p}.jpg", fact) for p in range(pictures) for entity in entities]


def _question(draw, entity, picture, fact):
    right = draw.randrange(3) if draw.random() < 0.1 else 0
    choices = [
        choice(
            place == right,
            noise=draw.random(),
            **{fact: draw.uniform(0.6, 1.0) if place == 0 else draw.uniform(0, 0.5)},
        )
        for place in range(3)
    ]
    draw.shuffle(choices)
    return Question(entity, picture, stated=True, may_be_empty=False, choices=tuple(choices))


@pytest.fixture(scope="module")
def fitted(options):
    """What comes of the usual questions."""
    from extractor.fitting.crossval import fit_ranker

    return fit_ranker(questions(), [], options, folds=3)


@pytest.fixture(scope="module")
def options():
    """Few small trees: these tests are on what is easy to learn."""
    from extractor.fitting.boosting import BoostOptions

    return BoostOptions(rounds=15, depth=2, learning_rate=0.2, features_per_fork=1.0, bags=2)


class TestFit:
    pytestmark = needs_sklearn

    def test_the_fitted_ranker_tells_right_from_wrong_on_pictures_it_never_saw(self, fitted):
        ranker = LearnedRanker.from_json(fitted.to_json())
        fresh = questions(pictures=100, seed=1)
        best = [max(q.choices, key=lambda c, q=q: ranker.score(c.features, q.entity)) for q in fresh]
        assert sum(c.right for c in best) / len(best) > 0.85
        assert fitted.total.f1 > 0.85
        assert set(fitted.counts) == set(ENTITIES)

    def test_probabilities_mean_what_they_say(self, fitted):
        ranker = LearnedRanker.from_json(fitted.to_json())
        assert all(group.calibration.slope > 0 for group in fitted.groups.values())
        fresh = questions(pictures=100, seed=1)
        scored = [
            (ranker.probability(ranker.score(c.features, q.entity), q.entity), c) for q in fresh for c in q.choices
        ]
        for low, high in ((0.0, 0.5), (0.5, 1.0)):
            bin_ = [(p, c.right) for p, c in scored if low <= p < high]
            assert sum(p for p, _ in bin_) / len(bin_) == pytest.approx(sum(r for _, r in bin_) / len(bin_), abs=0.1)

    def test_the_ranker_scores_as_the_models_of_the_library(self, options):
        """Handed over as plain data, trees give what they gave before, but for rounding."""
        from sklearn.ensemble import GradientBoostingClassifier

        from extractor.fitting.boosting import BoostOptions, features_of, fit_trees

        seen = questions(pictures=30, entities=("width",))
        one = BoostOptions(rounds=10, depth=3, learning_rate=0.2, subsample=1.0, features_per_fork=1.0, bags=1)
        trees = fit_trees(seen, one, 3)
        examples = [features_of(q, i) for q in seen for i in range(3)]
        matrix = [[e.get(name, 0.0) for name in trees.features] for e in examples]
        library = GradientBoostingClassifier(
            n_estimators=10, max_depth=3, learning_rate=0.2, min_samples_leaf=one.smallest_leaf, random_state=3,
            max_features=1.0,
        ).fit(matrix, [c.right for q in seen for c in q.choices])  # fmt: skip
        assert [trees.log_odds(e) for e in examples] == pytest.approx(list(library.decision_function(matrix)), abs=1e-3)

    def test_the_same_seed_makes_the_same_ranker(self, options):
        from extractor.fitting.crossval import fit_ranker

        one, same, other = (fit_ranker(questions(20), [], options, folds=2, seed=seed).to_json() for seed in (1, 1, 2))
        assert one == same != other

    def test_thresholds_are_low_where_answers_are_right_and_high_where_they_are_not(self, options):
        """Widths are always stated; depths are mostly not, and the candidates say no more of it than that."""
        from extractor.fitting.crossval import fit_ranker

        draw = random.Random(2)
        asked = questions(60, entities=("width", "height", "item_weight"))
        for p in range(60):
            stated = draw.random() < 0.4
            choices = (choice(stated, net=draw.uniform(0.4 if stated else 0.0, 1.0)), choice(False, net=0.0))
            asked.append(Question("depth", f"0-{p}.jpg", stated, not stated, choices))
        fitted = fit_ranker(asked, [], options, folds=3)
        assert fitted.thresholds["width"] < fitted.thresholds["depth"]
        assert set(fitted.thresholds.values()) <= set(STEPS)

    def test_more_bags_make_no_larger_log_odds(self, options):
        from dataclasses import replace

        from extractor.fitting.boosting import features_of, fit_trees

        seen = questions(30, entities=("width",))
        example = features_of(seen[0], 0)
        one, five = (fit_trees(seen, replace(options, bags=bags), 0).log_odds(example) for bags in (1, 5))
        assert five == pytest.approx(one, abs=1.0)

    def test_a_feature_that_hardly_any_candidate_has_is_left_out(self, options):
        from extractor.fitting.boosting import MIN_MENTIONS, fit_trees

        seen = questions(30, entities=("width",))
        rare = [
            Question("width", "r.jpg", True, False, (choice(True, rare=1.0, often=1.0), choice(False, often=1.0)))
            for _ in range(MIN_MENTIONS - 1)
        ]
        names = fit_trees([*seen, *rare], options, 0).features
        assert "often" in names
        assert "rare" not in names

    @pytest.mark.parametrize("seen", [[], [Question("width", "a.jpg", True, False, (choice(True, net=1.0),) * 9)]])
    def test_where_there_is_nothing_to_tell_apart_more_rows_are_asked_for(self, options, seen):
        from extractor.fitting.boosting import fit_trees

        with pytest.raises(ExtractorError, match="give more labelled rows"):
            fit_trees(seen, options, 0)

    def test_a_row_of_little_weight_counts_little(self, options):
        """Rows that say the opposite of the others."""
        from extractor.fitting.boosting import features_of, fit_trees

        seen = questions(40, entities=("width",))
        opposite = [
            Question(q.entity, q.picture, True, False, tuple(Choice(c.features, not c.right) for c in q.choices), w)
            for q in seen
            for w in (0.01,)
        ]
        example = Question("width", "new.jpg", True, False, (choice(True, net=0.9), choice(False, net=0.1)))
        right, wrong = (fit_trees([*seen, *opposite], options, 0).log_odds(features_of(example, i)) for i in (0, 1))
        assert right > 0 > wrong


class TestLeftOut:
    """Figures come from rows whose pictures the model has not seen."""

    pytestmark = needs_sklearn

    def test_what_only_identifies_the_picture_does_not_help(self, options):
        """Of some pictures every candidate is right, of the others none; a feature tells the pictures apart."""
        from extractor.fitting.boosting import features_of, fit_trees
        from extractor.fitting.crossval import fit_ranker

        draw = random.Random(5)
        marks = {f"{p}.jpg": (draw.random(), p % 2 == 0) for p in range(40)}
        asked = [
            Question(entity, picture, right, not right, (choice(right, mark=mark, noise=draw.random()),))
            for picture, (mark, right) in marks.items()
            for entity in ASKED
            for _ in range(4)
        ]
        deep = type(options)(rounds=25, depth=8, learning_rate=0.3, features_per_fork=1.0, smallest_leaf=1, bags=1)
        widths = [q for q in asked if q.entity == "width"]
        trees = fit_trees(widths, deep, 0)
        assert all((trees.log_odds(features_of(q, 0)) > 0) == q.choices[0].right for q in widths), "it can be learnt"
        assert fit_ranker(asked, [], deep, folds=4).total.f1 < 0.8

    def test_no_model_sees_a_picture_that_it_is_judged_on(self, options, monkeypatch):
        from extractor.fitting import crossval

        asked, extra = questions(20, entities=ASKED), questions(20, entities=ASKED)
        fits = []

        def spy(seen, options, seed):
            fits.append(seen)
            return TreeModel((), 0.0, ())

        monkeypatch.setattr(crossval, "fit_trees", spy)
        fitted = crossval.fit_ranker(asked, extra, options, folds=5)
        own = {q.picture for q in asked}
        assert len(fits) == len(crossval.GROUPS) * 6
        for first in range(0, len(fits), 6):
            *parts, whole = fits[first : first + 6]
            absent = [own - {q.picture for q in part} for part in parts]
            assert sorted(picture for pictures in absent for picture in pictures) == sorted(own)
            assert all(len(pictures) == 4 for pictures in absent)
            assert {q.picture for q in whole} == own
        assert sum(len(group.held) for group in fitted.groups.values()) == len(asked)

    def test_catalogue_rows_are_learned_from_and_never_measured_on(self, options):
        from extractor.fitting.crossval import fit_ranker

        asked, catalogue = questions(30), questions(50, seed=7, fact="other")
        fitted = fit_ranker(asked, catalogue, options, folds=3)
        held = [h.question for group in fitted.groups.values() for h in group.held]
        assert {q.picture for q in held} == {q.picture for q in asked}
        assert len(held) == len(asked)
        assert all("other" in group.trees.features for group in fitted.groups.values())
        total = fitted.total
        assert total.tp + total.fp + total.fn <= len(asked) + total.fp

    def test_only_groups_with_catalogue_rows_are_grown_by_the_options_for_them(self, options, monkeypatch):
        from extractor.fitting import crossval

        asked = questions(20, entities=ASKED)
        extra = [q for q in questions(20, seed=7, entities=ASKED) if q.entity == "width"]
        larger = type(options)(rounds=2)
        grown = {}

        def spy(seen, options, seed):
            grown.setdefault(options, set()).update(q.entity for q in seen)
            return TreeModel((), 0.0, ())

        monkeypatch.setattr(crossval, "fit_trees", spy)
        crossval.fit_ranker(asked, extra, options, with_extra=larger, folds=2)
        assert grown == {larger: {"width"}, options: set(ASKED) - {"width"}}

    def test_more_folds_than_pictures_do_no_harm(self, options):
        from extractor.fitting.crossval import fit_ranker

        asked = questions(2)
        fitted = fit_ranker(asked, questions(15, seed=3), options, folds=3)
        assert sum(len(group.held) for group in fitted.groups.values()) == len(asked)


def held(raw, right=True, *, stated=True, may_be_empty=False):
    """A question with one candidate, or with none where `raw` is None."""
    choices = () if raw is None else (choice(right),)
    return Held(Question("width", "a.jpg", stated, may_be_empty, choices), () if raw is None else (raw,))


PLAIN = Calibration(1.0, 0.0)


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (held(1.0), Counts(tp=1)),
        (held(1.0, right=False), Counts(fp=1)),
        (held(1.0, right=False, stated=False, may_be_empty=True), Counts(fp=1)),
        (held(-1.0), Counts(fn=1)),
        (held(-1.0, may_be_empty=True), Counts()),
        (held(-1.0, right=False, stated=False, may_be_empty=True), Counts()),
        (held(None), Counts(fn=1)),
        (held(None, stated=False, may_be_empty=True), Counts()),
    ],
)
def test_rows_are_counted_as_the_challenge_does(one, counts):
    assert counts_at([one], PLAIN, 0.5) == counts
    assert counts_at([one, one], PLAIN, 0.5) == counts + counts


def test_the_best_candidate_is_answered_whichever_place_it_has():
    question = Question("width", "a.jpg", True, False, (choice(False), choice(True), choice(False)))
    assert counts_at([Held(question, (0.1, 0.9, -3.0))], PLAIN, 0.5) == Counts(tp=1)


def test_the_threshold_is_one_of_calibrated_probabilities():
    rows = [held(0.5)]
    assert [counts_at(rows, PLAIN, threshold).tp for threshold in (0.6, 0.65)] == [1, 0]
    assert counts_at(rows, Calibration(2.0, -1.5), 0.5) == Counts(fn=1)


def test_f1():
    assert Counts().f1 == 0.0
    assert Counts(tp=3, fp=1, fn=2).f1 == pytest.approx(6 / 9)
    assert Counts(tp=1) + Counts(fp=2, fn=3) == Counts(1, 2, 3)


def test_thresholds_are_probabilities():
    assert all(0 < threshold < 1 for threshold in STEPS)


@pytest.mark.parametrize(("scores", "best"), [([0, 0, 0, 1, 1, 1, 1, 1, 0, 0], 5), ([9, 9, 9, 1, 1, 1, 1, 1, 0, 0], 0)])
def test_the_middle_of_the_best_thresholds_is_taken(scores, best):
    assert smoothed_best(scores) == best


def test_a_single_lucky_threshold_does_not_win():
    assert smoothed_best([0, 2, 0, 0, 0, 1, 1, 1, 1, 1]) >= 5


@needs_sklearn
def test_calibration_finds_the_line_that_probabilities_follow():
    from extractor.fitting.thresholds import calibrate

    draw = random.Random(0)
    raws = [draw.uniform(-3, 3) for _ in range(4000)]
    found = calibrate([held(raw, draw.random() < logistic(0.5 * raw - 1)) for raw in raws])
    assert (found.slope, found.shift) == (pytest.approx(0.5, abs=0.1), pytest.approx(-1, abs=0.15))
    assert found.probability(2.0) == pytest.approx(logistic(found.slope * 2 + found.shift))


@needs_sklearn
@pytest.mark.parametrize("rows", [[], [held(1.0)], [held(1.0), held(-1.0)]])
def test_without_right_and_wrong_nothing_is_calibrated(rows):
    from extractor.fitting.thresholds import calibrate

    assert calibrate(rows) == Calibration(1.0, 0.0)


def row(link, entity="item_weight"):
    return Row("1", link, "1", entity)


PAGES = {"7.png": page_of(7)}


def test_a_question_knows_which_candidates_the_label_accepts():
    (question,) = questions_of([row("https://shop/pictures/7.png")], [parse_gold_label("7 gram", "")], PAGES, 0.5)
    assert (question.entity, question.picture, question.weight) == ("item_weight", "7.png", 0.5)
    assert (question.stated, question.may_be_empty) == (True, False)
    assert sorted(c.right for c in question.choices) == [False, True]
    (right,) = (dict(c.features) for c in question.choices if c.right)
    assert right["net"] == 1.0


@pytest.mark.parametrize(
    ("primary", "accepted", "stated", "may_be_empty", "right"),
    [
        ("EMPTY", "", False, True, 0),
        ("7 gram", "EMPTY", True, True, 1),
        ("EMPTY", "8 gram", True, True, 1),
        ("7 gram", "8 gram", True, False, 2),
        ("7 kilogram", "", True, False, 0),
        ("0.007 kilogram", "", True, False, 0),
        ("many", "", True, False, 0),
    ],
)
def test_what_a_label_accepts(primary, accepted, stated, may_be_empty, right):
    (question,) = questions_of([row("7.png")], [parse_gold_label(primary, accepted)], PAGES)
    assert (question.stated, question.may_be_empty) == (stated, may_be_empty)
    assert sum(c.right for c in question.choices) == right


def test_rows_without_a_page_make_no_question():
    labels = [parse_gold_label("7 gram", "")] * 2
    assert [q.picture for q in questions_of([row("8.png"), row("7.png")], labels, PAGES)] == ["7.png"]


def dumped(number, name):
    page = page_of(number)
    tokens = [{"t": t.text, "s": t.score, "b": t.box} for t in page.tokens]
    return json.dumps({"image": name, "w": page.width, "h": page.height, "tokens": tokens})


@pytest.mark.parametrize("name", ["dump.jsonl", "dump.jsonl.gz"])
def test_a_token_dump_is_read(tmp_path, name):
    text = f"{dumped(7, '7.png')}\n{dumped(8, '8.png')}\n"
    (tmp_path / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    assert read_token_dump(tmp_path / name) == {"7.png": page_of(7), "8.png": page_of(8)}


@pytest.mark.parametrize(("height", "angle"), [(20, 0), (90, 0), (110, -90), (400, -90)])
def test_text_much_higher_than_wide_runs_upwards(tmp_path, height, angle):
    box = [[10, 10], [80, 10], [80, 10 + height], [10, 10 + height]]
    line = json.dumps({"image": "a", "w": 500, "h": 500, "tokens": [{"t": "40 cm", "s": 1, "b": box}]})
    (tmp_path / "dump.jsonl").write_text(line)
    (token,) = read_token_dump(tmp_path / "dump.jsonl")["a"].tokens
    assert token.angle == angle
    assert token.letter_height == (70 if angle else height)


BAD_LINES = [
    "",
    "{",
    "7",
    '{"image": "a"}',
    '{"image": "a", "w": 5, "h": "five", "tokens": []}',
    '{"image": "a", "w": 5, "h": 5, "tokens": [{"t": "x", "s": 1}]}',
    '{"image": "a", "w": 5, "h": 5, "tokens": [{"t": "x", "s": 1, "b": [[0, 0], [1, 0], [1, 1]]}]}',
    '{"image": "a", "w": 5, "h": 5, "tokens": [{"t": "x", "s": null, "b": [[0, 0], [1, 0], [1, 1], [0, 1]]}]}',
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_of_a_token_dump_is_named(tmp_path, line):
    (tmp_path / "dump.jsonl").write_text(f"{dumped(7, '7.png')}\n{line}\n")
    with pytest.raises(InputError, match=r"dump\.jsonl, line 2: not a line of a token dump"):
        read_token_dump(tmp_path / "dump.jsonl")


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.jsonl", None), ("a.jsonl", b"\xff\xfe\n"), ("a.gz", b"plain"), ("a.gz", gzip.compress(b"7", mtime=0)[:9])],
)
def test_a_token_dump_that_cannot_be_read_is_named(tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=r"a\.(jsonl|gz) cannot be read"):
        read_token_dump(tmp_path / name)


@pytest.fixture
def extractor(tmp_path, monkeypatch):
    """Runs the command line in `tmp_path` and gives the exit code and what went to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))

    def go(*arguments):
        monkeypatch.setattr(sys, "argv", ["extractor", *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, out.getvalue(), err.getvalue()

    return go


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
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install extractor[fit]")
    from extractor.fitting import boosting

    few = partial(boosting.BoostOptions, rounds=8, bags=1, learning_rate=0.3, features_per_fork=1.0, smallest_leaf=2)
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
    assert first.startswith("48 rows by eye, 0 of a catalogue; F1 by cross-validation 1.000 (TP 48, FP 0, FN 0)")
    assert [line.split()[0] for line in others] == [*ENTITIES, *["threshold"] * 4]
    ranker = LearnedRanker.from_json((tmp_path / "own.json").read_text(encoding="utf-8"))
    for entity, form in RIGHT.items():
        assert str(judge(page_of(50), entity, ranker).answer) == form.format(float(50 + ADDED[entity]))


def test_fit_leaves_pictures_out_that_are_measured_on(extractor, labelled, tmp_path):
    write_rows(tmp_path / "measured.csv", range(10, 13), "image_link,group_id,entity_name")
    code, out, _ = extractor(*FIT, "--without", "measured.csv")
    assert code == 0
    assert out.startswith("36 rows by eye, 0 of a catalogue; ")
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
    assert out.startswith("48 rows by eye, 26 of a catalogue; ")


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
    assert "pip install 'extractor[fit]'" in err

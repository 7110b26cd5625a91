import pytest

from extractor.stages.answer import Answer, Candidate
from extractor.stages.combine import DEFAULT_POLICY
from extractor.stages.reason import Reason
from extractor.tables.labels import parse_label
from extractor.training.policy_search import Case, PolicySearch, report
from rules.amount import Amount
from rules.outcome import count
from vlm.answer import VlmAnswer


def contradiction(number, right):
    """The rules say 10 inch with 0.6, a reader 20 inch with 0.5, both candidates."""
    amounts = Amount(10.0, "inch"), Amount(20.0, "inch")
    candidates = tuple(Candidate(amount, 0.0, 0.5, str(amount)) for amount in amounts)
    rules = Answer("width", amounts[0], Reason.ANSWERED, 0.6, candidates=candidates)
    return Case(rules, VlmAnswer("20 inch", 0.5, 0.0), parse_label(right), f"picture {number}")


def agreement(number):
    rules = Answer("width", Amount(10.0, "inch"), Reason.ANSWERED, 0.6)
    return Case(rules, VlmAnswer("10 inch", 0.5, 0.0), parse_label("10 inch"), f"alike {number}")


def test_a_reader_that_is_always_right_wins_after_the_fit():
    search = PolicySearch([contradiction(number, "20 inch") for number in range(20)])
    assert search.f1(DEFAULT_POLICY) == 0.0
    assert search.f1(search.best()) == 1.0
    assert count(search.held_out()).f1 == 1.0


def test_what_is_the_best_already_is_left_as_it_is():
    search = PolicySearch([contradiction(number, "10 inch") for number in range(20)])
    assert search.best() == DEFAULT_POLICY


def test_rows_held_out_are_scored_by_policies_that_did_not_see_them():
    """One picture whose answer is the opposite of all others': no policy fitted without it gets it right."""
    search = PolicySearch([contradiction(0, "10 inch"), *(contradiction(number, "20 inch") for number in range(1, 20))])
    assert count(search.held_out()).f1 == 2 * 19 / (2 * 19 + 1)


def test_the_report_names_scores_and_numbers():
    lines = report(PolicySearch([contradiction(number, "20 inch") for number in range(10)]), DEFAULT_POLICY)
    assert lines[0] == "rows 10"
    assert any(line.startswith("margins = ") for line in lines)


def test_the_gain_is_that_of_held_out_policies_over_the_rules_with_its_interval():
    """The reader is always right, the rules in half of the cases."""
    wrong_rules = [contradiction(number, "20 inch") for number in range(20)]
    gain = PolicySearch([*wrong_rules, *map(agreement, range(20))]).gain(real=True)
    assert (gain.rows, gain.f1, gain.real) == (40, pytest.approx(1 / 3, abs=1e-4), True)
    assert 0 < gain.low < 1 / 3 < gain.high < 1

"""The assignment with the highest sum of scores in which no claim comes twice."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rules.assign import MAX_ASSIGNED, Option, best_assignment
from rules.constants import DIMENSIONS


def test_a_candidate_without_a_claim_may_answer_all() -> None:
    assert best_assignment({e: [Option(1.0, None)] for e in DIMENSIONS}) == dict.fromkeys(DIMENSIONS, 0)


def test_no_options_no_assignment() -> None:
    assert best_assignment({}) == {}
    assert best_assignment({"width": []}) == {"width": None}


def test_a_score_of_0_and_options_beyond_the_limit_are_never_chosen() -> None:
    assert best_assignment({"width": [Option(0.0, 1)], "depth": [Option(0.1, 1)]}) == {"width": None, "depth": 0}
    width = [Option(2.0, "taken")] * MAX_ASSIGNED + [Option(1.0, "free")]
    assert best_assignment({"width": width, "height": [Option(9.0, "taken")]}) == {"width": None, "height": 0}


claims = st.none() | st.integers(0, 3)
options = st.lists(st.builds(Option, st.integers(-2, 5).map(float), claims), max_size=4).map(
    lambda unsorted: sorted(unsorted, key=lambda option: -option.score)
)


def worth(chosen: Sequence[Option]) -> float:
    claimed = [option.claim for option in chosen if option.claim is not None]
    return sum(option.score for option in chosen) if len(set(claimed)) == len(claimed) else float("-inf")


@given(st.fixed_dictionaries(dict.fromkeys(sorted(DIMENSIONS), options)))
def test_no_other_choice_has_a_higher_sum(wanted: dict[str, list[Option]]) -> None:
    chosen = best_assignment(wanted)
    taken = [wanted[entity][i] for entity, i in chosen.items() if i is not None]
    assert chosen.keys() == wanted.keys()
    assert all(option.score > 0 for option in taken)
    everything = itertools.product(*([None, *own] for own in wanted.values()))
    assert worth(taken) == max(worth([o for o in choice if o is not None]) for choice in everything)

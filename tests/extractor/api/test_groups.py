"""The product group goes from every door to the ranker."""

import json
from importlib.resources import files

import pytest
from fake_products import ENGINE, written

from extractor import Extractor
from rules.prior import GROUP_STATES

PRIORS = json.loads(files("rules").joinpath("ranker.json").read_text(encoding="utf-8"))["priors"]["depth"]
GROUP = max(PRIORS, key=lambda group: PRIORS[group])
PICTURE = written("Depth 30 cm", "Width 12 cm")


def group_states(extraction):
    return dict(extraction["depth"].candidates[0].features).get(GROUP_STATES)


@pytest.mark.parametrize(("group", "known"), [(GROUP, PRIORS[GROUP]), (None, None), ("no such group", None)])
@pytest.mark.parametrize("workers", [0, 1])
def test_pictures_have_the_group_of_their_call(workers, group, known):
    (one,) = Extractor(ENGINE).extract_many([PICTURE], ["depth"], group=group, workers=workers)
    assert group_states(one) == known


def test_a_picture_by_itself_and_the_pictures_of_a_product_have_it_too():
    own = Extractor(ENGINE)
    assert group_states(own.extract(PICTURE, group=GROUP)) == PRIORS[GROUP]
    product = own.extract_product([PICTURE, PICTURE], entities=["depth"], group=GROUP)
    assert [group_states(one) for one in (product, *product.extractions)] == [PRIORS[GROUP]] * 3

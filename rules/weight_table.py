"""The weight of each feature for each entity, set by hand: the data of the hand-set rankers.

The score of a candidate is `BIAS` plus the sum of feature x weight; the best candidate is the answer when its score is
above 0. The weights were tuned on hand-labelled pictures of the challenge's test set; the README's scores come from
other pictures. The features are those of `rules.features`, with the contexts of `rules.context_table` among them.
"""

from __future__ import annotations

BIAS: dict[str, float] = {
    "width": 1.2,
    "height": 1.5,
    "depth": -1.6,
    "item_weight": 0.6,
    "maximum_weight_recommendation": 0.6,
    "voltage": 0.6,
    "wattage": 0.6,
    "item_volume": 0.6,
}

_NAMED = {"role_width": -4.0, "role_height": -4.0, "role_depth": -4.0, "role_length": -1.5, "role_diameter": -1.0}

FEATURE_WEIGHT: dict[str, dict[str, float]] = {
    "width": _NAMED
    | {
        "role_width": 6.0, "role_length": 0.5, "role_diameter": 1.0, "vertical_text": -2.2, "toward_side": -2.2,
        "rightmost": -0.5, "topmost": -0.2, "smallest_of_many": -1.8, "middle_of_many": -0.8, "largest": 0.5,
        "first_of_product": 1.2, "second_of_product": -0.2, "third_of_product": -2.0, "part": -0.8, "overall": 0.7,
        "letter_height": 0.5, "only_measure": -0.3,
    },
    "height": _NAMED
    | {
        "role_height": 6.0, "vertical_text": 2.2, "toward_side": 2.2, "oblique_text": -0.8, "rightmost": 0.4,
        "leftmost": 0.4, "topmost": 0.4, "smallest_of_many": -0.6, "middle_of_many": -0.6, "largest": 0.2,
        "first_of_product": -1.0, "second_of_product": -0.2, "third_of_product": 2.2, "in_pair": 0.6, "part": -0.8,
        "overall": 0.7, "letter_height": 0.5, "only_measure": 0.3,
    },
    "depth": _NAMED
    | {
        "role_depth": 7.0, "role_length": 1.0, "role_diameter": 2.4, "vertical_text": -1.5, "toward_side": -0.8,
        "oblique_text": 0.9, "smallest_of_many": 1.8, "middle_of_many": 1.0, "largest": -0.6, "leftmost": -0.4,
        "rightmost": -0.7, "one_of_two": -1.0, "only_measure": -1.5, "one_of_many": -0.4, "second_of_product": 1.5,
        "in_triple": 1.0, "part": -0.8, "overall": 0.5,
    },
    "item_weight": {
        "weight": 1.5, "net": 2.0, "gross": -0.5, "load": -1.2, "serving": -2.0, "nutrient": -2.5, "strength": -0.3,
        "material": -1.0, "total": 0.6, "each": -0.2, "letter_height": 1.2, "tiny_unit": -0.6,
        "accuracy": -2.0,
    },
    "maximum_weight_recommendation": {
        "weight": 0.4, "load": 2.0, "net": -1.5, "gross": -1.5, "serving": -2.0, "nutrient": -2.5, "material": -2.0,
        "letter_height": 1.2, "relative_size": 0.8, "accuracy": -2.0, "tiny_unit": -3.0,
    },
    "voltage": {"voltage": 1.0, "input": 0.3, "output": -0.4, "battery": 0.2, "letter_height": 1.0, "range": 0.3},
    "wattage": {
        "power": 1.0, "equivalent": -1.5, "output": 0.2, "letter_height": 1.2, "relative_size": 0.3,
    },
    "item_volume": {
        "volume": 0.6, "net": 1.0, "serving": -1.5, "nutrient": -1.5, "letter_height": 1.2, "homonym": -0.8,
    },
}  # fmt: skip

OWN_BIAS = -1.0
OWN_WEIGHT: dict[str, float] = {
    "keyword_before": 3.0, "keyword_behind": 2.4, "keyword_heading": 1.6, "keyword_elsewhere": 0.6,
    "keyword_of_rival": -1.2, "lone_unit": 1.6, "role": 1.0, "other_role": -2.0, "in_product": -1.0,
    "letter_height": 0.3, "alone": 0.3, "part": -0.8, "gross": -0.5, "accuracy": -1.5, "serving": -1.5,
    "nutrient": -1.5,
}  # fmt: skip
"""The same for all entities of the user's own, with the features of `rules.own` among them. They are guesses: a keyword
beside the amount or in a heading, or a unit that no other entity has, is enough for an answer."""

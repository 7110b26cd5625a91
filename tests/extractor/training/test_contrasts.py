"""Questions made of others: the amount that answers one entity is wrong for its rival."""

from extractor.training.contrasts import CONTRAST_SHARE, contrasts
from extractor.training.examples import Choice, Question

RIGHT, WRONG = Choice((("net", 1.0),), True, best=True), Choice((("gross", 1.0),), False)


def question(entity, picture="a.jpg", choices=(RIGHT, WRONG), stated=True, weight=1.0):
    return Question(entity, picture, stated, not stated, choices, weight)


def test_a_weight_is_no_load_and_a_load_is_no_weight():
    weight = question("item_weight", weight=0.5)
    load = question("maximum_weight_recommendation", "b.jpg")
    of_weight, of_load = contrasts([weight, load])
    assert (of_weight.entity, of_weight.picture) == ("maximum_weight_recommendation", "a.jpg")
    assert (of_load.entity, of_load.picture) == ("item_weight", "b.jpg")
    assert of_weight.weight == CONTRAST_SHARE * 0.5
    for made in (of_weight, of_load):
        assert [(one.features, one.right, one.best) for one in made.choices] == [(RIGHT.features, False, False)]
        assert not (made.stated or made.best_stated)


def test_where_both_are_asked_the_labels_say_it():
    assert contrasts([question("item_weight"), question("maximum_weight_recommendation", stated=False)]) == []


def test_other_entities_and_rows_that_state_nothing_make_none():
    assert (
        contrasts([question("width"), question("voltage", "b.jpg"), question("item_weight", "c.jpg", stated=False)])
        == []
    )

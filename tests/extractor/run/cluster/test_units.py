from extractor.run.cluster.units import SHARED_BY_MOST, batches_of, units_of
from extractor.tables.rows import Row


def row(link, entity="width", product="", group=""):
    return Row("", link, group, entity, product)


def positions(units):
    return [[one.position for one in unit.rows] for unit in units]


def test_rows_of_one_picture_or_product_are_one_unit_and_no_row_is_in_two():
    rows = [row("a"), row("b", product="p"), row(" a ", "height"), row("c", product="p"), row("d")]
    units = list(units_of(rows))
    assert positions(units) == [[0, 2], [1, 3], [4]]
    assert [[(job.link, job.entities) for job in unit.pictures] for unit in units] == [
        [("a", ("width", "height"))],
        [("b", ("width",)), ("c", ("width",))],
        [("d", ("width",))],
    ]


def test_products_that_share_a_picture_are_one_unit():
    rows = [row("a", product="p"), row("x"), row("b", product="p"), row("b", product="q"), row("c", product="q")]
    assert positions(units_of(rows)) == [[0, 2, 3, 4], [1]]


def test_a_placeholder_of_many_products_joins_none_of_them():
    rows = [row("none.png", product=f"p{n}") for n in range(SHARED_BY_MOST + 1)]
    assert positions(units_of(rows)) == [[n] for n in range(SHARED_BY_MOST + 1)]
    assert len(list(units_of(rows[1:]))) == 1


def test_rows_without_a_picture_join_no_products():
    assert positions(units_of([row("", product="p"), row("", product="q"), row("")])) == [[0], [1], [2]]


def test_a_picture_has_the_group_that_all_its_rows_name():
    (one,) = units_of([row("a", group="g"), row("a", "height", group="g")])
    (other,) = units_of([row("a", group="g"), row("a", "height", group="h")])
    assert (one.pictures[0].group, other.pictures[0].group) == ("g", "")


def test_batches_hold_so_many_pictures_and_a_larger_unit_stands_alone():
    rows = [row(f"{n}.png", product="p" if 2 <= n < 7 else "") for n in range(10)]
    batches = list(batches_of(units_of(rows), 3))
    assert [[len(unit.pictures) for unit in batch] for batch in batches] == [[1, 1], [5], [1, 1, 1]]

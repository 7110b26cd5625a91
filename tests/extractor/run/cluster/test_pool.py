import pytest

from extractor.run.cluster.pool import ACTOR_BYTES, Machine, pool_sizes

ROOM = 100 * ACTOR_BYTES


def machines(*cpus, gpus=0.0, memory=ROOM):
    return [Machine(count, gpus, memory) for count in cpus]


def test_a_cpu_of_each_machine_is_left():
    sizes = pool_sizes(machines(16, 16, 4), None, vlm=False)
    assert (sizes.readers, sizes.readers_at_most, sizes.askers, sizes.cpus) == (33, 33, 0, 1.0)


def test_a_reader_on_a_cpu_takes_the_place_of_one_actor_and_on_gpus_of_none():
    assert pool_sizes(machines(8), None, vlm=True).readers == 6
    on_gpus = pool_sizes(machines(8, gpus=2.0), None, vlm=True)
    assert (on_gpus.readers, on_gpus.askers, on_gpus.asker_gpus) == (7, 2, 1.0)


@pytest.mark.parametrize(("cpus", "vlm"), [((1,), False), ((1, 1), True), ((2,), True), ((2, 2), True)])
def test_small_machines_have_room_for_all_actors_and_something_is_left(cpus, vlm):
    sizes = pool_sizes(machines(*cpus), None, vlm=vlm)
    assert sizes.readers >= 1
    assert (sizes.readers + sizes.askers) * sizes.cpus < sum(cpus)


def test_memory_bounds_the_actors():
    assert pool_sizes(machines(16, memory=3.5 * ACTOR_BYTES), None, vlm=False).readers == 3
    with pytest.raises(ValueError, match=r"needs 1\.5 GB of memory, and the largest machine offers 1\.0 GB"):
        pool_sizes(machines(16, memory=1e9), None, vlm=False)


def test_more_actors_may_be_wanted_than_there_is_room_for():
    sizes = pool_sizes(machines(4), 100, vlm=False)
    assert (sizes.readers, sizes.readers_at_most) == (3, 100)
    assert pool_sizes(machines(4), 2, vlm=False).readers == 2


def test_a_cluster_that_has_yet_to_grow_starts_with_one_actor():
    sizes = pool_sizes(machines(0, memory=1e9), 100, vlm=False)
    assert (sizes.readers, sizes.readers_at_most, sizes.cpus) == (1, 100, 1.0)

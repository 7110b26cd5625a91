"""From the plan to pictures with their rows: names, indices, groups. Needs no fonts."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from dataset.synthetic.measure import PRINTED_IN
from dataset.synthetic.plan import TEST, TRAIN, Entry
from dataset.synthetic.scene import Scene, Statement

SEED = 2024
_FORMATS = ("jpg",) * 15 + ("png", "webp")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the data set: its file name, its scene, and how it is stored.

    `quality` is that of JPEG and WebP, 1 to 100; `grain` the standard deviation of its noise in grey levels.
    """

    name: str
    scene: Scene
    quality: int
    grain: float


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """One row: what is asked of which picture, and what the picture states."""

    index: int
    picture: str
    group_id: int
    statement: Statement


@dataclass(frozen=True, slots=True)
class Split:
    """The pictures of one split and the rows that ask about them."""

    shots: tuple[Shot, ...]
    rows: tuple[LabelledRow, ...]


def build_test(seed: int = SEED) -> Split:
    """The test split."""
    return _split(seed, "test", TEST)


def build_train(seed: int = SEED) -> Split:
    """The train split: only what is stated, as in the challenge."""
    split = _split(seed, "train", TRAIN)
    return Split(split.shots, tuple(row for row in split.rows if row.statement.primary != "EMPTY"))


def of_other_units(split: Split) -> Split:
    """The pictures of a split that print units which no answer may have, with their rows."""
    other = {row.picture for row in split.rows if row.statement.note.startswith(PRINTED_IN)}
    shots = tuple(shot for shot in split.shots if shot.name in other)
    return Split(shots, tuple(row for row in split.rows if row.picture in other))


def _split(seed: int, name: str, entries: tuple[Entry, ...]) -> Split:
    rng = Random(f"{seed}/{name}")
    shots, rows = [], []
    index = 0
    seeded = name if seed == SEED else f"{name}_{seed}"  # pictures of several seeds are told apart by name
    for number, entry in enumerate(entries):
        scene = entry.make(Random(f"{seed}/{name}/{number}/{entry.variation}"))
        file = f"{seeded}_{number + 1:04d}.{rng.choice(_FORMATS)}"
        grain = 0 if file.endswith("png") else rng.choice((0, 0, 1.0, 2.0))
        shots.append(Shot(file, scene, rng.choice((60, 70, 78, 86, 92)), grain))
        group = rng.randint(110000, 999999)
        for entity in entry.asks:
            index += rng.choice((1, 1, 1, 2, 3, 7, 12))
            rows.append(LabelledRow(index, file, group, scene.statement(entity)))
    return Split(tuple(shots), tuple(rows))

"""The split into training rows and held-out ones, by whole groups of products with all their pictures.

A group's side follows from a hash of its name, so new rows do not move it, and two files prepared apart agree on it.
Groups with a picture in common share the side of the largest. A split can also be frozen: the sides that an earlier
one assigned stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from vlm.finetune.chance import chance
from vlm.finetune.errors import TrainError
from vlm.finetune.examples import HOLDOUT, TRAIN
from vlm.validation import mistakes

SPLIT_FILE = "split.json"
_SALT = "extractor holdout 1"

Side = Literal["train", "holdout"]


@dataclass(frozen=True, slots=True)
class Member:
    """What a row's side depends on: the picture's name or digest, and the product group ("" when unknown)."""

    picture: str
    group: str


@dataclass(frozen=True, slots=True)
class Split:
    """The side (`train` or `holdout`) of each group and of each picture."""

    groups: dict[str, Side]
    pictures: dict[str, Side]

    def side_of(self, member: Member) -> Side | None:
        """The side of a row; None when it is unknown, or its picture and its group have different ones."""
        sides = {self.groups.get(member.group), self.pictures.get(member.picture)} - {None}
        return sides.pop() if len(sides) == 1 else None

    def write(self, path: Path) -> None:
        """Writes the split as JSON."""
        ordered = Split(dict(sorted(self.groups.items())), dict(sorted(self.pictures.items())))
        path.write_bytes(_SPLIT.dump_json(ordered, indent=1) + b"\n")

    @classmethod
    def read(cls, path: Path) -> Split:
        """The split that `write` wrote. Raises TrainError."""
        try:
            return _SPLIT.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise TrainError(
                f"{path} is not a split ({mistakes(error)}); give the {SPLIT_FILE} of a prepared folder"
            ) from error


_SPLIT = TypeAdapter(Split)


def split_of(members: Sequence[Member], share: float, frozen: Split | None = None) -> Split:
    """Sides for all groups and pictures, about `share` (0 to 1) of the groups held out.

    Groups and pictures of `frozen` keep their sides; where it puts a picture and its group on different ones, rows
    with both have none.
    """
    frozen = frozen or Split({}, {})
    groups, pictures = dict(frozen.groups), dict(frozen.pictures)
    for joined in _joined(members):
        known = Counter(side for m in joined for side in (groups.get(m.group), pictures.get(m.picture)) if side)
        side = known.most_common(1)[0][0] if known else _side(_largest(joined), share)
        for member in joined:
            if member.group:
                groups.setdefault(member.group, side)
            pictures.setdefault(member.picture, side)
    return Split(groups, pictures)


def _side(key: str, share: float) -> Side:
    return HOLDOUT if chance(_SALT, key) < share else TRAIN


def _largest(members: Sequence[Member]) -> str:
    counted = Counter(m.group or m.picture for m in members)
    return max(counted, key=lambda key: (counted[key], key))


def _joined(members: Sequence[Member]) -> list[list[Member]]:
    """The members in lots; two lots have no group and no picture in common."""
    parents: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for member in members:
        if member.group:
            parents[root(("picture", member.picture))] = root(("group", member.group))
    lots: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in members:
        lots[root(("picture", member.picture))].append(member)
    return list(lots.values())

"""Which rows are held out: whole groups of products with all their pictures, the same ones for every file.

A group's side follows from a hash of its name, so it stays what it is when rows are added, and two files that are
prepared apart agree on it. Where a picture joins groups they go together, on the side of the largest. A split can
also be frozen: what an earlier one assigned stays as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vlm.examples import HOLDOUT, TRAIN, DataError

SPLIT_FILE = "split.json"
_SALT = "extractor holdout 1"


@dataclass(frozen=True, slots=True)
class Member:
    """What decides a row's side: the picture's name or digest, and the product group ("" when unknown)."""

    picture: str
    group: str


@dataclass(frozen=True, slots=True)
class Split:
    """The side (`train` or `holdout`) of each group and of each picture."""

    groups: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)

    def side_of(self, member: Member) -> str | None:
        """The side of a row; None when it is unknown, or when its picture and its group stand on different ones."""
        sides = {self.groups.get(member.group), self.pictures.get(member.picture)} - {None}
        return sides.pop() if len(sides) == 1 else None

    def write(self, path: Path) -> None:
        """Writes the split as JSON."""
        sides = {"groups": dict(sorted(self.groups.items())), "pictures": dict(sorted(self.pictures.items()))}
        path.write_text(json.dumps(sides, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Split:
        """The split that `write` wrote. Raises DataError."""
        try:
            sides = json.loads(path.read_text(encoding="utf-8"))
            return cls(dict(sides["groups"]), dict(sides["pictures"]))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataError(f"{path} is not a split ({error}); give the {SPLIT_FILE} of a prepared folder") from error


def split_of(members: Sequence[Member], share: float, frozen: Split | None = None) -> Split:
    """Sides for all groups and pictures, about `share` (0 to 1) of the groups held out.

    What `frozen` assigns keeps its side; a picture and its group that it puts on different sides keep both, and the
    rows that ask about them have none.
    """
    frozen = frozen or Split()
    groups, pictures = dict(frozen.groups), dict(frozen.pictures)
    for joined in _joined(members):
        known = Counter(side for m in joined for side in (groups.get(m.group), pictures.get(m.picture)) if side)
        side = known.most_common(1)[0][0] if known else _side(_largest(joined), share)
        for member in joined:
            if member.group:
                groups.setdefault(member.group, side)
            pictures.setdefault(member.picture, side)
    return Split(groups, pictures)


def _side(key: str, share: float) -> str:
    digest = hashlib.sha256(f"{_SALT}|{key}".encode()).digest()
    return HOLDOUT if int.from_bytes(digest[:8], "big") < share * 2**64 else TRAIN


def _largest(members: Sequence[Member]) -> str:
    counted = Counter(m.group or m.picture for m in members)
    return max(counted, key=lambda key: (counted[key], key))


def _joined(members: Sequence[Member]) -> list[list[Member]]:
    """The members in lots that share no group and no picture with each other."""
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

"""The regular expressions of the project, how they are used, and texts that lead each of them astray."""

import ast
import importlib
import re
import re._constants as codes
import re._parser as parser
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("extractor", "ocr", "rules", "vlm")
USES = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")
EVERYWHERE = "finditer"
"""The use of a pattern in a table, which has no name of its own."""
OF_CATEGORY = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "b",
    codes.CATEGORY_NOT_SPACE: "c",
    codes.CATEGORY_NOT_WORD: "-",
}


@dataclass(frozen=True, slots=True)
class UsedPattern:
    """A pattern, the `module.name` that it has, and the methods that are called on that name anywhere."""

    name: str
    pattern: re.Pattern[str]
    uses: tuple[str, ...]


def used_patterns() -> tuple[UsedPattern, ...]:
    """The patterns of text that modules hold, also in tables. A module whose packages are missing is left out."""
    sources = {
        path: path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    }
    calls: dict[str, set[str]] = {}
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in USES:
                calls.setdefault(node.value.id, set()).add(node.attr)
    found: dict[re.Pattern[str], UsedPattern] = {}
    for path in sorted(path for path, source in sources.items() if "re.compile" in source):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for variable, value in vars(module).items():
            for pattern in _within(value):
                uses = calls.get(variable, {EVERYWHERE})
                found.setdefault(pattern, UsedPattern(f"{name}.{variable}", pattern, tuple(sorted(uses))))
    return tuple(found.values())


def _within(value: object) -> Iterator[re.Pattern[str]]:
    """The pattern that a value is, or those of a table."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _within(one)


def texts(pattern: re.Pattern[str], length: int, most: int) -> Iterator[str]:
    """Texts of about `length` characters: `most` pieces of what the pattern matches, alone and in pairs, repeated."""
    pieces = _pieces(pattern, most)
    for one, other in product(pieces, ["", *pieces]):
        unit = one + other
        yield unit * (length // len(unit)) + "\0"


def _pieces(pattern: re.Pattern[str], most: int) -> list[str]:
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    found = dict.fromkeys(piece for piece in _samples(tree) if piece)
    whole = _example(tree)
    singles = [piece for piece in found if len(piece) == 1]
    longer = sorted((piece for piece in found if len(piece) > 1), key=len, reverse=True)
    chosen = [*singles[: most - 3], *longer[:2], *([whole] if whole else [])]
    return list(dict.fromkeys(chosen)) or ["a"]


def _samples(tree: parser.SubPattern) -> Iterator[str]:
    """A text for each part of the pattern, the ones that may repeat first."""
    parts = list(_parts(tree))
    repeated = [part for part, repeats in parts if repeats]
    for part in [*repeated, *(part for part, repeats in parts if not repeats)]:
        yield _example(part)


def _parts(tree: parser.SubPattern) -> Iterator[tuple[parser.SubPattern, bool]]:
    for code, value in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield value[2], True
            yield from _parts(value[2])
        elif code is codes.SUBPATTERN:
            yield from _parts(value[3])
        elif code is codes.ATOMIC_GROUP:
            yield from _parts(value)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _parts(value[1])
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield branch, False
                yield from _parts(branch)
        elif code is codes.LITERAL or (code is codes.IN and value[0][0] is codes.NEGATE):
            yield parser.SubPattern(tree.state, [(code, value)]), False
        elif code is codes.IN:
            for item in value:
                yield parser.SubPattern(tree.state, [(codes.IN, [item])]), False


def _example(tree: parser.SubPattern) -> str:
    """A text that the tree may match, conditions around it aside."""
    return "".join(_of(code, value) for code, value in tree)


def _of(code: object, value: object) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return _of_set(value)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return _example(value[2]) * max(1, min(value[0], 3))
    if code is codes.SUBPATTERN:
        return _example(value[3])
    if code is codes.ATOMIC_GROUP:
        return _example(value)
    if code is codes.BRANCH:
        return _example(value[1][0])
    return ""


def _of_set(items: list[tuple[object, object]]) -> str:
    if items[0][0] is codes.NEGATE:
        inside = re.compile("|".join(_class(item) for item in items[1:]))
        return next(letter for letter in "a1 -x\0" if not inside.match(letter))
    code, value = items[0]
    if code is codes.LITERAL:
        return chr(value)
    return chr(value[0]) if code is codes.RANGE else OF_CATEGORY[value]


def _class(item: tuple[object, object]) -> str:
    code, value = item
    if code is codes.LITERAL:
        return re.escape(chr(value))
    if code is codes.RANGE:
        return f"[{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}]"
    names = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    name = str(value).removeprefix("CATEGORY_")
    return names[name] if name in names else names[name.removeprefix("NOT_")].upper()

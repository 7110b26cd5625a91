"""The quantities that a line of text states: value, unit, span, and the dimension named for each.

>>> [(q.value, q.unit, q.dimension) for q in find_quantities('30"W x 20"D')]
[(30.0, 'inch', 'width'), (20.0, 'inch', 'depth')]
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr.token import OcrToken
from rules.chains import chains_of, share_units
from rules.corrections import correct_marks, correct_points
from rules.dimensions import with_dimensions
from rules.fold import fold
from rules.lexer import Kind, Lexeme, Lexemes, lex
from rules.lexicon import STANDARD, Lexicon
from rules.ranges import join_ranges
from rules.terms import Term, terms_of
from rules.units import MISREAD

MAX_SIGNS_BESIDE = 2
"""Signs of its line, beside the quantity, up to which a quantity stands alone."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit as a line of text states it.

    `value` is in `unit` (a name of `rules.unit_table`); `upper` is the upper end of a range, else None; `count` is the
    number of packs in `2 x 500 ml`. `dimension` is the one that a word or letter beside the number names (see
    `rules.dimension_table`). `position`, from 0, and `siblings`, the numbers in all, place it in a product
    (`10 x 20 x 30 cm`). `start` and `end` are its span in `text`, the whole line; `tokens` are the OCR tokens that
    state it, where known.
    """

    value: float
    unit: str
    text: str
    start: int
    end: int
    upper: float | None = None
    count: int = 1
    dimension: str | None = None
    position: int = 0
    siblings: int = 1
    tokens: tuple[OcrToken, ...] = ()

    @property
    def printed(self) -> str:
        """The part of the line that states the quantity."""
        return self.text[self.start : self.end]

    @property
    def alone(self) -> bool:
        """Whether its line holds hardly anything else."""
        return len(self.text) - (self.end - self.start) <= MAX_SIGNS_BESIDE


def find_quantities(text: str, lexicon: Lexicon = STANDARD) -> tuple[Quantity, ...]:
    """All quantities with a known unit that one line of text states, left to right; never raises."""
    return tuple(quantity for quantity in find_numbers(text, lexicon) if quantity.unit)


def find_numbers(text: str, lexicon: Lexicon = STANDARD) -> tuple[Quantity, ...]:
    """As `find_quantities`, and also the numbers without a unit; their `unit` is empty."""
    return numbers_of(text, lex(fold(text), lexicon))


def numbers_of(text: str, lexemes: Lexemes) -> tuple[Quantity, ...]:
    """As `find_numbers`, of a text and its lexemes."""
    return tuple(_quantity(term, text) for term in read_terms(lexemes) if _positive(term))


def read_terms(lexemes: Lexemes) -> list[Term]:
    """The numbers of a line, with units, ranges, packs, products and dimensions."""
    terms = join_ranges(terms_of(lexemes), lexemes)
    terms = correct_points(correct_marks(terms), lexemes)
    terms = join_ranges(share_units(terms, lexemes), lexemes)
    terms = with_dimensions(terms, lexemes)
    return chains_of(terms, lexemes)


def header_units(lexemes: Lexemes) -> tuple[str, ...]:
    """Units that a line names without a number before them, as a heading does: `WT (LBS)`, `Size/cm`, `Size in cm`.

    Units that may also be a dimension (`L (cm)`) count only without any other unit, and misread ones (`Ibs`) only where
    they stand alone (`International, Inc.`).
    """
    named = [lexeme for before, lexeme, after in _with_neighbours(lexemes) if _names_unit(before, lexeme, after)]
    if sum(lexeme.kind is Kind.WORD for lexeme in lexemes) > 1:
        named = [lexeme for lexeme in named if lexeme.text not in MISREAD]
    plain = [lexeme for lexeme in named if not lexeme.dimension]
    return tuple(lexeme.unit for lexeme in plain or named if lexeme.unit)


def _names_unit(before: Lexeme | None, lexeme: Lexeme, after: Lexeme | None) -> bool:
    """Whether a lexeme is the unit of no number, and not a piece of a word, a preposition or a quotation mark.

    `in` and marks are these beside words (`Made in USA`, `"Big Mass"`), but for the name of a dimension before them.
    """
    if lexeme.unit is None or (before is not None and before.kind is Kind.NUMBER):
        return False
    if _run_together(before, lexeme) or _run_together(lexeme, after):
        return False
    behind_word = before is not None and before.kind is Kind.WORD and not (before.unit or before.dimension)
    before_word = after is not None and after.kind is Kind.WORD
    clear = lexeme.text != "in" and any(map(str.isalpha, lexeme.text))
    return clear or not (behind_word or before_word)


def _run_together(first: Lexeme | None, second: Lexeme | None) -> bool:
    """Whether two lexemes are pieces of one word (`inc` and `l` of `incl`)."""
    if first is None or second is None or first.end != second.start:
        return False
    return all(x.text.isascii() and x.text.isalpha() for x in (first, second))


def _positive(term: Term) -> bool:
    largest = term.value if term.upper is None else term.upper
    return 0 < largest < math.inf


def _quantity(term: Term, text: str) -> Quantity:
    return Quantity(
        value=term.value,
        unit=term.unit or "",
        text=text,
        start=term.start,
        end=term.end,
        upper=term.upper,
        count=term.count,
        dimension=term.dimension,
        position=term.position,
        siblings=term.siblings,
    )


def _with_neighbours(lexemes: Sequence[Lexeme]) -> Iterator[tuple[Lexeme | None, Lexeme, Lexeme | None]]:
    return zip([None, *lexemes], lexemes, [*lexemes[1:], None], strict=False)

import itertools
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from rules.amount import Amount, Rejection  # noqa: E402
from rules.constants import ALLOWED_UNITS, ENTITIES, ENTITY_UNITS  # noqa: E402
from rules.entities import allowed_unit  # noqa: E402
from rules.normalise import normalise  # noqa: E402
from rules.quantity import find_quantities  # noqa: E402
from vlm.constrain import AnswerConstraint, AnswerTokens  # noqa: E402
from vlm.grammar import KNOWN_UNITS, AnswerGrammar  # noqa: E402
from vlm.prompt import UNANSWERABLE  # noqa: E402

END = 1
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<loc0001>", "<image>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
SIGNS = [*string.digits, ".", "▁", "\n", "-", ",", *string.ascii_letters]


def vocabulary(*pieces):
    return {piece: token for token, piece in enumerate(dict.fromkeys(itertools.chain(SPECIAL, *pieces)))}


def merged_pieces():
    """Every piece into which some tokenizer might cut an answer: numbers, words with their blank, parts of them."""
    words = [*ALLOWED_UNITS, UNANSWERABLE]
    parts = [word[a:b] for word in words for a, b in itertools.combinations(range(len(word) + 1), 2)]
    numbers = [str(n) for n in range(120)]
    joint = ["0.", ".5", "1▁", "5▁c", "00", ".00", "2.5▁gram", "▁▁", "▁gram▁", "gramm", "0▁inch", "un1"]
    return [*numbers, *joint, *(p.replace(" ", "▁") for p in parts), *(f"▁{p}".replace(" ", "▁") for p in parts)]


def big_vocabulary(size=257_216):
    """As many entries as Gemma's, nearly all of them of no use for answers."""
    rng = random.Random(0)
    letters = string.ascii_letters + "▁éñ中"
    noise = ("".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in itertools.count())
    filled = vocabulary(BYTES, SIGNS, merged_pieces())
    while len(filled) < size:
        filled.setdefault(next(noise), len(filled))
    return filled


VOCABULARIES = {
    "characters": AnswerTokens(vocabulary(BYTES, SIGNS), END),
    "bytes": AnswerTokens(vocabulary(BYTES), END),
    "merged": AnswerTokens(vocabulary(BYTES, SIGNS, merged_pieces()), END),
}


def generate(tokens, entities, seed, size, steps=None, *, any_unit=False):
    """What greedy decoding says when every logit is drawn at random, as (text, whether it came to its end)."""
    draw = torch.Generator().manual_seed(seed)
    grammars = [AnswerGrammar(entity, any_unit=any_unit) for entity in entities]
    steps = steps or max(grammar.longest for grammar in grammars) + 1
    prompt = torch.full((len(entities), 3), END)
    constraint = AnswerConstraint(tokens, grammars, prompt.shape[1])
    said = prompt
    for _ in range(steps):
        scores = constraint(said, torch.randn(len(entities), size, generator=draw))
        said = torch.cat([said, scores.argmax(dim=1, keepdim=True)], dim=1)
    rows = said[:, prompt.shape[1] :].tolist()
    return [(tokens.text(row[: row.index(END)] if END in row else row), END in row) for row in rows]


def passes(text, entity):
    read = normalise(text, entity)
    number, _, unit = text.partition(" ")
    if text == UNANSWERABLE:
        return read is Rejection.UNANSWERABLE
    return read == Amount(float(number), unit) and unit in ENTITY_UNITS[entity]


@pytest.mark.parametrize("name", VOCABULARIES)
@given(entities=st.lists(st.sampled_from(ENTITIES), min_size=1, max_size=5), seed=st.integers(0, 2**31))
@settings(max_examples=25)
def test_answers_of_random_logits_always_pass_the_rules(name, entities, seed):
    tokens = VOCABULARIES[name]
    answers = generate(tokens, entities, seed, size=max(tokens.texts) + 1)
    assert all(ended for _, ended in answers)
    assert [text for (text, _), entity in zip(answers, entities, strict=True) if not passes(text, entity)] == []


@pytest.mark.parametrize("name", VOCABULARIES)
@given(entities=st.lists(st.sampled_from(ENTITIES), min_size=1, max_size=5), seed=st.integers(0, 2**31))
@settings(max_examples=25)
def test_with_any_unit_the_rules_convert_what_is_of_the_kind_and_reject_the_rest(name, entities, seed):
    tokens = VOCABULARIES[name]
    answers = generate(tokens, entities, seed, size=max(tokens.texts) + 1, any_unit=True)
    for (text, ended), entity in zip(answers, entities, strict=True):
        assert ended
        read, unit = normalise(text, entity), text.partition(" ")[2]
        if text == UNANSWERABLE:
            assert read is Rejection.UNANSWERABLE
        elif allowed_unit(unit, entity) is None:
            assert read is Rejection.WRONG_UNIT
        else:
            assert isinstance(read, Amount) or read is Rejection.IMPLAUSIBLE


@pytest.mark.parametrize("unit", KNOWN_UNITS)
def test_with_any_unit_every_known_one_is_an_answer_that_the_rules_can_read(unit):
    grammar = AnswerGrammar("voltage", any_unit=True)
    text = f"12.5 {unit}"
    assert grammar.is_answer(text)
    assert all(grammar.begins(text[:n]) for n in range(len(text) + 1))
    assert [quantity.unit for quantity in find_quantities(text)] == [unit]
    assert not grammar.begins("0 v")
    assert len(f"999999.9999 {unit}") <= grammar.longest


def test_works_with_a_vocabulary_as_large_as_gemmas():
    pieces = big_vocabulary()
    tokens = AnswerTokens(pieces, END)
    assert len(tokens.texts) < len(pieces) / 50
    answers = generate(tokens, ["width", "item_volume"] * 4, seed=0, size=len(pieces))
    assert all(passes(text, entity) for (text, _), entity in zip(answers, ["width", "item_volume"] * 4, strict=True))


@given(text=st.from_regex(r"(0|[1-9]\d{0,5})(\.\d{1,4})? [a-z ]+", fullmatch=True), data=st.data())
def test_each_answer_of_the_grammar_passes_and_is_reached_letter_by_letter(text, data):
    entity = data.draw(st.sampled_from(ENTITIES))
    answer = f"{text.partition(' ')[0]} {data.draw(st.sampled_from(sorted(ENTITY_UNITS[entity])))}"
    grammar = AnswerGrammar(entity)
    if grammar.is_answer(answer):
        assert passes(answer, entity)
        assert all(grammar.begins(answer[:n]) for n in range(len(answer) + 1))
        assert len(answer) <= grammar.longest


@pytest.mark.parametrize(
    ("text", "begins", "complete"),
    [
        ("", True, False),
        ("un", True, False),
        ("unanswerable", True, True),
        ("unanswerables", False, False),
        ("0", True, False),
        ("00", False, False),
        ("07", False, False),
        ("0.", True, False),
        ("0.000", True, False),
        ("0.0000", False, False),
        ("0 ", False, False),
        ("0.0 gram", False, False),
        (".5", False, False),
        ("-5", False, False),
        ("5,", False, False),
        ("1234567", False, False),
        ("1.23456", False, False),
        ("5. gram", False, False),
        ("5", True, False),
        ("5 ", True, False),
        ("5  ", False, False),
        ("5 g", True, False),
        ("5 grams", False, False),
        ("5 centimetre", False, False),
        ("34.0 gram", True, True),
        ("34 kilogram", True, True),
        ("0.5 kilogram", True, True),
    ],
)
def test_grammar_of_a_weight(text, begins, complete):
    grammar = AnswerGrammar("item_weight")
    assert (grammar.begins(text), grammar.is_answer(text)) == (begins, complete)


def test_implausible_measures_are_left_out():
    grammar = AnswerGrammar("width")
    assert grammar.is_answer("999999 millimetre")
    assert not grammar.begins("999999 y")


def test_every_number_that_may_be_begun_can_be_ended():
    tokens = VOCABULARIES["characters"]
    for entity in ENTITIES:
        grammar = AnswerGrammar(entity)
        for number in ["0.0001", "9.9999", "999999", "999999.9999", "1", "0.1"]:
            assert grammar.begins(f"{number} "), (entity, number)
            assert END not in tokens.allowed(number, grammar)


def test_each_row_has_its_own_entity():
    tokens = VOCABULARIES["characters"]
    answers = [generate(tokens, ["voltage", "wattage"], seed, max(tokens.texts) + 1) for seed in range(60)]
    units = [{row[n][0].partition(" ")[2] for row in answers} - {""} for n in range(2)]
    assert units[0] and units[0] <= ENTITY_UNITS["voltage"]
    assert units[1] and units[1] <= ENTITY_UNITS["wattage"]


def test_rows_that_ended_are_left_alone():
    tokens = VOCABULARIES["characters"]
    scores = torch.randn(1, max(tokens.texts) + 1)
    constraint = AnswerConstraint(tokens, [AnswerGrammar("width")], 2)
    assert torch.equal(constraint(torch.tensor([[7, 8, END, 0]]), scores), scores)


def test_tokens_before_the_answer_do_not_count():
    tokens = VOCABULARIES["characters"]
    scores = torch.zeros(1, max(tokens.texts) + 1)
    constraint = AnswerConstraint(tokens, [AnswerGrammar("width")], 3)
    allowed = constraint(torch.tensor([[END, 9, 9]]), scores)[0] > -1
    assert {tokens.texts[token] for token in allowed.nonzero()[:, 0].tolist()} == {*string.digits, "u"}


def test_beginnings_of_the_word_unanswerable():
    tokens = VOCABULARIES["merged"]
    texts = {tokens.texts[token] for token in tokens.unanswerable_beginnings}
    assert texts == {UNANSWERABLE[:n] for n in range(1, len(UNANSWERABLE) + 1)}

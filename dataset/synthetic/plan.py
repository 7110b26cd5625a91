"""Which pictures the data set holds, and which entities are asked of each: data, one entry a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from dataset.synthetic.families.cards import Setting, size_card
from dataset.synthetic.families.drawn import (
    Naming,
    beside_person,
    front_view,
    perspective,
    round_view,
    two_views,
    with_load,
)
from dataset.synthetic.families.features import Feature, big_claim, feature_list, icon_row, rating_plate
from dataset.synthetic.families.labels import bottled, packed_food, printed_box, tagged
from dataset.synthetic.families.measured_sheets import measured_sheet
from dataset.synthetic.families.other_units import OTHER_UNITS, bottled_other_unit, other_unit
from dataset.synthetic.families.spec_sheets import spec_sheet
from dataset.synthetic.families.tables import size_line, spec_table
from dataset.synthetic.scene import Scene

W, D, H = "width", "depth", "height"
WEIGHT, LOAD = "item_weight", "maximum_weight_recommendation"
VOLTS, WATTS, VOLUME = "voltage", "wattage", "item_volume"


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture: how its scene is made and the entities that rows ask of it."""

    make: Callable[[Random], Scene]
    asks: tuple[str, ...]
    variation: int = 0
    """Another number gives another scene of the same kind, for when chance laid one out badly."""


def _solid(
    product: str,
    *asks: str,
    variation: int = 0,
    naming: Naming = "bare",
    language: str = "en",
    inner: bool = False,
    form: str = "",
) -> Entry:
    make = partial(perspective, product=product, naming=naming, language=language, inner=inner, form=form)
    return Entry(make, asks or (W, D, H), variation)


def _front(
    product: str,
    *asks: str,
    width: bool = True,
    naming: Naming = "bare",
    language: str = "en",
    form: str = "",
) -> Entry:
    make = partial(front_view, product=product, ask_width=width, naming=naming, language=language, form=form)
    return Entry(make, asks or (W, D, H))


def _round(product: str, *asks: str, mark: str = "", form: str = "") -> Entry:
    return Entry(partial(round_view, product=product, mark=mark, form=form), asks or (W, D, H))


def _card(product: str, setting: Setting, *, lacking: str = "", form: str = "", variation: int = 0) -> Entry:
    return Entry(partial(size_card, product=product, setting=setting, lacking=lacking, form=form), (W, D, H), variation)


def _table(
    product: str,
    language: str,
    *entities: str,
    also: tuple[str, ...] = (),
    drawn: bool = True,
) -> Entry:
    make = partial(spec_table, product=product, language=language, entities=entities, drawn=drawn)
    return Entry(make, (*entities, *also))


def _line(product: str, order: str, *asks: str) -> Entry:
    return Entry(partial(size_line, product=product, order=order), asks or (W, D, H))


def _food(form: str, grams: int, *also: str, comma: bool = False) -> Entry:
    return Entry(partial(packed_food, form=form, grams=grams, comma=comma), (WEIGHT, *also))


def _bottle(product: str, form: str, millilitres: int, *also: str, comma: bool = False) -> Entry:
    make = partial(bottled, product=product, form=form, millilitres=millilitres, comma=comma)
    return Entry(make, (VOLUME, *also))


def _tag(product: str, form: str, base: int, entity: str, *also: str) -> Entry:
    make = partial(tagged, product=product, form=form, base=base, entity=entity)
    return Entry(make, (entity, *also))


def _facts(
    family: Callable[..., Scene],
    product: str,
    *features: Feature,
    also: tuple[str, ...] = (),
    turned: float = 0,
) -> Entry:
    asks = (*(f.entity for f in features if f.entity), *also)
    make = partial(family, product=product, features=features)
    return Entry(partial(make, turned=turned) if turned else make, asks)


def _other(product: str, field: str, family: Callable[..., Scene] = feature_list, *also: str) -> Entry:
    make = partial(other_unit, product=product, field=field, family=family)
    return Entry(make, (OTHER_UNITS[field].entity, *also))


def _other_bottle(product: str, field: str) -> Entry:
    return Entry(partial(bottled_other_unit, product=product, field=field), (OTHER_UNITS[field].entity,))


def _sheet(good: str, layout: str, *asks: str, short: bool = False) -> Entry:
    return Entry(partial(spec_sheet, name=good, layout=layout, short=short), asks)


def _measured(good: str, *asks: str, beside: bool = False) -> Entry:
    return Entry(partial(measured_sheet, name=good, beside=beside), asks)


_INPUT = Feature(VOLTS, "INPUT: AC {lower}-{V}V~ 50/60Hz", 240, 100, ("12.0 volt",), "")
_OUTPUT = Feature("", "OUTPUT: DC 12V  2.0A")

TEST: tuple[Entry, ...] = (
    _solid("bookshelf"),
    _solid("carton"),
    _solid("cabinet"),
    _solid("sofa"),
    _solid("table"),
    _solid("rack"),
    _solid("bin"),
    _solid("microwave", W, D, WEIGHT),
    _solid("speaker"),
    _solid("carton", form='{frac}"', variation=1),
    _solid("cabinet", inner=True),
    _solid("bookshelf", inner=True),
    _solid("table", naming="letter"),
    _solid("bin", naming="letter", language="zh"),
    _solid("sofa", H, D, naming="letter", language="de"),
    _solid("microwave", H, W, naming="word", variation=1),
    _front("tote", naming="word", language="de", form="{cm} cm"),
    _front("backpack", H, D),
    _front("mirror"),
    _front("curtain", H, D, form="{cm}cm"),
    _front("wrench", H, WEIGHT),
    _front("hammer"),
    _front("spoon", H, D),
    _front("hanger", W, D, form='{frac}"'),
    _front("bulb"),
    _front("fan", H, D, WEIGHT),
    _front("shirt", W, D, naming="word", language="es", form="{cm} cm"),
    _front("bear", W, D),
    _front("kettle", H, W, VOLUME),
    _front("drill", H, W, width=False),
    _round("vase", form="{in} in / {cm} cm"),
    _round("lamp"),
    _round("pendant", W, LOAD),
    _round("glass", mark="Ø"),
    _round("bin_round"),
    _round("stool", D, H),
    _round("candle", W, D, form='{frac}"'),
    _round("plate", H, D, mark="Ø "),
    Entry(partial(beside_person, product="mirror"), (H, W)),
    Entry(partial(beside_person, product="fan"), (H, D)),
    Entry(partial(two_views, product="backpack"), (W, D, H)),
    Entry(partial(two_views, product="power_bank"), (D, H)),
    Entry(partial(with_load, product="rack"), (H, LOAD, WEIGHT)),
    Entry(partial(with_load, product="table"), (H, D, LOAD)),
    _table("cabinet", "en", W, D, H, WEIGHT),
    _table("microwave", "de", W, H, WEIGHT, WATTS),
    _table("microwave", "fr", D, H, WEIGHT, VOLTS),
    _table("bin", "es", H, WEIGHT, VOLUME),
    _table("table", "it", D, WEIGHT, LOAD),
    _table("microwave", "zh", H, WEIGHT, WATTS, drawn=False),
    _table("rack", "ja", W, H, WEIGHT, LOAD),
    _table("speaker", "en", WEIGHT, WATTS, also=(D,), drawn=False),
    _line("carton", "wdh"),
    _line("cabinet", "words"),
    _line("carton", "lwh"),
    _line("bin", "zh"),
    _food("NET WT {oz} OZ ({g}g)", 340),
    _food("Poids net: {g} g", 250),
    _food("净重：{g}克", 500),
    _food("NET WT {lb} LB ({g} g)", 907),
    _food("Nettogewicht {kg} kg", 1500, comma=True),
    _food("Peso neto {g} g", 425),
    _food("内容量 {g}g", 180),
    _food("net weight\n{g} grams", 60),
    _bottle("bottle", "{floz} FL OZ ({ml} mL)", 500, WEIGHT),
    _bottle("jar", "{ml} ml", 350),
    _bottle("thermos", "{l} L", 750, comma=True),
    _tag("backpack", "ONLY\n{oz} oz", 794, WEIGHT),
    _tag("hammer", "{lb} lbs", 640, WEIGHT),
    _tag("tote", "{g}g", 310, WEIGHT, D),
    _facts(
        feature_list,
        "drill",
        Feature(VOLTS, "{V}V MAX lithium battery", 20),
        Feature(WEIGHT, "Weighs only {lb} lbs", 1590),
        also=(WATTS,),
    ),
    _facts(
        feature_list,
        "fan",
        Feature(WATTS, "Power: {W}W", 45),
        Feature(VOLTS, "Voltage {lower}-{V} V", 240, 220),
        Feature(WEIGHT, "Net weight 3.2 kg / gross weight 3.9 kg".replace("3.2", "{kg}"), 3200),
    ),
    _facts(rating_plate, "charger", _INPUT, _OUTPUT, Feature(WATTS, "{W}W", 24)),
    _facts(
        rating_plate,
        "power_bank",
        Feature("", "10000mAh 37Wh"),
        Feature(VOLTS, "{V}V  3.0A", 5),
        also=(WEIGHT,),
        turned=90,
    ),
    _facts(big_claim, "kettle", Feature(WATTS, "{W} WATTS", 1500), Feature(VOLUME, "{l} Liter", 1700)),
    _facts(big_claim, "hanger", Feature(LOAD, "HOLDS UP TO {lb0} LBS", 4990)),
    _facts(icon_row, "tote", Feature(LOAD, "Load\n{kg0} kg", 20000), Feature(WEIGHT, "Weight\n{g} g", 320)),
    _facts(icon_row, "bulb", Feature(WATTS, "{W}W", 9), Feature(VOLTS, "AC {V}V", 120)),
    _facts(
        feature_list,
        "backpack",
        Feature(VOLUME, "{l}L capacity", 35000),
        Feature(WEIGHT, "Lightweight: {kg} kg", 950),
        Feature(LOAD, "Bears up to {kg0} kg", 25000),
    ),
    _facts(
        rating_plate,
        "charger",
        Feature(VOLTS, "AC {V} V 60 Hz", 120),
        Feature("", "1.5 A MAX"),
        Feature(WATTS, "{W} W", 180),
        turned=-90,
    ),
    _facts(big_claim, "drill", Feature(VOLTS, "{V} VOLT", 36), Feature(WEIGHT, "ONLY {lb} LB", 2040)),
    _facts(icon_row, "fan", Feature(WATTS, "{W}W motor", 55), Feature(WEIGHT, "{kg} kg", 4100)),
    _facts(
        feature_list,
        "mirror",
        Feature(WEIGHT, "Item weight: {lb} lb", 7100),
        Feature(LOAD, "Hook rated {lb0} lbs", 22680),
        also=(D,),
    ),
    Entry(partial(printed_box, form="{kg} KG", grams=8200, gross=9450), (WEIGHT, D)),
    _card("carton", "list"),
    _card("cabinet", "tiles"),
    _card("bookshelf", "list", lacking=D),
    _card("sofa", "list", form="{cm} cm"),
    _card("table", "tiles", form='{in1}"'),
    _card("bin", "list"),
    _card("rack", "tiles", lacking=D),
    _card("microwave", "list", form="{in} in"),
    _card("speaker", "tiles", form="{cm}cm"),
    _card("carton", "tiles"),
    _card("cabinet", "list"),
    _card("sofa", "tiles", lacking=H),
    _card("rack", "list"),
    _card("bin", "tiles"),
    _card("bookshelf", "tiles"),
    _card("microwave", "tiles", lacking=D),
    _card("speaker", "list"),
    _card("table", "list", form="{mm} mm"),
    _card("carton", "list", lacking=W),
    _card("bookshelf", "list", form="{in1} inch"),
    _card("cabinet", "tiles", form="{cm} cm / {in} in"),
    _card("sofa", "list"),
    _card("cabinet", "list", form="{dm} dm", variation=1),
    _card("table", "tiles", form="{dm}dm", variation=1),
    _solid("bookshelf", W, H, form="{dm} dm", variation=1),
    _other("drill", "hp", feature_list, WEIGHT),
    _other("bulb", "mW", icon_row),
    _other_bottle("jar", "cc"),
    _other("spoon", "tbsp", big_claim),
    _other("hanger", "t", big_claim),
    _other("bear", "st"),
    _other("tote", "cum"),
    _sheet("Electric kettle", "columns", VOLTS, WATTS, WEIGHT),
    _sheet("Electric kettle", "plate", VOLTS, VOLUME, WEIGHT, short=True),
    _sheet("Stand fan", "callouts", WATTS, WEIGHT),
    _sheet("Cordless drill", "tiles", VOLTS, WEIGHT, WATTS),
    _sheet("Power bank", "leaders", VOLTS, WEIGHT),
    _sheet("LED bulb", "transposed", VOLTS, WATTS, WEIGHT),
    _sheet("Steam iron", "leaders", WATTS, VOLUME, WEIGHT, short=True),
    _sheet("Humidifier", "tiles", VOLTS, WATTS, VOLUME),
    _sheet("Bluetooth speaker", "columns", WATTS, WEIGHT, H),
    _sheet("Storage rack", "columns", LOAD, WEIGHT, H),
    _sheet("Hiking backpack", "callouts", VOLUME, LOAD, WEIGHT),
    _sheet("Vacuum flask", "transposed", VOLUME, WEIGHT, D),
    _sheet("Crunchy muesli", "pack", WEIGHT, VOLUME),
    _sheet("Apple juice", "pack", VOLUME, WEIGHT),
    _measured("Storage rack", W, H, LOAD, beside=True),
    _measured("Microwave oven", W, D, WATTS),
    _measured("Side table", D, H, WEIGHT),
    _sheet("Storage box", "leaders", W, D, H, LOAD),
)

TRAIN: tuple[Entry, ...] = (
    _solid("cabinet"),
    _solid("bookshelf"),
    _solid("carton"),
    _solid("bin", naming="letter"),
    _solid("rack"),
    _solid("sofa"),
    _front("tote", H, W),
    _front("mirror", H, W),
    _front("bear", H),
    _front("hanger", W, H),
    _round("vase"),
    _round("lamp", H, W),
    _round("can", H, D, mark="Ø"),
    _table("cabinet", "en", W, D, H, WEIGHT),
    _table("rack", "de", H, LOAD),
    _table("microwave", "zh", WEIGHT, WATTS),
    _table("microwave", "ja", W, VOLTS, drawn=False),
    _line("carton", "wdh"),
    _line("bin", "lwh"),
    _food("NET WT {oz} OZ ({g}g)", 227),
    _food("{g} g", 400),
    _food("Peso netto {g} g", 750),
    _bottle("bottle", "{ml} ml", 330),
    _bottle("jar", "{floz} FL OZ", 473),
    _tag("shirt", "{g} g", 180, WEIGHT),
    _facts(feature_list, "drill", Feature(VOLTS, "{V}V battery", 18), Feature(WEIGHT, "Only {kg} kg", 1300)),
    _facts(rating_plate, "charger", _INPUT, _OUTPUT, Feature(WATTS, "{W}W", 24)),
    _facts(big_claim, "kettle", Feature(WATTS, "{W}W", 2200)),
    _facts(icon_row, "tote", Feature(LOAD, "Up to\n{kg0} kg", 15000)),
    Entry(partial(printed_box, form="{lb} LBS", grams=5200, gross=6100), (WEIGHT,)),
    Entry(partial(with_load, product="table"), (W, H, LOAD)),
    _card("table", "list"),
    _card("speaker", "tiles"),
    _card("sofa", "list", form="{dm} dm"),
    _card("carton", "tiles", form="{dm} dm"),
    _solid("rack", form="{dm} dm"),
    _front("backpack", H, W, form="{dm} dm"),
    _other("fan", "hp"),
    _other("drill", "hp", big_claim),
    _other("bulb", "mW"),
    _other("charger", "mW", icon_row),
    _other_bottle("bottle", "cc"),
    _other_bottle("thermos", "cc"),
    _other("spoon", "tsp", big_claim),
    _other("spoon", "tbsp", icon_row),
    _other("mirror", "t"),
    _other("hanger", "st", icon_row),
    _other("tote", "cum", big_claim),
    _other("bulb", "ct"),
    _other("wrench", "gr", icon_row),
    _sheet("Electric kettle", "tiles", VOLTS, WATTS, VOLUME, WEIGHT),
    _sheet("Stand fan", "plate", VOLTS, WATTS, WEIGHT, short=True),
    _sheet("Cordless drill", "columns", VOLTS, WEIGHT),
    _sheet("Steam iron", "transposed", VOLTS, WATTS, VOLUME, WEIGHT),
    _sheet("Microwave oven", "callouts", WATTS, VOLUME, WEIGHT),
    _sheet("Bluetooth speaker", "plate", WATTS, VOLTS, WEIGHT, short=True),
    _sheet("Storage rack", "tiles", LOAD, WEIGHT, W, H),
    _sheet("Hiking backpack", "leaders", VOLUME, LOAD, WEIGHT),
    _sheet("Crunchy muesli", "pack", WEIGHT),
    _sheet("Apple juice", "pack", VOLUME),
    _measured("Side table", W, H, LOAD, beside=True),
    _measured("Storage box", W, D, H, VOLUME),
)  # fmt: skip

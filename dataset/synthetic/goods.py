"""Goods with what their specification sheets say of them: data, one entry a kind of product."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a specification sheet: its name in full and short, and how its value is printed.

    One of the `forms`, those of `measure.printed`, is taken; one without `entity` is printed as it is. One of the
    `amounts`, in the quantity's base unit, is taken; two, as in "220-240", are the ends of a range. Facts of a `group`
    stand next to each other, and the same place in `forms` is taken for them; the group "size" has the outer measures.
    """

    name: str
    short: str
    forms: tuple[str, ...]
    entity: str = ""
    amounts: tuple[str, ...] = ()
    group: str = ""

    def chosen(self, rng: Random, place: float) -> tuple[str, Decimal, int | None]:
        """The form at a place from 0 to 1, an amount in the base unit, and the lower end if it is a range."""
        form = self.forms[int(place * len(self.forms))]
        if not self.amounts:
            return form, Decimal(0), None
        lower, _, upper = rng.choice(self.amounts).rpartition("-")
        return form, Decimal(upper), int(lower) if lower else None


@dataclass(frozen=True, slots=True)
class Good:
    """A kind of product: what sheets call it, the shape that is drawn ("" for none), and the facts about it.

    `heading` stands above the facts, `contents` apart from them, as on packed food.
    """

    name: str
    shape: str
    facts: tuple[Fact, ...]
    heading: str = "Specifications"
    contents: Fact | None = None


def _fact(name: str, short: str, forms: str, entity: str = "", amounts: str = "", group: str = "") -> Fact:
    return Fact(name, short, tuple(forms.split(" | ")), entity, tuple(amounts.split()), group)


def _volts(*amounts: str) -> Fact:
    ranged = any("-" in amount for amount in amounts)
    forms = "{lower}-{V}V~ | AC {lower}-{V} V" if ranged else "{V} V~ | AC {V}V | {V}V"
    return _fact("Rated voltage", "VOLTAGE", forms, "voltage", " ".join(amounts))


def _direct(amounts: str, name: str, short: str) -> Fact:
    return _fact(name, short, "{V} V | DC {V}V | {V}V", "voltage", amounts)


def _watts(*amounts: str, name: str = "Rated power") -> Fact:
    ranged = any("-" in amount for amount in amounts)
    return _fact(name, "POWER", "{lower}-{W} W" if ranged else "{W}W | {W} W", "wattage", " ".join(amounts))


def _net(forms: str, *amounts: str) -> Fact:
    return _fact("Net weight", "N.W.", forms, "item_weight", " ".join(amounts), "weight")


def _gross(forms: str) -> Fact:
    return _fact("Gross weight", "G.W.", forms, group="weight")


def _weight(forms: str, amounts: str) -> Fact:
    return _fact("Weight", "WEIGHT", forms, "item_weight", amounts)


def _load(forms: str, amounts: str) -> Fact:
    return _fact("Max. load", "LOAD", forms, "maximum_weight_recommendation", amounts)


def _capacity(forms: str, amounts: str) -> Fact:
    return _fact("Capacity", "CAP.", forms, "item_volume", amounts)


def _size(forms: str, **amounts: str) -> tuple[Fact, ...]:
    """Outer measures by entity."""
    return tuple(_fact(name.title(), name[0].upper(), forms, name, each, "size") for name, each in amounts.items())


_HERTZ = _fact("Frequency", "FREQ.", "50/60Hz | 50 Hz | 50-60 Hz")
_CORD = _fact("Cord length", "CORD", "1.5 m | 0.75 m | 1.8m | 120 cm")
_NOISE = _fact("Noise level", "NOISE", "65 dB | 48 dB(A) | ≤ 52 dB")
_BOX = _fact("Packing size", "BOX", "26 x 21 x 28 cm | 260 x 180 x 340 mm | 35.5 x 22 x 31 cm")
_CHARGE = _fact("Charging time", "CHARGE", "2.5 h | 60 min | 4 hours")

_GOODS = (
    Good(
        "Electric kettle",
        "kettle",
        (
            _volts("220-240"), _HERTZ, _watts("1850-2200", "1500-1800"), _CORD, _NOISE, _BOX,
            _capacity("{l} L | {l}L", "1500 1700 1200 800"),
            _net("{kg} kg", "950", "1100", "1250"), _gross("1.6 kg | 1.7 kg"),
            _fact("Boiling time", "BOIL", "5 min | 4-6 min"),
        ),
    ),
    Good(
        "Stand fan",
        "fan",
        (
            _volts("220", "230", "120"), _HERTZ, _watts("45", "55", "60"), _CORD, _NOISE,
            _fact("Packing size", "BOX", "52 x 22 x 48 cm | 540 x 210 x 460 mm"),
            _fact("Wind speed", "WIND", "3.2 m/s | 4.1 m/s"), _fact("Timer", "TIMER", "8 h | 1-7.5 h"),
            _net("{kg} kg", "3200", "4100", "2850"), _gross("4.9 kg | 5.2 kg"),
        ),
    ),
    Good(
        "Cordless drill",
        "drill",
        (
            _direct("18 20 12", "Battery voltage", "VOLTAGE"), _CHARGE,
            _fact("Battery capacity", "BATTERY", "2000 mAh | 1500 mAh | 4000mAh"),
            _fact("No-load speed", "SPEED", "0-1500 rpm | 0-400/min"), _fact("Max. torque", "TORQUE", "45 N·m | 35 Nm"),
            _fact("Chuck", "CHUCK", "10 mm | 13 mm"), _fact("Noise level", "NOISE", "76 dB(A) | 82 dB"),
            _weight("{kg} kg | {lb} lb", "1400 1700 2200"),
            _fact("Case size", "CASE", "33 x 28 x 10 cm | 340 x 290 x 110 mm"),
        ),
    ),
    Good(
        "Power bank",
        "power_bank",
        (
            _fact("Battery capacity", "CAPACITY", "10000 mAh | 20000 mAh"), _fact("Rated energy", "ENERGY", "37 Wh"),
            _direct("5", "Output voltage", "OUTPUT"), _fact("Output current", "CURRENT", "2.4 A | 3 A"),
            _weight("{g} g | {g}g | {oz} oz", "220 245 340"), _CHARGE,
            _fact("Cable length", "CABLE", "30 cm | 0.5 m"), _fact("Cycles", "CYCLES", "500 | ≥ 300"),
            _fact("Operating temperature", "TEMP.", "0-45 °C | -10-40 °C"),
        ),
    ),
    Good(
        "LED bulb",
        "bulb",
        (
            _volts("220-240", "100-240"), _HERTZ, _watts("9", "11", "14"),
            _fact("Luminous flux", "FLUX", "806 lm | 1055 lm | 1521 lm"), _fact("Colour", "CCT", "2700 K | 4000K"),
            _fact("Lifetime", "LIFE", "15000 h | 25000 h"), _fact("Beam angle", "ANGLE", "220° | 180°"),
            _fact("Current", "AMPS", "75 mA | 90mA"),
            _weight("{g} g | {g}g", "38 46 62"),
        ),
    ),
    Good(
        "Steam iron",
        "",
        (
            _volts("220-240", "220-230"), _HERTZ, _watts("2400", "2000", "2600"),
            _fact("Water tank", "TANK", "{ml} ml | {ml}ml", "item_volume", "300 260 350"),
            _fact("Steam output", "STEAM", "40 g/min | 35 g/min"), _fact("Steam shot", "SHOT", "160 g/min | 120 g/min"),
            _fact("Cord length", "CORD", "1.9 m | 2 m | 2.5 m"), _net("{kg} kg | {kg}kg", "1200", "1050", "1350"),
            _gross("1.5 kg | 1.6kg"), _BOX,
        ),
    ),
    Good(
        "Humidifier",
        "",
        (
            _direct("24", "Rated voltage", "VOLTAGE"), _watts("23", "28", "36"), _NOISE, _CORD,
            _fact("Tank capacity", "TANK", "{l} L | {l}L | {ml} ml", "item_volume", "2500 3500 5000"),
            _fact("Mist output", "MIST", "250 ml/h | 300 ml/h"), _fact("Run time", "RUN", "10 h | 24 hours"),
            _fact("Room size", "ROOM", "20 m² | 15-30 m²"), _net("{kg} kg", "1100", "1450"), _gross("1.9 kg"),
        ),
    ),
    Good(
        "Bluetooth speaker",
        "speaker",
        (
            _watts("20", "12", "40", name="Output power"), _fact("Battery", "BATTERY", "3600 mAh | 2000mAh"),
            _direct("5", "Charging voltage", "INPUT"), _CHARGE,
            _fact("Frequency response", "RESPONSE", "60 Hz-20 kHz | 80Hz-18kHz"),
            _fact("Play time", "PLAY", "12 h | 8 h"), _fact("Range", "RANGE", "10 m | 15 m"),
            _fact("Signal to noise", "SNR", "80 dB | ≥ 75 dB"),
            _net("{g} g", "560", "640", "820"), _gross("940 g | 1050 g"),
            *_size("{mm} mm | {cm} cm", width="142 165", depth="118 130", height="185 212 264"),
        ),
    ),
    Good(
        "Microwave oven",
        "microwave",
        (
            _volts("230", "120"), _HERTZ, _watts("700", "800", "900"), _CORD, _NOISE,
            _fact("Packing size", "BOX", "53 x 43 x 33 cm | 540 x 420 x 345 mm"),
            _capacity("{l} L | {l}L | {l} litres", "20000 23000 25000"),
            _fact("Turntable", "TURNTABLE", "245 mm | 270 mm"),
            _net("{kg} kg", "11200", "12500", "10400"), _gross("13.6 kg | 14 kg"),
            *_size("{cm} cm | {mm} mm | {in1} in", width="442 458 485", depth="345 362 386", height="258 262 285"),
        ),
    ),
    Good(
        "Storage rack",
        "rack",
        (
            _load("{kg} kg | {lb0} lbs", "60000 80000 120000"),
            _net("{kg} kg", "5400", "7200", "8150"), _gross("9.3 kg | 9.8 kg"),
            *_size("{cm} cm | {mm} mm | {in1} in", width="600 750 550", depth="300 350 400", height="1200 1450 900"),
            _fact("Shelf distance", "SHELF", "28 cm | 32 cm"), _fact("Tube", "TUBE", "Ø 19 mm | 25 x 25 mm"),
            _fact("Board", "BOARD", "12 mm | 15 mm"), _fact("Package", "BOX", "78 x 34 x 9 cm | 92 x 36 x 11 cm"),
        ),
    ),
    Good(
        "Side table",
        "table",
        (
            *_size("{cm} cm | {in1} in | {cm}cm", width="800 900 1000", depth="450 500 550", height="450 550 620"),
            _load("{kg} kg | {lb0} lbs", "40000 60000 25000"),
            _net("{kg} kg | {lb} lbs", "8400", "9250", "11300"), _gross("13.1 kg | 28.9 lbs"),
            _fact("Top", "TOP", "18 mm | 22 mm"), _fact("Leg", "LEG", "40 x 40 mm | 30 x 30 mm"),
            _fact("Assembly", "ASSEMBLY", "20 min | 15 min"),
            _fact("Package", "BOX", "104 x 60 x 12 cm | 108 x 58 x 14 cm"),
        ),
    ),
    Good(
        "Storage box",
        "bin",
        (
            *_size("{cm} cm | {mm} mm | {in1} in", width="400 450 590", depth="300 350 390", height="220 280 340"),
            _capacity("{l} L | {l}L", "24000 38000 52000"),
            _load("{kg} kg | {kg}kg", "15000 20000 25000"),
            _weight("{kg} kg | {g} g", "1250 1650 1900"),
            _fact("Wall", "WALL", "2 mm | 2.5 mm"), _fact("Heat resistant", "HEAT", "-20-80 °C | 70 °C"),
            _fact("Stack", "STACK", "5 boxes | 4 pcs"), _fact("Lid", "LID", "0.3 kg | 280 g"),
        ),
    ),
    Good(
        "Hiking backpack",
        "backpack",
        (
            _fact("Volume", "VOL.", "{l} L | {l}L | {l} litres", "item_volume", "30000 45000 25000"),
            _load("{kg} kg | {kg}kg", "15000 18000 12000"),
            _weight("{g} g | {kg} kg", "950 1120 1380"),
            _fact("Laptop", "LAPTOP", '15.6" | 14 inch'), _fact("Fabric", "FABRIC", "420 D | 600D"),
            _fact("Water column", "WATER", "3000 mm | 1500 mm"), _fact("Strap width", "STRAP", "6 cm | 55 mm"),
            _fact("Bottle pocket", "POCKET", "750 ml | 1 L"),
        ),
    ),
    Good(
        "Vacuum flask",
        "thermos",
        (
            _capacity("{ml} ml | {l} L", "500 750 350"),
            _weight("{g} g | {g}g", "310 285 420"),
            _fact("Cup", "CUP", "150 ml | 120 ml"),
            _fact("Keeps hot", "HOT", "12 h (65 °C) | 8 h (60°C)"), _fact("Keeps cold", "COLD", "24 h | 18 h"),
            _fact("Mouth", "MOUTH", "4.8 cm | 45 mm"), _fact("Carton", "CARTON", "24 pcs, 9.4 kg | 12 pcs, 5.2 kg"),
            *_size("{cm} cm | {mm} mm", height="245 268 220"),
        ),
    ),
    Good(
        "Crunchy muesli",
        "pouch",
        (
            _fact("Energy", "ENERGY", "1580 kJ / 377 kcal | 1712 kJ / 408 kcal"), _fact("Fat", "FAT", "8.2 g | 12 g"),
            _fact("of which saturates", "SATURATES", "1.6 g | 2.4 g"), _fact("Carbohydrate", "CARBS", "58 g | 62 g"),
            _fact("of which sugars", "SUGARS", "14 g | 9.5 g"), _fact("Fibre", "FIBRE", "9.1 g | 7.8 g"),
            _fact("Protein", "PROTEIN", "11 g | 10.3 g"), _fact("Salt", "SALT", "0.05 g | 0.3 g"),
            _fact("Serving size", "SERVING", "40 g | 45 g"),
        ),
        "Nutrition per 100 g",
        _fact("Net weight", "NET WT", "{g} g | {g}g | {kg} kg", "item_weight", "375 500 750 1000"),
    ),
    Good(
        "Apple juice",
        "bottle",
        (
            _fact("Energy", "ENERGY", "196 kJ / 46 kcal | 188 kJ / 44 kcal"), _fact("Fat", "FAT", "0 g | 0.1 g"),
            _fact("Carbohydrate", "CARBS", "11 g | 10.8 g"), _fact("of which sugars", "SUGARS", "10 g | 9.6 g"),
            _fact("Protein", "PROTEIN", "0.1 g | 0 g"), _fact("Salt", "SALT", "0.01 g | 0 g"),
            _fact("Vitamin C", "VITAMIN C", "30 mg | 24 mg"), _fact("Serving size", "SERVING", "200 ml | 150 ml"),
        ),
        "Nutrition per 100 ml",
        _fact("Contents", "CONTENTS", "{ml} ml | {l} L | {cl} cl", "item_volume", "330 500 750 1000"),
    ),
)  # fmt: skip
GOODS = MappingProxyType({good.name: good for good in _GOODS})

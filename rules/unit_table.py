"""The known units and their spellings on product pictures, by kind of measure.

Aliases are lower case; matching ignores case, and a trailing full stop is allowed everywhere. Marks
(`"`, `'`) are here too. Units that no entity may be answered in are listed because they can be converted;
`CONVERT_TO` names the allowed unit that each of them becomes.
"""

from __future__ import annotations

LENGTH, WEIGHT, VOLTAGE, POWER, VOLUME = "length", "weight", "voltage", "power", "volume"

UNITS_BY_KIND: dict[str, tuple[str, ...]] = {
    LENGTH: (
        "centimetre", "foot", "inch", "metre", "millimetre", "yard", "decimetre", "micrometre", "kilometre", "mile",
    ),
    WEIGHT: (
        "gram", "kilogram", "microgram", "milligram", "ounce", "pound", "ton", "tonne", "stone", "carat", "grain",
    ),
    VOLTAGE: ("kilovolt", "millivolt", "volt", "microvolt", "megavolt"),
    POWER: ("kilowatt", "watt", "milliwatt", "megawatt", "horsepower"),
    VOLUME: (
        "centilitre", "cubic foot", "cubic inch", "cup", "decilitre", "fluid ounce", "gallon", "imperial gallon",
        "litre", "microlitre", "millilitre", "pint", "quart", "cubic centimetre", "cubic metre", "tablespoon",
        "teaspoon", "imperial pint", "imperial fluid ounce", "imperial quart", "barrel",
    ),
}  # fmt: skip

BASE_UNIT: dict[str, str] = {
    LENGTH: "centimetre",
    WEIGHT: "gram",
    VOLTAGE: "volt",
    POWER: "watt",
    VOLUME: "millilitre",
}
"""The unit in which sizes of a kind are compared."""

CONVERT_TO: dict[str, str] = {
    "decimetre": "centimetre",
    "micrometre": "millimetre",
    "kilometre": "metre",
    "mile": "foot",
    "tonne": "kilogram",
    "stone": "pound",
    "carat": "gram",
    "grain": "gram",
    "microvolt": "millivolt",
    "megavolt": "kilovolt",
    "milliwatt": "watt",
    "megawatt": "kilowatt",
    "horsepower": "watt",
    "cubic centimetre": "millilitre",
    "cubic metre": "litre",
    "tablespoon": "millilitre",
    "teaspoon": "millilitre",
    "imperial pint": "imperial gallon",
    "imperial quart": "imperial gallon",
    "imperial fluid ounce": "fluid ounce",
    "barrel": "gallon",
}

SAME_WORD: dict[tuple[str, str], str] = {("ounce", VOLUME): "fluid ounce"}
"""Units that share a word, by kind: as an answer for a volume, `16 oz` are fluid ounces."""

UNIT_ALIASES: dict[str, tuple[str, ...]] = {
    "centimetre": (
        "cm", "cms", "ctm", "centimetre", "centimetres", "centimeter", "centimeters", "centimetro", "centimetros",
        "centímetro", "centímetros", "centimetri", "centimètre", "centimètres", "zentimeter", "㎝", "厘米", "公分",
        "センチメートル", "センチ", "см", "센티미터", "센티",
    ),
    "millimetre": (
        "mm", "mms", "millimetre", "millimetres", "millimeter", "millimeters", "milimetro", "milimetros", "milímetro",
        "milímetros", "millimetro", "millimetri", "millimètre", "millimètres", "㎜", "毫米", "公厘", "ミリメートル",
        "ミリ", "мм", "밀리미터",
    ),
    "metre": (
        "m", "mtr", "mtrs", "mt", "mts", "metre", "metres", "meter", "meters", "metro", "metros", "metri", "mètre",
        "mètres", "米", "公尺", "メートル", "м", "미터",
    ),
    "decimetre": ("dm", "decimetre", "decimeter", "decimetres", "decimeters", "dezimeter", "decimetro", "分米"),
    "micrometre": ("μm", "um", "micron", "microns", "micrometre", "micrometer", "micrometers", "微米"),
    "kilometre": ("km", "kms", "kilometre", "kilometer", "kilometres", "kilometers", "公里", "千米"),
    "mile": ("mile", "miles"),
    "inch": (
        '"', "''", "in", "ins", "inch", "inchs", "inches", "inche", "zoll", "pouce", "pouces", "po", "pulgada",
        "pulgadas",
        "pulg", "polegada", "polegadas", "pollice", "pollici", "英寸", "英吋", "吋", "インチ", "дюйм", "дюйма",
        "дюймов", "인치",
    ),
    "foot": (
        "'", "ft", "fts", "foot", "feet", "feets", "pied", "pieds", "pie", "pies", "piede", "piedi", "pé", "pés",
        "fuß", "英尺",
        "呎", "フィート", "피트",
    ),
    "yard": ("yd", "yds", "yard", "yards", "yarda", "yardas", "码", "ヤード"),
    "gram": (
        "g", "gr", "gm", "gms", "grm", "grms", "grs", "gram", "grams", "gramm", "gramme", "grammes", "grammi",
        "grammo", "gramo", "gramos", "grama", "gramas", "克", "公克", "グラム", "г", "гр", "грамм", "그램",
    ),
    "kilogram": (
        "kg", "kgs", "kgm", "kilo", "kilos", "kilogram", "kilograms", "kilogramm", "kilogramme", "kilogrammes",
        "kilogramo", "kilogramos", "kilogrammo", "chilogrammo", "chilogrammi", "chilo", "chili", "quilograma",
        "quilogramas",
        "quilo", "quilos", "㎏", "千克", "公斤", "キログラム", "キロ", "кг", "килограмм", "킬로그램", "킬로",
    ),
    "milligram": (
        "mg", "mgs", "mgm", "milligram", "milligrams", "milligramm", "milligramme", "milligrammes", "miligramo",
        "miligramos", "milligrammi", "milligrammo", "miligramas", "㎎", "毫克", "ミリグラム", "мг",
    ),
    "microgram": (
        "μg", "ug", "mcg", "mcgs", "microgram", "micrograms", "mikrogramm", "microgramme", "microgrammes",
        "microgramo", "microgramos", "microgrammi", "㎍", "微克", "マイクログラム", "мкг",
    ),
    "ounce": (
        "oz", "ozs", "onz", "ounce", "ounces", "unze", "unzen", "once", "onces", "onza", "onzas", "oncia", "onça",
        "onças", "盎司", "安士", "オンス", "унция", "унций", "온스",
    ),
    "pound": (
        "lb", "lbs", "pound", "pounds", "pnd", "pfund", "livre", "livres", "libra", "libras", "libbra", "libbre",
        "℔", "磅", "英磅", "ポンド", "фунт", "фунтов", "파운드",
    ),
    "ton": ("ton", "tons", "t", "short ton", "short tons", "us ton", "us tons"),
    "tonne": (
        "tonne", "tonnes", "tonnen", "tonnellate", "toneladas", "tonelada", "metric ton", "metric tons", "mt ton",
        "吨", "公吨", "トン", "тонн", "тонна",
    ),
    "stone": ("stone", "stones"),
    "carat": ("carat", "carats", "karat", "克拉", "カラット"),
    "grain": ("grain", "grains"),
    "volt": (
        "v", "vac", "vdc", "volt", "volts", "voltage", "voltios", "voltio", "v~", "v ac", "v dc", "volt ac",
        "volt dc", "volts ac", "volts dc", "伏", "伏特", "ボルト", "в", "вольт", "볼트",
    ),
    "kilovolt": ("kv", "kilovolt", "kilovolts", "千伏"),
    "millivolt": ("mv", "millivolt", "millivolts", "毫伏"),
    "microvolt": ("μv", "uv", "microvolt", "microvolts"),
    "megavolt": ("megavolt", "megavolts"),
    "watt": ("w", "watt", "watts", "wat", "vatios", "vatio", "wattage", "瓦", "瓦特", "ワット", "вт", "ватт", "와트"),
    "kilowatt": ("kw", "kilowatt", "kilowatts", "kilovatios", "chilowatt", "千瓦", "キロワット", "квт"),
    "milliwatt": ("mw", "milliwatt", "milliwatts", "毫瓦"),
    "megawatt": ("megawatt", "megawatts", "兆瓦"),
    "horsepower": ("hp", "horsepower", "马力"),
    "millilitre": (
        "ml", "mls", "millilitre", "millilitres", "milliliter", "milliliters", "mililitro", "mililitros",
        "millilitri", "millilitro", "㎖", "毫升", "ミリリットル", "мл", "밀리리터",
    ),
    "centilitre": (
        "cl", "centilitre", "centilitres", "centiliter", "centiliters", "zentiliter", "centilitro", "centilitros",
        "centilitri",
    ),
    "decilitre": (
        "dl", "decilitre", "decilitres", "deciliter", "deciliters", "deziliter", "decilitro", "decilitros",
        "decilitri", "㎗",
    ),
    "litre": (
        "l", "ltr", "ltrs", "lt", "lts", "litre", "litres", "liter", "liters", "litro", "litros", "litri", "ℓ", "㍑",
        "升", "公升", "リットル", "л", "литр", "литра", "литров", "리터",
    ),
    "microlitre": ("μl", "ul", "mcl", "microlitre", "microlitres", "microliter", "microliters", "微升"),
    "fluid ounce": (
        "fl oz", "fl.oz", "fl. oz", "floz", "fl ozs", "fl.ozs", "fluid oz", "fluid ounce", "fluid ounces",
        "fluid ozs", "fl ounce", "fl ounces", "f oz", "us fl oz", "us fl.oz", "us fl. oz", "oz fl", "oz. fl",
        "fi oz", "fi.oz", "fi. oz", "onces liquides", "once liquide", "oz liq", "onzas líquidas", "onza líquida",
        "液体盎司", "液盎司",
    ),
    "imperial fluid ounce": ("imp fl oz", "imp. fl. oz", "uk fl oz", "imperial fl oz", "imperial fluid ounces"),
    "gallon": (
        "gal", "gals", "gallon", "gallons", "us gal", "us gallon", "us gallons", "gallone", "gallonen", "galón",
        "galon", "galones", "galão", "galões", "galloni", "加仑", "加侖", "ガロン",
    ),
    "imperial gallon": (
        "imp gal", "imp. gal", "imp gallon", "imp gallons", "imperial gallon", "imperial gallons", "uk gal",
        "uk gallon", "uk gallons", "imp. gallon", "imp. gallons",
    ),
    "quart": ("qt", "qts", "quart", "quarts", "夸脱"),
    "imperial quart": ("imperial quart", "imperial quarts", "imp qt", "imp. qt"),
    "pint": ("pt", "pts", "pint", "pints", "pinta", "pintas", "品脱"),
    "imperial pint": ("imperial pint", "imperial pints", "imp pt", "imp. pt", "uk pint", "uk pints"),
    "cup": ("cup", "cups", "tasse", "tassen", "tasses", "taza", "tazas", "tazza", "tazze", "杯", "カップ"),
    "tablespoon": (
        "tbsp", "tbs", "tablespoon", "tablespoons", "esslöffel", "cuillère à soupe", "cuillères à soupe", "大さじ",
    ),
    "teaspoon": (
        "tsp", "teaspoon", "teaspoons", "teelöffel", "cuillère à café", "cuillères à café", "小さじ",
    ),
    "cubic inch": (
        "cu in", "cu. in", "cu.in", "cuin", "cubic inch", "cubic inches", "cubic in", "in³", "in3", "inch³",
        "inches³", "立方英寸",
    ),
    "cubic foot": (
        "cu ft", "cu. ft", "cu.ft", "cuft", "cubic foot", "cubic feet", "cubic ft", "ft³", "ft3", "cf", "立方英尺",
    ),
    "cubic centimetre": (
        "cc", "ccm", "cm³", "cm3", "cu cm", "cubic centimetre", "cubic centimetres", "cubic centimeter",
        "cubic centimeters", "cubic cm", "立方厘米",
    ),
    "cubic metre": (
        "m³", "m3", "cbm", "cu m", "cubic metre", "cubic metres", "cubic meter", "cubic meters", "立方米",
    ),
    "barrel": ("bbl", "barrel", "barrels"),
}  # fmt: skip

MISREAD_ALIASES: dict[str, tuple[str, ...]] = {
    "pound": ("ibs", "1bs", "ib", "1b", "|bs", "|b", "lds"),
    "ounce": ("0z", "02", "o2", "cz", "ouces", "oze"),
    "centimetre": ("crn", "cn", "cin", "ern", "em", "сm", "cм", "c m"),
    "millimetre": ("rnm", "mrn", "mn", "rnrn", "m m"),
    "inch": (
        "lnch", "lnches", "1nch", "1nches", "|nch", "|nches", "ln", "inc", "inchess", "lnchs", "1n", "iin",
        "iinch", "incn",
    ),
    "kilogram": ("kq", "k9", "kgi", "kge", "xg", "k g"),
    "fluid ounce": (
        "fl 02", "fl. 02", "fl0z", "fl.0z", "fl 0z", "fl. 0z", "f1 oz", "f1.oz", "f1. oz", "f1oz", "fi0z", "fioz",
    ),
    "millilitre": ("m1", "mi", "mle", "rnl"),
    "litre": ("1iter", "1iters", "1itre", "1itres"),
    "gram": ("ge", "grarn", "grarns"),
    "milligram": ("rng",),
    "volt": ("vo1t", "vo1ts", "voit", "voits", "voilt", "vokt", "vots"),
    "gallon": ("ga1", "gai"),
    "watt": ("vv", "watls", "wats"),
}  # fmt: skip
"""Misreadings of OCR engines, most of them too short to match by edit distance."""

OTHER_MEASURES: tuple[str, ...] = (
    "%", "％", "°", "db", "hz", "khz", "mhz", "ghz", "rpm", "mah", "ah", "ma", "a", "wh", "kwh", "lm", "lux", "nm",
    "psi", "bar", "mpa", "kpa", "min", "mins", "minutes", "hrs", "hours", "days", "years", "pcs", "pieces",
)  # fmt: skip
"""Units of what no entity measures: a number in one takes no unit from a heading (`Voltage` over `76 dB(A)`)."""

ORDINARY_WORDS: frozenset[str] = frozenset(
    {
        "bards", "barre", "barres", "beets", "bolts", "bounce", "bounds", "brain", "brains", "cards", "child",
        "chile", "chilli", "colts", "cumin", "deter", "drain", "drains", "feeds", "feels", "fibra", "fibras",
        "files", "finches", "found", "founds", "gamme", "giles", "grabs", "grado", "grados", "grads", "grasa",
        "grasas", "grass", "hints", "karate", "kills", "lassen", "later", "lifer", "liner", "lints", "litter",
        "liver", "lives", "males", "meets", "metric", "micro", "micros", "mints", "mixes", "mules", "nitro",
        "paints", "passe", "passen", "peter", "piece", "piles", "pinches", "pines", "pinto", "points", "ponce",
        "pouch", "pouches", "prints", "quartz", "quill", "quills", "quilt", "quilts", "ratio", "retro", "round",
        "rounds", "salon", "silos", "smiles", "sound", "sounds", "store", "stores", "stove", "stoves", "talon",
        "tannen", "tapas", "taste", "tasten", "tastes", "tiles", "tints", "trains", "wants", "wards", "winches",
        "wounds", "yarns",
    }
)  # fmt: skip
"""Ordinary words on packages that are one letter away from a unit (`5 piece`, `12 bolts`)."""

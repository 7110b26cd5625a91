"""Words around a quantity that tell what it measures, by context.

They stand in the quantity's own line, or in the heading of its row or column. The weight of a context for an entity
stands in `rules.weight_table`.
"""

from __future__ import annotations

CONTEXT_WORDS: dict[str, tuple[str, ...]] = {
    "weight": (
        "weight", "weighs", "wt", "weigh", "wght", "gewicht", "poids", "peso", "重量", "重さ", "质量", "本体重量",
        "масса", "вес", "무게", "중량",
    ),
    "net": (
        "net wt", "net weight", "netto", "nettogewicht", "poids net", "peso neto", "peso netto", "peso líquido",
        "net contents", "net quantity", "net qty", "net", "nett", "净重", "净含量", "内容量", "正味", "n.w", "nw",
        "conteúdo", "contenido neto", "нетто",
    ),
    "gross": (
        "gross", "g.w", "gw", "brutto", "poids brut", "peso bruto", "shipping", "package weight", "毛重", "брутто",
    ),
    "load": (
        "capacity", "load", "loading", "loads", "max", "maximum", "supports", "support", "holds", "hold", "bearing",
        "bear", "bears", "withstand", "carry", "limit", "up to", "rated", "user weight", "recommended", "weight limit",
        "traglast", "belastbar", "tragkraft", "belastung", "charge", "capacidad", "carga", "portata", "承重", "载重",
        "承载", "耐荷重", "耐荷", "最大", "нагрузка", "strength", "lifting", "lift", "pull", "payload",
        "tested", "heavy duty", "suitable for", "pets", "dogs", "hanging", "weight range", "loaded", "belastbarkeit",
        "tragfähigkeit", "nutzlast", "trägt", "bis zu", "maximal", "maximale", "máximo", "máxima", "massimo", "massima",
        "soporta", "resiste", "supporte", "jusqu'à", "hasta", "fino a", "限重", "грузоподъемность", "до",
    ),
    "accuracy": (
        "accuracy", "accurate", "resolution", "graduation", "graduations", "increments", "precision", "division",
        "readability", "genauigkeit", "teilung", "précision", "precisión", "precisione", "精度", "分度值", "точность",
    ),
    "serving": (
        "serving", "servings", "per serving", "serving size", "portion", "per 100", "100g", "pro portion", "dose",
        "per tablet", "per capsule", "scoop", "daily value", "amount per", "per day", "dosage", "dosierung",
        "posologie", "tagesdosis", "daily dose", "par portion", "por porción", "ración", "per sachet", "per stick",
        "per gummy",
    ),
    "nutrient": (
        "protein", "fat", "carb", "carbs", "carbohydrate", "carbohydrates", "sugar", "sugars", "fiber", "fibre",
        "sodium", "salt", "calories", "calcium", "vitamin", "iron", "potassium", "cholesterol", "saturated", "caffeine",
        "energy", "kcal", "creatine", "bcaa", "zinc", "magnesium", "omega", "trans",
    ),
    "strength": ("mg", "strength", "extract", "tablets", "capsules", "softgels", "potency"),
    "material": ("canvas", "paper", "cardstock", "stock", "denim", "fabric", "gsm", "polyester", "fleece", "yarn"),
    "each": ("each", "per piece", "per pc", "per bottle", "per unit", "je", "chacun", "cada", "individual", "単品"),
    "total": ("total", "in total", "gesamt", "combined", "altogether"),
    "input": ("input", "eingang", "entrée", "entrada", "ingresso", "输入", "入力", "charging", "adapter", "ac input"),
    "output": ("output", "ausgang", "sortie", "salida", "uscita", "输出", "出力"),
    "battery": (
        "battery", "batteries", "batterie", "akku", "bateria", "batería", "电池", "電池", "バッテリー", "lithium",
    ),
    "voltage": (
        "voltage", "volt", "spannung", "tension", "voltaje", "tensione", "电压", "電圧", "电源", "напряжение",
        "rated voltage",
    ),
    "power": (
        "power", "wattage", "watt", "leistung", "puissance", "potencia", "potenza", "功率", "消費電力", "мощность",
        "rated power", "consumption",
    ),
    "equivalent": (
        "equivalent", "equal", "equals", "replaces", "replacement", "incandescent", "entspricht", "equiv", "vs",
        "halogen", "traditional", "glühlampe", "glühlampen", "glühbirne", "ersetzt", "remplace", "incandescente",
        "incandescence", "reemplaza", "sostituisce", "equivalente", "équivalent", "equivale",
    ),
    "maximum_power": ("max", "maximum", "peak", "up to", "surge", "solar", "panel"),
    "volume": (
        "capacity", "volume", "volumen", "kapazität", "fassungsvermögen", "capacité", "contenance", "capacidad",
        "capacità", "容量", "容积", "объем", "contents", "net contents", "fl oz", "holds", "tank", "bottle",
    ),
    "part": (
        "drawer", "seat", "handle", "shelf", "between", "gap", "cord", "cable", "cable length", "hose", "wire", "strap",
        "inner", "inside", "interior", "internal", "packing", "package", "carton", "box size", "screen", "mattress",
        "pocket", "opening", "hole", "adjustable", "distance", "spacing", "blade", "shade", "base", "pole", "leg",
    ),
    "overall": (
        "overall", "total", "assembled", "product size", "product dimensions", "item size", "dimensions", "full",
    ),
}  # fmt: skip

HEADING_SHARE = 0.6
"""Weight of a context in a heading; one in the quantity's own line has weight 1."""

"""What sheets call things, by language."""

from __future__ import annotations

from types import MappingProxyType

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "width": "Width", "height": "Height", "depth": "Depth", "length": "Length", "diameter": "Diameter",
        "item_weight": "Item weight", "net": "Net weight", "gross": "Gross weight",
        "maximum_weight_recommendation": "Maximum load", "voltage": "Rated voltage", "wattage": "Power",
        "item_volume": "Capacity", "model": "Model", "material": "Material", "colour": "Colour",
        "warranty": "Warranty", "steel": "Stainless steel", "years": "2 years", "black": "Black",
        "title": "Specifications", "size": "Product size",
    },
    "de": {
        "width": "Breite", "height": "Höhe", "depth": "Tiefe", "length": "Länge", "diameter": "Durchmesser",
        "item_weight": "Gewicht", "net": "Nettogewicht", "gross": "Bruttogewicht",
        "maximum_weight_recommendation": "Max. Belastung", "voltage": "Spannung", "wattage": "Leistung",
        "item_volume": "Fassungsvermögen", "model": "Modell", "material": "Material", "colour": "Farbe",
        "warranty": "Garantie", "steel": "Edelstahl", "years": "3 Jahre", "black": "Schwarz",
        "title": "Technische Daten", "size": "Abmessungen",
    },
    "fr": {
        "width": "Largeur", "height": "Hauteur", "depth": "Profondeur", "length": "Longueur",
        "diameter": "Diamètre", "item_weight": "Poids", "net": "Poids net", "gross": "Poids brut",
        "maximum_weight_recommendation": "Charge maximale", "voltage": "Tension", "wattage": "Puissance",
        "item_volume": "Contenance", "model": "Modèle", "material": "Matière", "colour": "Couleur",
        "warranty": "Garantie", "steel": "Acier", "years": "2 ans", "black": "Noir",
        "title": "Caractéristiques", "size": "Dimensions",
    },
    "es": {
        "width": "Ancho", "height": "Alto", "depth": "Fondo", "length": "Largo", "diameter": "Diámetro",
        "item_weight": "Peso", "net": "Peso neto", "gross": "Peso bruto",
        "maximum_weight_recommendation": "Carga máxima", "voltage": "Voltaje", "wattage": "Potencia",
        "item_volume": "Capacidad", "model": "Modelo", "material": "Material", "colour": "Color",
        "warranty": "Garantía", "steel": "Acero", "years": "3 años", "black": "Negro",
        "title": "Especificaciones", "size": "Medidas",
    },
    "it": {
        "width": "Larghezza", "height": "Altezza", "depth": "Profondità", "length": "Lunghezza",
        "diameter": "Diametro", "item_weight": "Peso", "net": "Peso netto", "gross": "Peso lordo",
        "maximum_weight_recommendation": "Portata massima", "voltage": "Tensione", "wattage": "Potenza",
        "item_volume": "Capacità", "model": "Modello", "material": "Materiale", "colour": "Colore",
        "warranty": "Garanzia", "steel": "Acciaio", "years": "2 anni", "black": "Nero",
        "title": "Scheda tecnica", "size": "Dimensioni",
    },
    "zh": {
        "width": "宽度", "height": "高度", "depth": "深度", "length": "长度", "diameter": "直径",
        "item_weight": "重量", "net": "净重", "gross": "毛重", "maximum_weight_recommendation": "最大承重",
        "voltage": "额定电压", "wattage": "额定功率", "item_volume": "容量", "model": "型号", "material": "材质",
        "colour": "颜色", "warranty": "保修", "steel": "不锈钢", "years": "2年", "black": "黑色",
        "title": "产品参数", "size": "产品尺寸",
    },
    "ja": {
        "width": "幅", "height": "高さ", "depth": "奥行", "length": "長さ", "diameter": "直径",
        "item_weight": "重量", "net": "内容量", "gross": "総重量", "maximum_weight_recommendation": "耐荷重",
        "voltage": "定格電圧", "wattage": "消費電力", "item_volume": "容量", "model": "型番", "material": "素材",
        "colour": "色", "warranty": "保証", "steel": "ステンレス", "years": "1年", "black": "ブラック",
        "title": "製品仕様", "size": "サイズ",
    },
}  # fmt: skip
WORDS = MappingProxyType(_WORDS)

LETTERS: dict[str, dict[str, str]] = {
    "en": {"width": "W", "height": "H", "depth": "D", "length": "L"},
    "zh": {"width": "宽", "height": "高", "depth": "深", "length": "长"},
    "de": {"width": "B", "height": "H", "depth": "T", "length": "L"},
}

BRANDS: tuple[str, ...] = (
    "Norvell", "KESTRA", "Alpen & Ivy", "LUMORA", "Bramwick", "TOVO", "Halden", "Fjordly", "ZENTIC", "Oakmere",
    "Piora", "VANTRO", "Minka", "Castelo", "Tresco", "BELVANE",
)  # fmt: skip
SLOGANS: tuple[str, ...] = (
    "Made for everyday life", "PREMIUM QUALITY", "Easy to assemble", "Strong & lightweight", "SIZE & DETAILS",
    "Perfect size for your home", "Product Dimensions", "Simple. Durable. Yours.", "Designed to last",
)  # fmt: skip
DISTRACTORS: tuple[str, ...] = (
    "2 pack", "24-month warranty", "100% cotton", "Model TK-4820B", "$29.99", "Call 0800 555 0134",
    "5000 mAh", "IP65 waterproof", "800 lumens", "6000K daylight", "Set of 4", "30% thicker", "4.8/5 stars",
    "3-step set-up", "99.9% BPA free", "Bluetooth 5.3", "USB-C 3.2", "ISO 9001:2015", "12 colours",
    "1.8 m cable", 'Fits 15.6" laptops', "0.5 mm steel",
)  # fmt: skip

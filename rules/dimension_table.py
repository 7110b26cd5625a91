"""Words and letters that name the dimension of a printed length."""

from __future__ import annotations

LENGTH, WIDTH, DEPTH, HEIGHT, DIAMETER = "length", "width", "depth", "height", "diameter"

DIMENSION_LETTERS: dict[str, str] = {"l": LENGTH, "w": WIDTH, "d": DEPTH, "h": HEIGHT, "ø": DIAMETER}

PATTERN_LETTERS: dict[str, str] = DIMENSION_LETTERS | {"b": WIDTH, "t": DEPTH, "p": DEPTH}
"""Letters that may name a dimension in a pattern; some do so only there (`B x T x H`, `L x P x H`)."""

DIMENSION_WORDS: dict[str, tuple[str, ...]] = {
    LENGTH: (
        "length", "lenght", "long", "len", "lth", "länge", "lang", "longueur", "longitud", "largo", "lunghezza",
        "comprimento", "长度", "长", "長さ", "長", "全长", "全長", "длина", "길이",
    ),
    WIDTH: (
        "width", "wide", "widht", "wid", "breite", "breit", "largeur", "large", "ancho", "anchura", "larghezza",
        "largura", "宽度", "宽", "幅", "横幅", "寬", "寬度", "横", "ширина", "너비", "가로", "폭",
    ),
    DEPTH: (
        "depth", "deep", "thickness", "thick", "tiefe", "tief", "stärke", "dicke", "profondeur", "épaisseur",
        "profundidad", "fondo", "grosor", "espesor", "profondità", "spessore", "profundidade", "espessura", "厚度",
        "厚さ", "厚", "深度", "深さ", "深", "奥行き", "奥行", "マチ", "глубина", "толщина", "두께", "깊이", "세로",
    ),
    HEIGHT: (
        "height", "heigh", "hight", "heigth", "high", "tall", "ht", "hgt", "höhe", "hoehe", "hoch", "hauteur",
        "haut", "alto", "altura", "altezza", "高度", "高さ", "高", "высота", "높이",
    ),
    DIAMETER: (
        "diameter", "dia", "diam", "diamètre", "diametre", "durchmesser", "diámetro", "diametro", "diâmetro",
        "直径", "直徑", "диаметр", "지름",
    ),
}  # fmt: skip

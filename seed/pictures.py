"""The product pictures of the demo shop: flat illustrations, drawn from a kind, a colour and a number."""

from collections.abc import Callable
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from seed.shapes import Points, Scene, bounds, moved
from seed.sketches import SKETCHES

RGB = tuple[int, int, int]
Fit = Callable[[Points], Points]
Tone = tuple[int, ...]  # a colour, or a veil: a colour with its strength

COLOURS: dict[str, RGB] = {
    "米白": (236, 225, 205),
    "白": (248, 247, 243),
    "墨黑": (62, 64, 70),
    "雾蓝": (146, 172, 194),
    "藏青": (52, 70, 108),
    "豆绿": (164, 190, 150),
    "橄榄绿": (122, 130, 78),
    "砖红": (184, 92, 70),
    "姜黄": (222, 168, 70),
    "藕粉": (222, 180, 176),
    "浅灰": (190, 192, 194),
    "深灰": (104, 108, 114),
    "原木": (214, 176, 128),
    "胡桃木": (122, 84, 60),
    "焦糖": (186, 122, 70),
    "湖青": (92, 164, 164),
}

# What stands behind a colour: a pale tint that keeps its silhouette clear.
BACKDROPS: dict[str, RGB] = {
    "米白": (214, 220, 214),
    "白": (212, 222, 228),
    "墨黑": (234, 231, 225),
    "雾蓝": (236, 237, 235),
    "藏青": (229, 234, 241),
    "豆绿": (238, 240, 229),
    "橄榄绿": (238, 237, 222),
    "砖红": (245, 231, 222),
    "姜黄": (248, 240, 222),
    "藕粉": (246, 236, 232),
    "浅灰": (237, 236, 233),
    "深灰": (231, 234, 236),
    "原木": (240, 235, 226),
    "胡桃木": (240, 231, 221),
    "焦糖": (246, 235, 222),
    "湖青": (228, 240, 238),
}

# Bands, dots and glaze: one second colour for each, chosen to sit well with it.
ACCENTS: dict[str, RGB] = {
    "米白": (196, 164, 132),
    "白": (150, 174, 196),
    "墨黑": (206, 190, 160),
    "雾蓝": (100, 128, 156),
    "藏青": (226, 214, 190),
    "豆绿": (118, 146, 110),
    "橄榄绿": (226, 216, 176),
    "砖红": (236, 204, 174),
    "姜黄": (244, 222, 174),
    "藕粉": (194, 140, 138),
    "浅灰": (142, 148, 154),
    "深灰": (202, 204, 204),
    "原木": (166, 122, 86),
    "胡桃木": (206, 168, 126),
    "焦糖": (236, 208, 168),
    "湖青": (234, 216, 182),
}

# What is the same in every picture. The light comes from the upper left.
MATERIALS: dict[str, Tone] = {
    "wood": (206, 166, 120),
    "metal": (192, 198, 202),
    "dark": (84, 84, 88),
    "brass": (206, 174, 112),
    "cream": (247, 242, 231),
    "ink": (82, 80, 84),
    "pale": (198, 192, 182),
    "leaf": (116, 150, 110),
    "moss": (88, 124, 92),
    "soil": (104, 82, 68),
    "glow": (252, 226, 160),
    "flame": (243, 178, 84),
    "glass": (214, 228, 232),
    "rose": (216, 128, 104),
    "deep": (74, 62, 66),
    "shade": (52, 34, 58, 40),
    "dim": (52, 34, 58, 84),
    "veil": (255, 250, 240, 92),
    "light": (255, 252, 244, 74),
    "gleam": (255, 255, 252, 96),
}
WALNUT: RGB = (136, 96, 70)
WOODEN = ("原木", "焦糖", "姜黄", "米白")  # beside these a handle is of the darker wood

FINE = 2  # drawn so many times larger, then reduced: smooth edges
WIDE, HIGH = 76, 68  # of the 100 units of a side, what the product may take up
LARGEST = 1.5


def draw(kind: str, colour: str, seed: int, size: int = 640) -> bytes:
    """A square WebP picture of one product; the same arguments give the same bytes."""
    scene = Scene(Random(seed))  # noqa: S311 - a picture, not a secret
    tones = _tones(colour)
    SKETCHES[kind](scene)
    buffer = BytesIO()
    _paint(scene, tones, size).save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def _tones(colour: str) -> dict[str, Tone]:
    base, back = COLOURS[colour], BACKDROPS[colour]
    own: dict[str, Tone] = {
        "base": base,
        "accent": ACCENTS[colour],
        "hollow": _mix(base, (64, 50, 60), 0.42),
        "weft": (*ACCENTS[colour], 120),
        "back": back,
        "fallen": _mix(back, (86, 72, 84), 0.34),
    }
    if colour in WOODEN:
        own["wood"] = WALNUT
    return MATERIALS | own


def _mix(a: RGB, b: RGB, share: float) -> RGB:
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def _paint(scene: Scene, tones: dict[str, Tone], size: int) -> Image.Image:
    """Fit the scene into the middle of a square and paint it from back to front."""
    left, top, right, bottom = bounds(part.outline for part in scene.parts)
    scale = min(WIDE / (right - left), HIGH / (bottom - top), LARGEST)
    unit = size * FINE / 100
    k, dx = scale * unit, 50 * unit - (left + right) / 2 * scale * unit
    dy = 50 * unit - (top + bottom) / 2 * scale * unit

    def fit(points: Points) -> Points:
        return [(x * k + dx, y * k + dy) for x, y in points]

    picture = _backdrop(scene, tones, size * FINE, fit)
    pen = ImageDraw.Draw(picture, "RGBA")
    for part in scene.parts:
        outline = fit(part.outline)
        if part.marks:
            _inlay(
                picture, outline, tones[part.tone], [(fit(mark), tones[name]) for mark, name in part.marks]
            )
        else:
            pen.polygon(outline, fill=tones[part.tone])
    return picture.reduce(FINE)


def _inlay(picture: Image.Image, outline: Points, tone: Tone, marks: list[tuple[Points, Tone]]) -> None:
    """Fill an outline and draw its marks inside it only."""
    left, top, right, bottom = (round(edge) for edge in bounds([outline]))
    extent = right - left + 2, bottom - top + 2
    tile = Image.new("RGB", extent, tone)
    pen = ImageDraw.Draw(tile, "RGBA")
    for mark, veil in marks:
        pen.polygon(moved(mark, -left, -top), fill=veil)
    mask = Image.new("1", extent)
    ImageDraw.Draw(mask).polygon(moved(outline, -left, -top), fill=1)
    picture.paste(tile, (left, top), mask)


def _backdrop(scene: Scene, tones: dict[str, Tone], side: int, fit: Fit) -> Image.Image:
    """The plain ground with a soft shadow on it; the shadow is drawn small, as nobody sees its edge."""
    coarse = side / 160
    shadow = Image.new("L", (160, 160))
    pen = ImageDraw.Draw(shadow)
    fallen = scene.feet or [moved(part.outline, 2.2, 3.2) for part in scene.parts]
    for outline in fallen:
        pen.polygon([(x / coarse, y / coarse) for x, y in fit(outline)], fill=150)
    shadow = shadow.filter(ImageFilter.GaussianBlur(2.4))
    picture = Image.new("RGB", (side, side), tones["back"])
    extent = shadow.getbbox()
    if extent:
        x0, y0, x1, y1 = (round(edge * coarse) for edge in extent)
        mask = shadow.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box=extent)
        picture.paste(tones["fallen"], (x0, y0, x1, y1), mask)
    return picture

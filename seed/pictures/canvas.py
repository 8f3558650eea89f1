"""A small drawing board over Pillow: outlines in hundredths of the picture, filled with gradients, softly shadowed."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Outline = Sequence[tuple[float, float]]

WHITE: Colour = (255, 255, 255)
INK: Colour = (43, 38, 46)
SHADOW_PX = 160
STEPS = 18


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the way from one colour to the other."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def lightness(colour: Colour) -> float:
    """How light a colour looks, 0…255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


# ── outlines ─────────────────────────────────────────────────────────────────────────────────────────────────


def oval(x: float, y: float, rx: float, ry: float | None = None) -> list[tuple[float, float]]:
    """An ellipse around (x, y)."""
    ry = rx if ry is None else ry
    return [
        (x + rx * math.cos(step * math.tau / 72), y + ry * math.sin(step * math.tau / 72))
        for step in range(72)
    ]


def block(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> list[tuple[float, float]]:
    """A rectangle with rounded corners."""
    if not radius:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    corners = (
        (x1 - radius, y0 + radius, -90),
        (x1 - radius, y1 - radius, 0),
        (x0 + radius, y1 - radius, 90),
        (x0 + radius, y0 + radius, 180),
    )
    points = []
    for cx, cy, start in corners:
        for step in range(9):
            angle = math.radians(start + step * 11.25)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points


@lru_cache(maxsize=512)
def path(drawn: str) -> list[tuple[float, float]]:
    """An outline in SVG's words: M, L, Q, C and Z with absolute coordinates."""
    points: list[tuple[float, float]] = []
    for word, numbers in re.findall(r"([MLQCZ])([^MLQCZ]*)", drawn):
        values = [float(number) for number in numbers.split()]
        pairs = list(zip(values[::2], values[1::2], strict=True))
        width = {"M": 1, "L": 1, "Q": 2, "C": 3, "Z": 1}[word]
        for start in range(0, len(pairs), width):
            controls = pairs[start : start + width]
            points += controls if width == 1 else _bezier([points[-1], *controls])
    return points


def _bezier(controls: list[tuple[float, float]]) -> list[tuple[float, float]]:
    degree = len(controls) - 1
    made = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        shares = [
            math.comb(degree, place) * (1 - t) ** (degree - place) * t**place for place in range(degree + 1)
        ]
        made.append(
            (
                sum(share * x for share, (x, _) in zip(shares, controls, strict=True)),
                sum(share * y for share, (_, y) in zip(shares, controls, strict=True)),
            )
        )
    return made


def turned(outline: Outline, degrees: float, x: float = 50, y: float = 50) -> list[tuple[float, float]]:
    """An outline turned clockwise around (x, y)."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return [
        (x + (px - x) * cosine - (py - y) * sine, y + (px - x) * sine + (py - y) * cosine)
        for px, py in outline
    ]


def moved(outline: Outline, dx: float, dy: float) -> list[tuple[float, float]]:
    """An outline somewhere else."""
    return [(x + dx, y + dy) for x, y in outline]


# ── the board ────────────────────────────────────────────────────────────────────────────────────────────────


class Canvas:
    """A square picture of `pixels` a side."""

    def __init__(self, pixels: int, top: Colour, bottom: Colour) -> None:
        self.pixels = pixels
        self._scale = pixels / 100
        self.image = _gradient((pixels, pixels), (top, bottom), vertical=True)

    def fill(
        self,
        outline: Outline,
        *colours: Colour,
        vertical: bool = False,
        alpha: float = 1.0,
        within: Outline | None = None,
    ) -> None:
        """Fill with one colour, or with a gradient of several from left to right; `within` cuts it to an outline."""
        place = self._bounds(outline)
        if place is None:
            return
        mask = self._mask(outline, place)
        if within is not None:
            mask = ImageChops.multiply(mask, self._mask(within, place))
        if alpha < 1:
            mask = mask.point([round(level * alpha) for level in range(256)])
        size = (place[2] - place[0], place[3] - place[1])
        paint = colours[0] if len(colours) == 1 else _gradient(size, colours, vertical=vertical)
        self.image.paste(paint, place, mask)

    def stroke(
        self,
        outline: Outline,
        width: float,
        colour: Colour,
        *,
        alpha: float = 1.0,
        within: Outline | None = None,
    ) -> None:
        """Draw along points with a round pen."""
        half = width / 2
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        place = self._bounds([(min(xs) - half, min(ys) - half), (max(xs) + half, max(ys) + half)])
        if place is None:
            return
        mask = Image.new("L", (place[2] - place[0], place[3] - place[1]))
        pen = ImageDraw.Draw(mask)
        points = self._at(outline, place)
        thick = max(1, round(width * self._scale))
        pen.line(points, 255, thick, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), 255)
        if within is not None:
            mask = ImageChops.multiply(mask, self._mask(within, place))
        if alpha < 1:
            mask = mask.point([round(level * alpha) for level in range(256)])
        self.image.paste(colour, place, mask)

    def dots(
        self, centres: Outline, radius: float, colour: Colour, within: Outline, alpha: float = 1.0
    ) -> None:
        """Many small dots, cut to an outline."""
        place = self._bounds(within)
        if place is None:
            return
        mask = Image.new("L", (place[2] - place[0], place[3] - place[1]))
        pen = ImageDraw.Draw(mask)
        size = radius * self._scale
        for x, y in self._at(centres, place):
            pen.ellipse((x - size, y - size, x + size, y + size), round(255 * alpha))
        self.image.paste(colour, place, ImageChops.multiply(mask, self._mask(within, place)))

    def shadow(
        self, outline: Outline, dx: float = 0, dy: float = 0, *, blur: float = 3, alpha: float = 0.22
    ) -> None:
        """A soft shadow of an outline."""
        scale = SHADOW_PX / 100
        small = Image.new("L", (SHADOW_PX, SHADOW_PX))
        points = [((x + dx) * scale, (y + dy) * scale) for x, y in outline]
        ImageDraw.Draw(small).polygon(points, round(255 * alpha))
        soft = small.filter(ImageFilter.GaussianBlur(blur * scale))
        spot = soft.getbbox()
        if spot is None:
            return
        ratio = self.pixels / SHADOW_PX
        place = tuple(round(side * ratio) for side in spot)
        size = (place[2] - place[0], place[3] - place[1])
        self.image.paste((62, 44, 48), place[:2], soft.crop(spot).resize(size, Image.Resampling.BILINEAR))

    def _at(self, outline: Outline, place: tuple[int, int, int, int]) -> list[tuple[float, float]]:
        scale, left, top = self._scale, place[0], place[1]
        return [(x * scale - left, y * scale - top) for x, y in outline]

    def _mask(self, outline: Outline, place: tuple[int, int, int, int]) -> Image.Image:
        mask = Image.new("L", (place[2] - place[0], place[3] - place[1]))
        ImageDraw.Draw(mask).polygon(self._at(outline, place), 255)
        return mask

    def _bounds(self, outline: Outline) -> tuple[int, int, int, int] | None:
        scale, limit = self._scale, self.pixels
        left = max(0, math.floor(min(x for x, _ in outline) * scale))
        top = max(0, math.floor(min(y for _, y in outline) * scale))
        right = min(limit, math.ceil(max(x for x, _ in outline) * scale) + 1)
        bottom = min(limit, math.ceil(max(y for _, y in outline) * scale) + 1)
        return (left, top, right, bottom) if right > left and bottom > top else None


def _gradient(size: tuple[int, int], colours: Sequence[Colour], *, vertical: bool) -> Image.Image:
    strip = Image.new("RGB", (1, len(colours)) if vertical else (len(colours), 1))
    strip.putdata(list(colours))
    return strip.resize(size, Image.Resampling.BILINEAR)

"""Outlines for the demo shop's pictures, and the scene that gathers them on a square of about 100 by 100."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, radians, sin
from random import Random

Point = tuple[float, float]
Points = list[Point]
Mark = tuple[Points, str]  # an outline and the name of its tone
Profile = list[tuple[float, float]]  # of a turned body, from its top down: height and radius

TILT = 0.17  # the eye looks down a little: how tall the ellipse of a round mouth is against its width


# ── outlines ─────────────────────────────────────────────────────────────────
def ellipse(
    x: float, y: float, rx: float, ry: float | None = None, start: float = 0, end: float = 360
) -> Points:
    """An ellipse, or an arc of it; angles run clockwise from the right."""
    ry = rx if ry is None else ry
    steps = max(6, round(abs(end - start) / 6))
    angles = [radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in angles]


def rect(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> Points:
    """A rectangle, its corners rounded."""
    return (
        soft([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], radius)
        if radius
        else [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    )


def soft(corners: Points, radius: float) -> Points:
    """A polygon whose corners are rounded off."""
    rounded: Points = []
    for i, (x, y) in enumerate(corners):
        ends = []
        for px, py in (corners[i - 1], corners[(i + 1) % len(corners)]):
            length = hypot(px - x, py - y) or 1
            cut = min(radius, length / 2) / length
            ends.append((x + (px - x) * cut, y + (py - y) * cut))
        (ax, ay), (bx, by) = ends
        for t in (0, 0.17, 0.33, 0.5, 0.67, 0.83, 1):
            p, q, r = (1 - t) ** 2, 2 * t * (1 - t), t * t
            rounded.append((p * ax + q * x + r * bx, p * ay + q * y + r * by))
    return rounded


def smooth(points: Points, *, closed: bool = False, steps: int = 8) -> Points:
    """A curve through all the points (Catmull and Rom's)."""
    ring = [points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]]
    curve: Points = []
    for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        for i in range(steps):
            t = i / steps
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
            near = (a, b, c, d)
            x, y = (sum(w * p[axis] for w, p in zip(weights, near, strict=True)) / 2 for axis in (0, 1))
            curve.append((x, y))
    return curve if closed else [*curve, points[-1]]


def stroke(path: Points, width: float, end: float | None = None) -> Points:
    """A line of some width with round ends; with `end` it narrows or widens towards its last point."""
    end = width if end is None else end
    left: Points = []
    right: Points = []
    for i, (x, y) in enumerate(path):
        (ax, ay), (bx, by) = path[max(0, i - 1)], path[min(len(path) - 1, i + 1)]
        length = hypot(bx - ax, by - ay) or 1
        half = (width + (end - width) * i / (len(path) - 1)) / 2 / length
        left.append((x + (by - ay) * half, y - (bx - ax) * half))
        right.append((x - (by - ay) * half, y + (bx - ax) * half))
    return [*left, *_cap(left[-1], right[-1]), *reversed(right), *_cap(right[0], left[0])]


def _cap(a: Point, b: Point) -> Points:
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    dx, dy = a[0] - x, a[1] - y
    turns = [radians(t) for t in (30, 60, 90, 120, 150)]
    return [(x + dx * cos(t) - dy * sin(t), y + dx * sin(t) + dy * cos(t)) for t in turns]


def leaf(x: float, y: float, length: float, width: float, angle: float) -> Points:
    """A leaf from its stalk; at angle 0 it points up, from there it leans clockwise."""
    half = [(0.0, 0.0), (0.7, 0.2), (1.0, 0.48), (0.62, 0.8), (0.0, 1.0)]
    side = smooth([(w * width / 2, -h * length) for w, h in half], steps=5)
    return turned(
        [(x + dx, y + dy) for dx, dy in [*side, *((-dx, dy) for dx, dy in reversed(side))]], angle, (x, y)
    )


def turned(points: Points, angle: float, about: Point) -> Points:
    """The points, turned clockwise."""
    (ox, oy), c, s = about, cos(radians(angle)), sin(radians(angle))
    return [(ox + (x - ox) * c - (y - oy) * s, oy + (x - ox) * s + (y - oy) * c) for x, y in points]


def moved(points: Points, dx: float, dy: float) -> Points:
    """The points, moved."""
    return [(x + dx, y + dy) for x, y in points]


def ring(outline: Points, hole: Points) -> Points:
    """One outline without another: what both enclose stays empty, as Pillow fills by counting crossings."""
    return [*outline, outline[0], *hole, hole[0]]


def bounds(outlines: Iterable[Points]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all the outlines."""
    points = [point for outline in outlines for point in outline]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def slab(x: float, y: float, rx: float, ry: float, depth: float) -> tuple[Points, Points]:
    """A flat rounded thing that lies: its upper face, and its whole outline with the edge below."""
    face = [(x + rx * _power(cos(radians(a))), y + ry * _power(sin(radians(a)))) for a in range(0, 360, 6)]
    half = len(face) // 2
    return face, [*moved(face[: half + 1], 0, depth), *face[half:], face[0]]


def _power(value: float) -> float:
    return abs(value) ** 0.7 * (1 if value >= 0 else -1)


# ── the scene ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Part:
    """A filled outline with marks that stay inside it."""

    outline: Points
    tone: str
    marks: tuple[Mark, ...] = ()


class Scene:
    """What a sketch draws: parts from back to front, and where the thing touches the ground."""

    def __init__(self, rng: Random) -> None:
        self.parts: list[Part] = []
        self.feet: list[Points] = []  # ellipses of shadow on the ground; none: it hangs, and shades the wall
        self.angle = 0.0  # the lean of what is added next, about the middle
        self.rng = rng

    def vary(self, low: float, high: float) -> float:
        """A length between two others."""
        return self.rng.uniform(low, high)

    def ground(self, x: float, y: float, reach: float) -> None:
        """Let it stand at this height, its shadow reaching so far to both sides."""
        self.feet.append(ellipse(x + reach * 0.1, y, reach * 1.06, reach * 0.14))

    def flat(self, points: Points, tone: str = "base", *marks: Mark) -> None:
        """Add an outline without light or shade of its own."""
        place = [(self._place(outline), name) for outline, name in marks]
        self.parts.append(Part(self._place(points), tone, tuple(place)))

    def solid(
        self, points: Points, tone: str = "base", *marks: Mark, shade: float = 5, light: float = 1.3
    ) -> None:
        """Add an outline lit from the upper left: its right flank in shade, a bright line at its left."""
        outline = self._place(points)
        inside = [(self._place(mark), name) for mark, name in marks]
        if shade:
            inside.append((_crescent(outline, -shade, -shade * 0.25), "shade"))
        if light:
            inside.append((_crescent(outline, light, light * 0.8), "light"))
        self.parts.append(Part(outline, tone, tuple(inside)))

    def turn(
        self,
        x: float,
        profile: Profile,
        tone: str = "base",
        *,
        top: str | None = None,
        hole: bool = False,
        motif: str = "plain",
        tilt: float = TILT,
        gloss: bool = True,
    ) -> None:
        """Add a body turned on the wheel about the upright at `x`; `top` is the tone of its mouth or upper face."""
        body = Turned(x, profile, tilt)
        wide = max(r for _, r in body.side)
        self.solid(body.outline(), tone, *MOTIFS[motif](self.rng, body), shade=wide * 0.42, light=wide * 0.06)
        if gloss:
            self.flat(*_gleam(body))
        if top is None:
            return
        (y, r), wall = body.side[0], 1.5
        if not hole:
            self.flat(ellipse(x, y, r, r * tilt), top, (ellipse(x, y, r, r * tilt), "light"))
            return
        self.flat(ellipse(x, y, r, r * tilt), tone, (ellipse(x, y, r, r * tilt), "light"))
        inner = ellipse(x, y + 0.3, r - wall, (r - wall) * tilt)
        self.flat(inner, top, (_crescent(inner, r * 0.35, r * tilt * 0.35), "shade"))

    def _place(self, points: Points) -> Points:
        return turned(points, self.angle, (50, 50)) if self.angle else points


def _crescent(outline: Points, dx: float, dy: float) -> Points:
    """The part of an outline that its moved copy leaves free."""
    return ring(outline, moved(outline, dx, dy))


# ── bodies turned on the wheel ───────────────────────────────────────────────
class Turned:
    """A round body seen a little from above."""

    def __init__(self, x: float, profile: Profile, tilt: float) -> None:
        self.x, self.tilt = x, tilt
        self.side = smooth(profile, steps=6)
        self.top, self.bottom = self.side[0][0], self.side[-1][0]
        self.height = self.bottom - self.top

    def radius(self, y: float) -> float:
        """How wide it is at a height."""
        for (above, r), (below, s) in pairwise(self.side):
            if above <= y <= below and below > above:
                return r + (s - r) * (y - above) / (below - above)
        return self.side[-1][1]

    def outline(self) -> Points:
        """The silhouette: both sides, the near edge of the foot, the far edge of the top."""
        (top, r), (bottom, s) = self.side[0], self.side[-1]
        left = [(self.x - radius, y) for y, radius in reversed(self.side)]
        right = [(self.x + radius, y) for y, radius in self.side]
        foot = ellipse(self.x, bottom, s, s * self.tilt, 0, 180)
        return [*foot, *left, *ellipse(self.x, top, r, r * self.tilt, 180, 360), *right]

    def ring(self, y: float, wave: float = 0, waves: int = 5, phase: float = 0) -> Points:
        """The near half of the circle at a height, from right to left, perhaps as a wavy line."""
        r = self.radius(y) + 0.4
        angles = [pi * i / 30 for i in range(31)]
        return [
            (self.x + r * cos(a), y + r * self.tilt * sin(a) + wave * sin(waves * a + phase)) for a in angles
        ]

    def band(self, y0: float, y1: float) -> Points:
        """The strip between two heights."""
        return [*self.ring(y0), *reversed(self.ring(y1))]


def _gleam(body: Turned) -> tuple[Points, str]:
    """The long soft reflection on the lit side."""
    heights = [body.top + body.height * (0.2 + 0.5 * i / 10) for i in range(11)]
    spots = [(body.x - body.radius(y) * 0.72, y + body.radius(y) * body.tilt * 0.7) for y in heights]
    return stroke(spots, max(r for _, r in body.side) * 0.085), "gleam"


def _plain(_rng: Random, _body: Turned) -> list[Mark]:
    return []


def _band(rng: Random, body: Turned) -> list[Mark]:
    y, thick = body.top + body.height * rng.uniform(0.42, 0.6), body.height * rng.uniform(0.12, 0.2)
    return [(body.band(y, y + thick), "accent")]


def _stripes(rng: Random, body: Turned) -> list[Mark]:
    count, start = rng.randint(2, 4), rng.uniform(0.3, 0.4)
    step = body.height * 0.11
    heights = [body.top + body.height * start + i * step for i in range(count)]
    return [(body.band(y, y + step * 0.36), "accent") for y in heights]


def _dots(rng: Random, body: Turned) -> list[Mark]:
    size, marks = rng.uniform(1.2, 1.7), []
    for row in range(4):
        y = body.top + body.height * (0.26 + 0.16 * row)
        r = body.radius(y)
        for angle in range(15 + row % 2 * 13, 180, 26):
            c, s = cos(radians(angle)), sin(radians(angle))
            marks.append((ellipse(body.x + r * c, y + r * body.tilt * s, max(0.3, size * s), size), "accent"))
    return marks


def _glaze(rng: Random, body: Turned) -> list[Mark]:
    """Dipped in another glaze down to a wavy line."""
    y = body.top + body.height * rng.uniform(0.34, 0.5)
    line = body.ring(y, rng.uniform(0.8, 1.8), rng.randint(3, 6), rng.uniform(0, 6))
    wide = max(r for _, r in body.side) + 2
    return [([*line, (body.x - wide, body.top - 9), (body.x + wide, body.top - 9)], "accent")]


def _weave(_rng: Random, body: Turned) -> list[Mark]:
    """Rows of wicker, each shifted by half a strand."""
    marks, rows = [], 6
    step = body.height / rows
    for row in range(rows):
        y = body.top + step * row
        upper, lower = body.ring(y), body.ring(y + step * 0.92)
        for i in range(row % 2 * 2, 30, 4):
            marks.append(([*upper[i : i + 3], *reversed(lower[i : i + 3])], "shade"))
    return marks


MOTIFS = {
    "plain": _plain,
    "band": _band,
    "stripes": _stripes,
    "dots": _dots,
    "glaze": _glaze,
    "weave": _weave,
}
CLAY = tuple(name for name in MOTIFS if name != "weave")


# ── patterns on cloth and paper ──────────────────────────────────────────────
def cloth(rng: Random, x0: float, y0: float, x1: float, y1: float, kinds: tuple[str, ...] = ()) -> list[Mark]:
    """A woven or printed pattern over a rectangle; what it covers is cut to the part it marks."""
    kind = rng.choice(kinds or ("plain", "stripes", "dots", "check", "band"))
    wide, high = x1 - x0, y1 - y0
    count = rng.randint(4, 6)
    if kind == "stripes":
        return [
            (rect(x0 + wide * (i + 0.35) / count, y0, x0 + wide * (i + 0.6) / count, y1), "accent")
            for i in range(count)
        ]
    if kind == "band":
        return [
            (rect(x0, y0 + high * f, x1, y0 + high * (f + g)), "accent")
            for f, g in ((0.66, 0.1), (0.79, 0.03))
        ]
    if kind == "check":
        step = wide / count
        across = [rect(x0 + step * (i + 0.25), y0, x0 + step * (i + 0.6), y1) for i in range(count)]
        down = [
            rect(x0, y0 + step * (i + 0.25), x1, y0 + step * (i + 0.6)) for i in range(round(high / step))
        ]
        return [(mark, "weft") for mark in (*across, *down)]
    if kind == "dots":
        step = wide / (count + 1)
        spots = [(i, j) for i in range(count + 2) for j in range(round(high / step) + 1)]
        return [
            (ellipse(x0 + step * (i + j % 2 / 2), y0 + step * (j + 0.4), step * 0.17), "accent")
            for i, j in spots
        ]
    return []

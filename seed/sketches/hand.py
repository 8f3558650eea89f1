"""What is sketched for the hand: paper, pens, brushes, soap."""

from itertools import pairwise

from seed.shapes import Scene, ellipse, rect, ring, slab, smooth, soft, stroke

ARC = [(x / 38, -y / 38) for x, y in ellipse(0, 0, 38, 38, 270, 360)]


def notebook(s: Scene) -> None:
    """A bound notebook with an elastic band."""
    s.angle = s.vary(-9, -4)
    s.flat(stroke([(60, 80), (60, 89)], 2.2), "accent")
    s.solid(rect(30, 16, 74.5, 85.5, 2), "cream", shade=2)
    s.solid(rect(26, 14, 72, 84, 3), "base", (rect(26, 10, 32.4, 90), "shade"), shade=1.4)
    s.flat(rect(64, 14, 66.6, 84), "accent")
    if s.rng.random() < 0.7:
        y = s.vary(26, 32)
        s.flat(rect(38, y, 58, y + 13, 1), "cream")
        s.flat(rect(41, y + 4, 55, y + 5.2), "pale")
        s.flat(rect(41, y + 7.6, 51, y + 8.8), "pale")


def pen(s: Scene) -> None:
    """A fountain pen beside its cap."""
    s.angle = s.vary(34, 44)
    s.solid(soft([(38, 12), (48, 12), (48.6, 58), (37.4, 58)], 3), shade=3)
    s.solid(rect(37.4, 56, 48.6, 59), "brass", shade=2)
    s.solid(soft([(38.6, 59), (47.4, 59), (46, 72), (40, 72)], 1), "dark", shade=2)
    s.solid([(40, 72), (46, 72), (46.6, 77), (43, 88), (39.4, 77)], "brass", shade=1.6)
    s.flat(stroke([(43, 78), (43, 87)], 0.7), "ink")
    s.solid(soft([(58, 26), (69, 26), (69.4, 64), (57.6, 64)], 4), shade=3)
    s.solid(rect(57.6, 60, 69.4, 63), "brass", shade=2)
    s.solid(stroke([(63.6, 30), (63.6, 52)], 2.2), "brass", shade=0.8)


def umbrella(s: Scene) -> None:
    """An open umbrella."""
    s.angle = s.vary(10, 18)
    high = s.vary(29, 33)
    hook = smooth([(50, 48), (50, 70), (50, 79), (53.5, 84.5), (58.5, 84), (60.5, 78.5)])
    s.solid(stroke(hook, 2.6), "wood", shade=0.8)
    s.solid(stroke([(50, 52 - high), (50, 46 - high)], 2.4, 1.4), "wood", shade=0.8)
    edges = (12, 25, 41, 59, 75, 88)
    hem = [p for a, b in pairwise(edges) for p in ellipse((a + b) / 2, 52, (b - a) / 2, 4.2, 180, 360)]
    seams = [[(50 + (x - 50) * c, 52 - high * k) for c, k in ARC] for x in edges]
    panels = [([*seams[i], *reversed(seams[i + 1])], "shade") for i in (1, 3)]
    s.solid([*ellipse(50, 52, 38, high, 180, 360), *reversed(hem)], "base", *panels, shade=4)


def soap(s: Scene) -> None:
    """A bar of soap on its dish."""
    s.ground(50, 72, 34)
    face, whole = slab(50, 66, 36, 10, 5)
    s.solid(whole, "wood", (whole, "shade"), shade=5)
    s.solid(face, "wood", (face, "light"), shade=0)
    s.flat(ellipse(52, 65, 29, 7), "shade")
    face, whole = slab(50, s.vary(49, 52), 27, 9.5, 12)
    s.solid(whole, "base", (whole, "shade"), shade=7)
    s.solid(face, "base", (face, "light"), shade=0, light=0)
    y = sum(y for _, y in face) / len(face)
    s.flat(ring(ellipse(50, y, 16, 5), ellipse(50, y, 15, 4.4)), "shade")
    for x, up, r in ((70, 21, 5), (78, 12, 3.2), (64, 30, 2.6)):
        s.flat(ellipse(x, y - up, r), "veil")
        s.flat(stroke(ellipse(x, y - up, r * 0.68, None, 190, 260), r * 0.2), "gleam")


def brush(s: Scene) -> None:
    """A scrubbing brush with a handle."""
    s.angle = s.vary(36, 44)
    s.solid(soft([(46.4, 6), (53.6, 6), (54, 44), (56, 66), (44, 66), (46, 44)], 3), shade=2.2)
    s.flat(ellipse(50, 11.6, 1.5), "back")
    hairs = [(stroke([(50 + i * 3.4, 70), (50 + i * 3.8, 92)], 0.7), "shade") for i in range(-6, 7)]
    s.solid(soft([(29, 70), (71, 70), (73.5, 84), (26.5, 84)], 1.4), "cream", *hairs, shade=4)
    s.solid(rect(26, 61, 74, 72, 5), shade=2.6)
    s.flat(rect(45.2, 50, 54.8, 52.4), "accent")


def broom(s: Scene) -> None:
    """A broom that leans a little."""
    s.angle = s.vary(14, 22)
    s.solid(stroke([(50, 12), (50, 62)], 3.8), "wood", shade=1.4)
    spread = s.vary(21, 24)
    hairs = [(stroke([(50 + i * 1.8, 60), (50 + i * 4.4, 98)], 0.9), "shade") for i in range(-5, 6)]
    s.solid(soft([(40, 60), (60, 60), (50 + spread, 92), (50 - spread, 92)], 2), "base", *hairs, shade=4)
    s.solid(soft([(46, 50), (54, 50), (62, 64), (38, 64)], 2), "wood", shade=2.6)
    s.flat(soft([(36.8, 69), (63.2, 69), (64.4, 71.6), (35.6, 71.6)], 0.5), "accent")


HAND = (notebook, pen, umbrella, soap, brush, broom)

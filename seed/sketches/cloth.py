"""What is sketched of cloth."""

from seed.shapes import Points, Scene, cloth, ellipse, moved, rect, smooth, soft, stroke, turned


def towel(s: Scene) -> None:
    """A towel over a rail."""
    s.solid(stroke([(14, 20), (86, 20)], 3), "wood", shade=0, light=0.8)
    left, right, low = 27, 70, s.vary(76, 82)
    s.solid(
        rect(left + 5, 18, right + 5, low - 13, 1.5), "base", (rect(0, 0, 99, 99), "dim"), shade=0, light=0
    )
    kinds = cloth(s.rng, left, 18, right, low, ("band", "band", "stripes", "check"))
    fold = [(rect(left + 27, 17, left + 28.2, 90), "shade"), (rect(left, 22.4, right, 23.4), "shade")]
    s.solid(rect(left, 16.6, right, low, 2), "base", *kinds, *fold, shade=2)
    for x in range(left + 2, right, 3):
        s.flat(rect(x, low - 0.4, x + 1.1, low + 3.4), "base")


def blanket(s: Scene) -> None:
    """A folded blanket with fringes."""
    high = s.vary(10.5, 12.5)
    s.ground(50, 80, 34)
    for i in (2, 1, 0):
        y = 80 - high * (i + 1)
        s.solid(
            rect(18 + i * 0.8, y, 82 - i * 0.8, y + high + 0.6, 5.4),
            "base",
            (rect(0, y + high - 2.4, 99, 99), "shade"),
            shade=4,
        )
    top = 80 - high * 3
    s.solid(
        soft([(26, top - 7), (74, top - 7), (80, top + 4), (20, top + 4)], 4),
        "base",
        (rect(0, 0, 99, 99), "light"),
        shade=0,
        light=0,
    )
    flap = soft([(40, top - 7), (64, top - 7), (67, top + 2), (67, 70), (38, 70), (38, top + 2)], 1)
    s.solid(
        flap,
        "base",
        *cloth(s.rng, 38, top - 8, 67, 70, ("stripes", "check", "band")),
        (rect(0, 0, 99, top + 2), "light"),
        shade=2.4,
    )
    for i in range(10):
        s.flat(rect(38.4 + i * 2.9, 69.6, 39.8 + i * 2.9, 75), "base")


def cushion(s: Scene) -> None:
    """A plump square cushion."""
    bulge = s.vary(31, 33)
    s.ground(50, 82, 31)
    sides = [(17, 18), (34, 51 - bulge), (66, 51 - bulge), (83, 18), (49 + bulge, 34), (49 + bulge, 66)]
    under = [(83, 83), (66, 50 + bulge), (34, 50 + bulge), (17, 83), (51 - bulge, 66), (51 - bulge, 34)]
    s.solid(smooth([*sides, *under], closed=True), "base", *cloth(s.rng, 15, 14, 85, 87), shade=5, light=1.6)
    for x, y, way in ((24, 25, 1), (76, 25, -1), (76, 76, -1), (24, 76, 1)):
        s.flat(stroke([(x, y), (x + way * 7, y + (6 if y < 50 else -6))], 0.5, 1.3), "shade")


def apron(s: Scene) -> None:
    """An apron with a pocket, hanging."""
    flare = s.vary(22, 26)
    s.flat(stroke(smooth([(41, 27), (42, 13), (50, 9), (58, 13), (59, 27)]), 2.2), "accent")
    for way in (-1, 1):
        s.flat(stroke(smooth([(50 + way * 22, 49), (50 + way * 30, 54), (50 + way * 32, 68)]), 2), "accent")
    right = [(61, 25), *smooth([(62, 30), (64, 40), (73, 47)]), (50 + flare + 1, 88)]
    shape = [*right, *((100 - x, y) for x, y in reversed(right))]
    print_ = cloth(s.rng, 24, 24, 76, 90, ("plain", "stripes", "check", "dots"))
    s.solid(soft(shape, 1.6), "base", *print_, (rect(20, 47.6, 80, 48.8), "shade"), shade=2.6)
    s.solid(soft([(38, 58), (62, 58), (62, 72), (58, 75), (42, 75), (38, 72)], 2), shade=1.6, light=1)
    s.flat(rect(38, 58, 62, 61), "accent")


def bag(s: Scene) -> None:
    """A tote bag."""
    top, wide = s.vary(38, 43), s.vary(27, 30)
    s.ground(50, 85, wide + 2)
    grip = smooth([(38, top + 6), (38, top - 16), (50, top - 26), (62, top - 16), (62, top + 6)])
    s.flat(stroke(moved(grip, 2.4, 2), 3), "base", (rect(0, 0, 99, 99), "dim"))
    s.solid(
        soft([(50 - wide, top), (50 + wide, top), (50 + wide + 2, 85), (48 - wide, 85)], 3),
        "base",
        *cloth(s.rng, 48 - wide, top + 6, 52 + wide, 85),
        (rect(0, top + 3.4, 99, top + 4.4), "shade"),
        shade=3,
    )
    s.solid(stroke(grip, 3.2), "wood", shade=0.8)
    for x in (38, 62):
        s.solid(rect(x - 3, top + 1, x + 3, top + 9, 1), "wood", shade=1)


def scarf(s: Scene) -> None:
    """A scarf, laid round a neck."""
    low, kind = s.vary(76, 82), s.rng.choice(("stripes", "band", "check", "plain"))
    for x, y, skew in ((51, low - 10, 5), (35, low, -4)):
        tail = [(x + 1, 34), (x + 16, 34), (x + 16 + skew, y), (x + skew - 1, y)]
        for i in range(6):
            s.flat(rect(x + skew - 0.4 + i * 2.9, y - 1, x + skew + 1 + i * 2.9, y + 5), "base")
        s.solid(soft(tail, 1), "base", *cloth(s.rng, x - 5, 30, x + 22, y, (kind,)), shade=2.4)
    collar = [(29, 27), (35, 17), (50, 13.5), (65, 17), (71, 27), (67, 38), (50, 45), (33, 38)]
    folds = (
        [(29, 27), (38, 34), (52, 36), (70, 26)],
        [(34, 38), (46, 40.5), (58, 40), (68, 33)],
        [(30, 22), (40, 29), (54, 30.5), (66, 25)],
    )
    creases = [(stroke(smooth(list(fold)), 0.6, 1.2), "shade") for fold in folds]
    s.solid(smooth(collar, closed=True), "base", *creases, shade=4)
    s.solid(ellipse(50, 21.4, 13.5, 4.8), "hollow", shade=-4, light=0)


def slippers(s: Scene) -> None:
    """A pair of slippers, from above."""
    half = [(0, -34), (9, -30), (12.5, -16), (10, 4), (9.6, 20), (6, 31), (0, 34)]
    sole = smooth([*half, *((-x, y) for x, y in reversed(half[1:-1]))], closed=True)
    upper = smooth(
        [
            (0, -35),
            (9.6, -31),
            (13.4, -16),
            (12, 0),
            (0, 3 + s.vary(-2, 3)),
            (-12, 0),
            (-13.4, -16),
            (-9.6, -31),
        ],
        closed=True,
    )
    for way in (-1, 1):
        x, angle = 50 + way * 16, way * s.vary(4, 7)

        def put(points: Points, x: float = x, angle: float = angle) -> Points:
            return turned(moved(points, x, 50), angle, (x, 50))

        s.solid(put(sole), "pale", shade=1.6)
        s.solid(put([(px * 0.84, py * 0.93) for px, py in sole]), "cream", shade=-1.4, light=0)
        s.flat(put(moved([(px * 0.92, py) for px, py in upper], 0, 2)), "shade")
        s.solid(put(upper), "base", (put(ellipse(0, 3, 13, 3.4)), "accent"), shade=3)


CLOTH = (towel, blanket, cushion, apron, bag, scarf, slippers)

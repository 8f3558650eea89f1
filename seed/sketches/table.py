"""What is sketched for the table and the kitchen."""

from seed.shapes import CLAY, Scene, ellipse, moved, rect, ring, slab, smooth, soft, stroke, turned


def mug(s: Scene) -> None:
    """A cup with an ear."""
    r, top, ear = s.vary(19, 23), s.vary(32, 37), s.vary(11, 14)
    s.ground(48, 79, r + 5)
    path = smooth(
        [(46 + r - 2, top + 9), (47 + r + ear * 0.8, top + 9), (47 + r + ear, top + 20), (46 + r - 3, 69)]
    )
    s.solid(stroke(path, 4.6), shade=1.8)
    s.turn(
        46,
        [(top, r), (60, r * 0.99), (73, r * 0.9), (79, r * 0.7)],
        top="hollow",
        hole=True,
        motif=s.rng.choice(CLAY),
    )


def teapot(s: Scene) -> None:
    """A round pot with a spout to the left."""
    r = s.vary(25, 28)
    s.ground(50, 80, r)
    ear = smooth([(46 + r, 46), (53 + r, 44), (58 + r, 50), (56 + r, 60), (50 + r, 67), (44 + r, 70)])
    s.solid(stroke(ear, 4.2), shade=1.8)
    s.solid(stroke(smooth([(34, 71), (25, 65), (20.5, 54), (14, 45)]), 11, 4.8), shade=3)
    body = [(39, 12.5), (42, 17.5), (50, r * 0.92), (60, r), (71, r * 0.92), (80, r * 0.6)]
    s.turn(50, body, motif=s.rng.choice(CLAY))
    s.turn(50, [(32.4, 2), (33.4, 7), (36.6, 11.8), (40, 14.4)])
    s.solid(ellipse(50, 29.8, 3.7, 3.4), "wood", shade=2)


def plate(s: Scene) -> None:
    """A plate upright on a small wooden stand."""
    s.ground(50, 82, 21)
    motif = s.rng.choice(("ring", "dots", "rings", "plain"))
    marks = {
        "ring": [
            (ellipse(50, 48, 33), "base"),
            (ellipse(50, 48, 31.5), "accent"),
            (ellipse(50, 48, 29), "base"),
        ],
        "rings": [
            (ellipse(50, 48, r), t)
            for r, t in ((31.8, "accent"), (30.8, "base"), (29.2, "accent"), (26, "base"))
        ],
        "dots": [(turned(ellipse(50, 20.5, 1.4), 22.5 * i, (50, 48)), "accent") for i in range(16)],
        "plain": [],
    }
    s.solid(ellipse(50, 48, 34), "base", *marks[motif], shade=2.4, light=1)
    well = s.vary(20.5, 22.5)
    s.solid(ellipse(50, 48, well), "base", (ellipse(50, 48, well), "shade"), shade=0, light=0)
    s.solid(ellipse(50.7, 48.8, well - 1.1), "base", shade=0, light=0)
    s.flat(stroke(ellipse(50, 48, 28, None, 196, 236), 1.6), "gleam")
    for x, way in ((35, -1), (65, 1)):
        s.solid(stroke([(x - way * 3, 78), (x + way * 3, 84)], 3), "wood", shade=1)
        s.solid(stroke([(x - way, 79.6), (x - way * 2.6, 73.4)], 2.6), "wood", shade=1)


def bowl(s: Scene) -> None:
    """A wide bowl on a foot."""
    r, top = s.vary(30, 33), s.vary(45, 49)
    s.ground(50, 78, r * 0.62)
    s.turn(50, [(70, r * 0.36), (78, r * 0.4)])
    s.turn(
        50,
        [(top, r), (57, r * 0.93), (67, r * 0.68), (74, r * 0.4)],
        top="hollow",
        hole=True,
        motif=s.rng.choice(CLAY),
    )


def tray(s: Scene) -> None:
    """An oval tray with two ears and a cup on it."""
    s.ground(50, 74, 37)
    for way in (-1, 1):
        ear = smooth([(50 + way * 35, 51), (50 + way * 43, 48), (50 + way * 46, 55), (50 + way * 40, 61)])
        s.solid(stroke(ear, 2.8), "wood", shade=1)
    face, whole = slab(50, 58, 41, 17, 6)
    s.solid(whole, "base", (whole, "shade"), shade=6)
    s.solid(face, "base", (face, "light"), shade=0, light=0)
    floor, _ = slab(50, 59, 37.6, 14.4, 0)
    s.solid(floor, "base", shade=-3, light=0)
    if s.rng.random() < 0.5:
        s.flat(ring(slab(50, 59.6, 32, 11, 0)[0], slab(50, 59.6, 31, 10.3, 0)[0]), "accent")
    x = s.vary(41, 59)
    s.flat(ellipse(x + 3.4, 63, 12, 4), "shade")
    s.turn(x, [(40, 11.5), (52, 11), (63, 7)], "cream", top="pale", hole=True, tilt=0.3)


def pan(s: Scene) -> None:
    """A frying pan, its handle to the right."""
    s.ground(42, 68, 26)
    end = s.vary(40, 44)
    s.solid(stroke([(66, 54.5), (97, end)], 4.6, 6.4), "wood", shade=1.6)
    s.solid(stroke([(64, 55.5), (75, 51.2)], 5), "dark", shade=1)
    s.turn(42, [(52, 31), (60, 27.5), (67, 23)], top="hollow", hole=True, tilt=0.27)
    s.flat(ellipse(42, 55.6, 22.5, 4.6), "shade")


def knife(s: Scene) -> None:
    """A cook's knife, lying aslant."""
    s.angle = s.vary(36, 46)
    wide = s.vary(13, 16)
    blade = [
        (43, 58),
        *smooth([(43, 7), (43 + wide * 0.55, 18), (43 + wide, 38), (43 + wide, 57)]),
        (43 + wide, 58),
    ]
    edge = moved(blade, -wide * 0.3, 0)
    s.flat(blade, "metal", ([*blade, blade[0], *edge, edge[0]], "gleam"))
    s.flat(rect(44, 10, 45, 57), "veil")
    s.solid(rect(43, 57, 52, 62, 1), "dark", shade=1)
    s.solid(soft([(43.2, 61), (51.8, 61), (52.6, 84), (54, 92), (44, 92), (43.2, 78)], 3), shade=2.2)
    for y in (67, 75, 83):
        s.flat(ellipse(47.8, y, 1.2), "brass")


def board(s: Scene) -> None:
    """A cutting board with a grip, upright."""
    half, neck = s.vary(21, 25), s.vary(6, 7.5)
    s.ground(50, 85, half + 2)
    shape = [
        (50 - neck, 10),
        (50 + neck, 10),
        (50 + neck, 29),
        (50 + half, 31),
        (50 + half, 85),
        (50 - half, 85),
    ]
    grain = [
        (stroke(smooth([(x, 8), (x + 1.6, 30), (x - 1, 56), (x + 1, 88)]), 0.7), "shade")
        for x in range(31, 74, 7)
    ]
    inlay = [(rect(50 + half * 0.4, 0, 50 + half * 0.62, 90), "accent")] if s.rng.random() < 0.6 else []
    s.solid(soft([*shape, (50 - half, 31), (50 - neck, 29)], 5), "base", *inlay, *grain, shade=2.6)
    s.flat(ellipse(50, 17, 2.6), "back")


def jar(s: Scene) -> None:
    """A storage jar with a wooden lid."""
    r, top = s.vary(21, 25), s.vary(35, 40)
    s.ground(50, 79, r + 2)
    body = [(top, r * 0.8), (top + 5, r * 0.96), (56, r), (72, r * 0.98), (79, r * 0.82)]
    s.turn(50, body, motif=s.rng.choice(CLAY))
    s.turn(50, [(top - 6, r * 0.82), (top, r * 0.82)], "wood", top="wood")
    s.turn(50, [(top - 11, 4.2), (top - 7, 3.4)], "wood", top="wood")


def bottle(s: Scene) -> None:
    """A slim flask with a screwed cap."""
    r, top = s.vary(13.5, 16), s.vary(28, 33)
    s.ground(50, 84, r + 3)
    s.turn(
        50,
        [(top, 8), (top + 4, 8.6), (top + 11, r * 0.94), (top + 17, r), (80, r), (84, r * 0.9)],
        motif=s.rng.choice(("plain", "band", "stripes", "glaze")),
    )
    s.turn(50, [(top - 1, 8.6), (top + 1, 8.6)], "metal")
    s.turn(50, [(top - 13, 8.2), (top - 1, 8.8)], "wood", top="wood")


def kettle(s: Scene) -> None:
    """A kettle with an arched handle."""
    r = s.vary(25, 28)
    s.ground(50, 79, r + 2)
    s.solid(stroke(ellipse(50, 45, 20, s.vary(23, 27), 170, 370), 4.2), "wood", shade=1.4)
    s.solid(stroke([(68, 66), (78, 57), (86, 45)], 11, 5), shade=3)
    body = [(45, 15), (51, r * 0.78), (60, r * 0.95), (72, r), (79, r * 0.96)]
    s.turn(50, body, motif=s.rng.choice(("plain", "band")))
    s.turn(50, [(40, 5), (42, 11), (46, 15.5)])
    s.solid(ellipse(50, 37.6, 3.4, 3.2), "wood", shade=2)


TABLE = (mug, teapot, plate, bowl, tray, pan, knife, board, jar, bottle, kettle)

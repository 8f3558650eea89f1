"""What is sketched for the room: light, plants, seats and boxes."""

from seed.shapes import CLAY, Scene, cloth, ellipse, leaf, rect, smooth, soft, stroke, turned


def vase(s: Scene) -> None:
    """A bellied vase with a few twigs."""
    r, neck = s.vary(17, 22), s.vary(6, 8.5)
    s.ground(50, 86, r + 1)
    for x, y, way in ((40, 14, -1), (56, 8, 1), (66, 22, 1))[: s.rng.randint(1, 3)]:
        stem = smooth([(50, 44), (50 + (x - 50) * 0.35, 32), (x, y)])
        s.flat(stroke(stem, 1.1), "moss")
        for i, spot in enumerate(stem[5::2]):
            s.solid(
                leaf(*spot, 8.5, 4.6, way * 18 + (58 if i % 2 else -58)),
                "leaf" if i % 2 else "moss",
                shade=1,
                light=0,
            )
    s.turn(
        50,
        [
            (40, neck * 1.15),
            (45, neck),
            (50, neck * 1.15),
            (57, r * 0.74),
            (66, r),
            (76, r * 0.9),
            (86, r * 0.56),
        ],
        top="hollow",
        hole=True,
        motif=s.rng.choice(CLAY),
    )


def lamp(s: Scene) -> None:
    """A table lamp with a cloth shade."""
    narrow, wide = s.vary(12, 16), s.vary(25, 29)
    s.ground(50, 85, 15)
    s.turn(50, [(82, 13), (85, 13.4)], "wood", top="wood")
    s.turn(50, [(48, 1.5), (70, 1.5), (78, 3.4), (82, 5)], "brass")
    s.flat(ellipse(50, 52, wide - 0.6, (wide - 0.6) * 0.17), "glow")
    s.turn(
        50,
        [(18, narrow), (52, wide)],
        top="glow",
        hole=True,
        motif=s.rng.choice(("plain", "band", "stripes")),
        gloss=False,
    )


def candle(s: Scene) -> None:
    """A candle in a cup, alight."""
    r, top = s.vary(19, 22), s.vary(42, 47)
    s.ground(50, 80, r + 4)
    s.turn(
        50,
        [(top, r), (75, r), (80, r * 0.88)],
        top="cream",
        hole=True,
        motif=s.rng.choice(("plain", "glaze", "band")),
    )
    s.flat(stroke([(50, top + 1), (50, top - 5)], 1), "ink")
    flame = smooth([(50, top - 18), (53.6, top - 8.4), (50, top - 3), (46.4, top - 8.4)], closed=True)
    s.flat(flame, "flame")
    s.flat(smooth([(50, top - 12), (51.8, top - 7), (50, top - 3.6), (48.2, top - 7)], closed=True), "glow")
    s.flat(rect(42, 58, 58, 71, 1), "cream")
    s.flat(rect(45, 62, 55, 63.2), "pale")
    s.flat(rect(47, 65.6, 53, 66.8), "pale")


def diffuser(s: Scene) -> None:
    """A scent bottle with reeds."""
    r = s.vary(16, 20)
    s.ground(50, 84, r + 3)
    for x in (34, 42, 49, 57, 66):
        s.solid(
            stroke([(50 + (x - 50) * 0.16, 50), (x + s.vary(-1, 1), s.vary(10, 18))], 1.3),
            "wood",
            shade=0.5,
            light=0,
        )
    s.turn(
        50,
        [(49, 6.5), (54, 7), (59, r * 0.85), (64, r), (80, r), (84, r * 0.9)],
        motif=s.rng.choice(("plain", "glaze", "band")),
    )
    s.turn(50, [(45, 7.6), (51, 7.6)], "brass")
    s.flat(rect(42, 66, 58, 77, 1), "cream")
    s.flat(rect(45, 70, 55, 71.2), "pale")


def clock(s: Scene) -> None:
    """A wall clock."""
    s.solid(ellipse(50, 50, 34), shade=3, light=1.4)
    rim = s.vary(26.5, 29.5)
    s.solid(ellipse(50, 50, rim), "cream", shade=-1.6, light=0)
    for i in range(12):
        long = 4.4 if i % 3 == 0 else 2
        s.flat(
            turned(rect(49.4, 53 - rim, 50.6, 53 - rim + long), 30 * i, (50, 50)),
            "ink" if i % 3 == 0 else "pale",
        )
    hour = s.rng.randint(0, 11)
    s.flat(turned(stroke([(50, 54), (50, 35)], 2.4), 30 * hour + 5, (50, 50)), "ink")
    s.flat(turned(stroke([(50, 55), (50, 28.5)], 1.7), 60, (50, 50)), "ink")
    s.flat(turned(stroke([(50, 57), (50, 29)], 0.8), s.rng.randint(150, 290), (50, 50)), "rose")
    s.flat(ellipse(50, 50, 2), "rose")


def mirror(s: Scene) -> None:
    """A round mirror on a foot."""
    r = s.vary(26, 29)
    s.ground(50, 88, 17)
    s.turn(50, [(85, 15), (88, 15.4)], top="base")
    s.solid(rect(48, 62, 52, 86), "brass", shade=1.4)
    s.solid(ellipse(50, 41, r), shade=2.4)
    beams = [([(a, 80), (a + 42, 0), (b + 42, 0), (b, 80)], "gleam") for a, b in ((16, 29), (33, 37))]
    s.solid(ellipse(50, 41, r - 3.6), "glass", *beams, shade=-1.6, light=0)


def frame(s: Scene) -> None:
    """A framed print of hills."""
    half = s.vary(24, 28)
    left, right = 50 - half, 50 + half
    s.solid(rect(left, 14, right, 86, 1), shade=1.6)
    s.solid(rect(left + 4, 18, right - 4, 82), "cream", shade=-1.3, light=0)
    x, y = s.vary(44, 58), s.vary(38, 44)
    hills = [
        (ellipse(x, y, 5), "rose"),
        (ellipse(s.vary(34, 42), 86, 26, 30), "leaf"),
        (ellipse(s.vary(60, 68), 88, 26, 24), "moss"),
        (ellipse(s.vary(42, 52), 90, 28, 20), "base"),
    ]
    s.flat(rect(left + 11, 27, right - 11, 73), "glass", *hills)


def plant(s: Scene) -> None:
    """A pot plant with broad leaves."""
    r = s.vary(15, 18)
    s.ground(50, 88, r)
    s.turn(50, [(64, r), (70, r * 0.98), (88, r * 0.72)], top="soil", hole=True, motif=s.rng.choice(CLAY))
    for i, angle in enumerate((-74, 72, -48, 46, -22, 24, 0)):
        lean, length = angle + s.vary(-7, 7), s.vary(34, 42) - abs(angle) * 0.1
        wide, tone = s.vary(11, 14), "leaf" if i % 2 else "moss"
        rib = leaf(50, 65, length * 0.94, 1, lean)
        s.solid(leaf(50, 65, length, wide, lean), tone, (rib, "veil"), shade=2.4, light=0)


def chair(s: Scene) -> None:
    """A chair with a padded seat, from the front."""
    top = s.vary(10, 14)
    s.ground(50, 88, 24)
    for a, b in (((37, 58), (36, 81)), ((63, 58), (64, 81))):
        s.solid(stroke([a, b], 3, 2.4), "wood", (stroke([a, b], 4), "shade"), shade=0, light=0)
    for a, b in (((36, 60), (34.5, top + 8)), ((64, 60), (65.5, top + 8))):
        s.solid(stroke([a, b], 3), "wood", shade=1)
    s.solid(soft([(29, top), (71, top), (69, top + 27), (31, top + 27)], s.vary(6, 12)), shade=2.6)
    for a, b in (((31, 62), (27, 89)), ((69, 62), (73, 89))):
        s.solid(stroke([a, b], 4, 3), "wood", shade=1.3)
    s.solid(
        soft([(34, 51), (66, 51), (75, 60), (74, 67), (26, 67), (25, 60)], 4),
        "base",
        (rect(20, 60.5, 80, 70), "shade"),
        shade=2,
    )


def stool(s: Scene) -> None:
    """A round stool on splayed legs."""
    r = s.vary(23, 27)
    s.ground(50, 86, 25)
    s.solid(stroke([(47, 45), (44, 80)], 3.2, 2.6), "wood", (rect(30, 30, 70, 90), "shade"), shade=0, light=0)
    s.flat(stroke(ellipse(50, 67, 19, 3.4), 1.4), "wood", (rect(20, 50, 80, 80), "shade"))
    for a, b in ((34, 27), (66, 73), (53, 55)):
        s.solid(stroke([(a, 45), (b, 88)], 4, 3), "wood", shade=1.3)
    s.turn(50, [(36, r * 0.97), (39, r), (43, r), (46, r * 0.95)], top="base", tilt=0.2)


def box(s: Scene) -> None:
    """A storage box with a lid."""
    top = s.vary(42, 48)
    s.ground(50, 81, 32)
    s.solid(
        rect(21, top + 6, 79, 81, 1.5),
        "base",
        *cloth(s.rng, 21, top + 8, 79, 81),
        (rect(20, top, 80, top + 11.6), "shade"),
        shade=3,
    )
    s.solid(
        soft([(27, top - 9), (73, top - 9), (82, top), (18, top)], 1),
        "base",
        (rect(0, 0, 99, 99), "light"),
        shade=0,
        light=0,
    )
    s.solid(rect(18, top - 1, 82, top + 9, 1.5), shade=3)
    s.solid(rect(41, 62, 59, 71, 1), "brass", shade=0.8)
    s.flat(rect(42.6, 63.6, 57.4, 69.4), "cream")


def basket(s: Scene) -> None:
    """A woven basket with two ears."""
    r, top = s.vary(27, 31), s.vary(42, 48)
    s.ground(50, 80, r)
    for way in (-1, 1):
        x = 50 + way * r * 0.82
        ear = smooth(
            [(x - way * 9, top + 3), (x - way * 6, top - 12), (x + way * 3, top - 12), (x + way * 4, top + 3)]
        )
        s.solid(stroke(ear, 2.8), "wood", shade=1)
    s.turn(
        50, [(top, r), (66, r * 0.93), (80, r * 0.78)], top="hollow", hole=True, motif="weave", gloss=False
    )
    rim = [
        *ellipse(50, top + 0.5, r + 0.8, r * 0.17, 0, 180),
        *ellipse(50, top + 4.4, r + 0.6, r * 0.17, 180, 0),
    ]
    s.solid(rim, "accent", shade=5, light=0)


ROOM = (vase, lamp, candle, diffuser, clock, mirror, frame, plant, chair, stool, box, basket)

"""The demo shop's product pictures: every kind in any colour, the same bytes for the same arguments."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from seed.pictures import ACCENTS, BACKDROPS, COLOURS, draw
from seed.sketches import SKETCHES

KINDS = sorted(SKETCHES)


@pytest.mark.parametrize("at", range(len(KINDS)), ids=KINDS)
def test_every_kind_is_drawn_on_its_backdrop(at):
    colour = list(COLOURS)[at % len(COLOURS)]
    picture = Image.open(BytesIO(draw(KINDS[at], colour, at, 160)))

    assert (picture.format, picture.size) == ("WEBP", (160, 160))
    plain = Image.new("RGB", picture.size, BACKDROPS[colour])
    apart = ImageChops.difference(picture.convert("RGB"), plain).convert("L")
    assert apart.crop((0, 0, 160, 8)).getextrema()[1] < 8
    assert sum(apart.histogram()[16:]) > 160 * 160 * 0.05


@pytest.mark.parametrize("kind", ["bowl", "cushion", "pen"])
def test_the_same_arguments_give_the_same_bytes_and_other_seeds_other_pictures(kind):
    assert draw(kind, "雾蓝", 7, 120) == draw(kind, "雾蓝", 7, 120)
    assert len({draw(kind, "雾蓝", seed, 120) for seed in range(6)}) > 3


def test_every_colour_draws_and_has_its_backdrop_and_accent():
    assert COLOURS.keys() == BACKDROPS.keys() == ACCENTS.keys()
    assert len({draw("mug", colour, 1, 64) for colour in COLOURS}) == len(COLOURS)


@pytest.mark.parametrize(("kind", "colour"), [("spaceship", "白"), ("mug", "彩虹")])
def test_what_is_unknown_is_refused(kind, colour):
    with pytest.raises(KeyError):
        draw(kind, colour, 1)

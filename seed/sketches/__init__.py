"""How each kind of product is drawn: parts from back to front, on the scene of `seed.shapes`."""

from collections.abc import Callable

from seed.shapes import Scene
from seed.sketches.cloth import CLOTH
from seed.sketches.hand import HAND
from seed.sketches.room import ROOM
from seed.sketches.table import TABLE

SKETCHES: dict[str, Callable[[Scene], None]] = {
    sketch.__name__: sketch for sketch in (*TABLE, *ROOM, *CLOTH, *HAND)
}

"""What some of the newest orders wait for, so that every list of the demo shop has something to show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from models import HoldCause
from seed import words
from seed.stories import STORE, Hold, Story

TMALL = 1
EVERY, FIRST_AT = 5, 0.35
SOON = timedelta(minutes=10)
OVERPAID_MINOR = 500


def fated(story: Story, number: int, many: int) -> Story:
    """The story, or for every fifth of the newer ones a story that stops where somebody has to act."""
    if number % EVERY != EVERY // 2 or number < many * FIRST_AT:
        return story
    return FATES[number // EVERY % len(FATES)](_stopped(story))


def _stopped(story: Story) -> Story:
    parcels = tuple(replace(parcel, shipped_at=None, delivered_at=None) for parcel in story.parcels)
    return replace(
        story,
        channel=story.channel if story.channel != STORE else TMALL,
        parcels=parcels,
        payments=(),
        hold=None,
        confirmed_at=None,
        cancelled_at=None,
        completed_at=None,
        returned_at=None,
        refunded_at=None,
        returned=(0,) * len(story.lines),
    )


def _unpaid(story: Story) -> Story:
    return replace(story, payments=())


def _paying(story: Story, amount_minor: int) -> Story:
    return replace(story, payments=((story.placed_at + SOON, amount_minor),))


def _with_deposit(story: Story) -> Story:
    return _paying(story, max(1, story.total_minor * 3 // 10))


def _overpaid(story: Story) -> Story:
    held = _held(HoldCause.PAYMENT, "多付了 5 元,等财务核对")(story)
    return _paying(held, story.total_minor + OVERPAID_MINOR)


def _to_confirm(story: Story) -> Story:
    return _paying(story, story.total_minor)


def _to_ship(story: Story) -> Story:
    return replace(_to_confirm(story), confirmed_at=story.placed_at + SOON * 3)


def _under_way(story: Story) -> Story:
    sent = story.placed_at + SOON * 12
    parcels = tuple(replace(parcel, shipped_at=sent) for parcel in story.parcels)
    return replace(_to_ship(story), parcels=parcels)


def _held(cause: HoldCause, detail: str) -> Callable[[Story], Story]:
    def holding(story: Story) -> Story:
        opened = story.placed_at + timedelta(minutes=1)
        return replace(_to_confirm(story), hold=Hold(cause, detail, opened, None))

    return holding


FATES: tuple[Callable[[Story], Story], ...] = (
    _with_deposit,
    _overpaid,
    _unpaid,
    _to_confirm,
    _held(*words.HOLDS[0]),
    _to_ship,
    _under_way,
    _unpaid,
    *(_held(cause, detail) for cause, detail in words.HOLDS[1:]),
)

"""What people do with stock by hand: receive, adjust, write off."""

from datetime import datetime

from models import MovementKind, StockLevel, Text, Variant, Warehouse
from services.core import audit
from services.core.clock import business_day, now
from services.core.db import transaction
from services.core.errors import Invalid, NotFound
from services.core.events import emit
from services.core.options import business_zone
from services.core.permissions import Actor, Permission, requires
from services.core.text import Said
from services.inventory import ledger
from services.inventory.events import StockAdjusted, StockOversold, StockReceived, StockWrittenOff
from services.inventory.history import balance_at, changes_after
from services.inventory.rules import first_negative
from services.inventory.shortages import not_there
from services.inventory.types import Cause, Change, Figures, StockAdjustment, StockReceipt, WriteOff

POSITIVE = Text("数量应大于 0", "The quantity must be above 0")
WHY = Text("请填写原因", "Give a reason")
MOST = 1_000_000


@requires(Permission.STOCK_RECEIVE)
def receive_stock(receipt: StockReceipt, *, actor: Actor) -> StockLevel:
    """Take goods into one warehouse."""
    _check_quantity(receipt.quantity)
    kind = MovementKind.OPENING if receipt.is_opening else MovementKind.RECEIPT
    change = _change(kind, receipt, receipt.quantity, receipt.reason)
    with transaction():
        after = _post(change, receipt.at, actor, receipt.reference)
        emit(StockReceived(after.level_id, receipt.variant_id, receipt.warehouse_id, receipt.quantity))
        return _told("stock.receive", change, after, actor)


@requires(Permission.STOCK_ADJUST)
def adjust_stock(adjustment: StockAdjustment, *, actor: Actor) -> StockLevel:
    """Correct the count of one variant in one warehouse, with a reason."""
    if not 0 < abs(adjustment.delta) <= MOST:
        raise Invalid(fields={"delta": Text("请填写增减数量,不能为 0", "Give the difference; it is not 0")})
    _check_reason(adjustment.reason)
    change = _change(MovementKind.ADJUSTMENT, adjustment, adjustment.delta, adjustment.reason)
    with transaction():
        after = _post(change, adjustment.at, actor)
        emit(StockAdjusted(after.level_id, adjustment.variant_id, adjustment.warehouse_id, adjustment.delta))
        return _told("stock.adjust", change, after, actor)


@requires(Permission.STOCK_ADJUST)
def write_off(loss: WriteOff, *, actor: Actor) -> StockLevel:
    """Take goods that are lost, broken or expired off the books, with a reason."""
    _check_quantity(loss.quantity)
    _check_reason(loss.reason)
    change = _change(MovementKind.WRITE_OFF, loss, -loss.quantity, loss.reason)
    with transaction():
        after = _post(change, loss.at, actor)
        emit(StockWrittenOff(after.level_id, loss.variant_id, loss.warehouse_id, loss.quantity))
        return _told("stock.write_off", change, after, actor)


def _check_quantity(quantity: int) -> None:
    if not 0 < quantity <= MOST:
        raise Invalid(fields={"quantity": POSITIVE})


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": WHY})


def _change(
    kind: MovementKind, where: StockReceipt | StockAdjustment | WriteOff, delta: int, reason: str
) -> Change:
    return Change(
        kind=kind,
        variant_id=where.variant_id,
        warehouse_id=where.warehouse_id,
        on_hand=delta,
        reason=reason.strip(),
    )


def _post(change: Change, at: datetime | None, actor: Actor, reference: str = "") -> Figures:
    _check_place(change, actor)
    if at is not None:
        _check_past(change, at)
    cause = Cause("manual", None, reference.strip()[:40])
    return ledger.post([change], cause=cause, actor=actor, at=at)[change.variant_id, change.warehouse_id]


def _check_place(change: Change, actor: Actor) -> None:
    warehouse = Warehouse.get_or_none(Warehouse.id == change.warehouse_id)
    if warehouse is None or (actor.warehouse_ids and warehouse.id not in actor.warehouse_ids):
        raise NotFound(Text("没有这个仓库,或您无权操作", "No such warehouse, or it is not yours"))
    if warehouse.archived_at is not None and change.on_hand > 0:
        text = Text("「{name}」已归档,请选择别的仓库", "“{name}” is archived; choose another warehouse")
        raise Invalid(fields={"warehouse_id": Said(text, name=warehouse.name)})
    if not Variant.select().where(Variant.id == change.variant_id).exists():
        raise NotFound(Text("没有这个规格", "There is no such variant"))


def _check_past(change: Change, at: datetime) -> None:
    """A change entered late must not make any moment since then negative."""
    if at > now():
        raise Invalid(fields={"at": Text("时间不能在将来", "The time must not lie ahead")})
    pair = (change.variant_id, change.warehouse_id)
    broken = first_negative(balance_at(pair, at), change.on_hand, changes_after(pair, at))
    if broken is None:
        return
    when, balance = broken
    if when is None:
        raise not_there({pair: -change.on_hand})
    text = Text(
        "补记后 {day} 的库存会变成 {balance}。请改时间或数量,或先补记当时的入库",
        "Stock would be {balance} on {day}. Change the time or quantity, or first enter what was received then",
    )
    raise Invalid(fields={"at": Said(text, day=business_day(when, business_zone()), balance=balance)})


def _told(action: str, change: Change, after: Figures, actor: Actor) -> StockLevel:
    """Audit, open an exception when more is promised than there is, and return the level."""
    if after.on_hand < after.reserved and change.on_hand < 0:
        missing = after.reserved - after.on_hand
        emit(StockOversold(after.level_id, change.variant_id, change.warehouse_id, missing))
    audit.record(
        actor,
        action,
        ("stock_level", after.level_id),
        before={"on_hand": after.on_hand - change.on_hand},
        after={"on_hand": after.on_hand, "reserved": after.reserved},
        reason=change.reason,
    )
    return StockLevel.get_by_id(after.level_id)

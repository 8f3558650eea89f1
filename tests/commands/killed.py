"""Run the order path and die at its n-th commit, before or after it; tell what is left. A process of its own, because it
forks: `python -m tests.commands.killed FOLDER` prints one JSON line per crash.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from models import TABLES, Channel, Customer, Order, StockLevel, Variant, Warehouse, WarehouseChange, db
from services import catalogue, crm, identity, inventory, orders, wiring  # noqa: F401 - all invariants register
from services.core import startup
from services.core.invariants import check_all
from services.core.permissions import SYSTEM
from services.core.settings import Settings
from tests.factories import give_stock, make_channel, make_customer, make_variant, make_warehouse

Step = Callable[[], object]


def prepare(settings: Settings) -> None:
    """A shop with goods, stock and a customer."""
    startup.open_data(settings)
    identity.ensure_presets()
    variant, warehouse = make_variant(price_minor=1000), make_warehouse("A")
    give_stock(variant, warehouse, 20)
    make_channel("shop")
    make_customer(name="王伟", phone="13800138000")
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    startup.close_data()


def steps() -> list[Step]:  # noqa: C901 - a list of small closures
    """One verb a step, each a transaction."""

    def order(position: int) -> Order:
        return Order.select().order_by(Order.id)[position]

    def place() -> object:
        line = orders.OrderLineInput(variant_id=Variant.get().id, quantity=3)
        to = orders.ShipTo(name="王伟", phone="13800138000", province_code="33", street="文三路")
        return orders.place_order(
            orders.PlaceOrder(
                channel_id=Channel.get().id, customer_id=Customer.get().id, lines=(line,), ship_to=to
            ),
            actor=SYSTEM,
        )

    def pay(position: int) -> Step:
        return lambda: orders.record_payment(
            orders.PaymentInput(order_id=order(position).id, method="alipay", amount_minor=3000), actor=SYSTEM
        )

    def ship() -> object:
        wanted = orders.ShipInput(order_id=order(0).id, carrier="顺丰", tracking_number="SF1")
        return orders.ship_order(wanted, actor=SYSTEM)

    def take_back() -> object:
        line = orders.detail(order(0).number, SYSTEM).lines[0]
        back = orders.ReturnLineInput(line_id=line.id, quantity=1)
        return orders.record_return(
            orders.ReturnInput(order_id=order(0).id, lines=(back,), reason="坏"), actor=SYSTEM
        )

    def refund() -> object:
        line = orders.detail(order(0).number, SYSTEM).lines[0]
        given = orders.RefundLineInput(line_id=line.id, quantity=1)
        return orders.record_refund(
            orders.RefundInput(order_id=order(0).id, method="alipay", reason="坏", lines=(given,)),
            actor=SYSTEM,
        )

    def cancel() -> object:
        wanted = orders.CancelOrder(order_id=order(1).id, reason="不要了", refund_method="alipay")
        return orders.cancel_order(wanted, actor=SYSTEM)

    def adjust() -> object:
        change = inventory.StockAdjustment(
            variant_id=Variant.get().id, warehouse_id=Warehouse.get().id, delta=-1, reason="盘亏"
        )
        return inventory.adjust_stock(change, actor=SYSTEM)

    def hold() -> object:
        return orders.hold_order(orders.HoldInput(order_id=order(2).id, detail="等地址"), actor=SYSTEM)

    def rename() -> object:
        customer = Customer.get()
        return crm.edit_customer(customer.id, customer.version, {"name": "王小伟"}, actor=SYSTEM)

    def reprice() -> object:
        variant = Variant.get()
        return catalogue.edit_variant(variant.id, variant.version, {"price_minor": 1100}, actor=SYSTEM)

    return [
        place,
        pay(0),
        lambda: orders.confirm_order(order(0).id, actor=SYSTEM),
        ship,
        lambda: orders.deliver_order(order(0).id, actor=SYSTEM),
        take_back,
        refund,
        lambda: orders.complete_order(order(0).id, actor=SYSTEM),
        place,
        pay(1),
        cancel,
        place,
        hold,
        adjust,
        rename,
        reprice,
    ]


def run_and_die(settings: Settings, nth: int, before: bool) -> None:
    """Die at the n-th commit of the steps; never returns."""
    startup.open_data(settings)
    commit, count = db.obj.commit, 0

    def dying() -> None:
        nonlocal count
        count += 1
        if count == nth and before:
            os._exit(9)
        commit()
        if count == nth:
            os._exit(9)

    db.obj.commit = dying
    for step in steps():
        step()
    os._exit(0)


def left(settings: Settings) -> dict[str, object]:
    """What the next start finds: rows a table, key figures, broken rules."""
    startup.open_data(settings)
    counted = {
        model._meta.table_name: model.select().count() for model in TABLES if model is not WarehouseChange
    }
    level = StockLevel.get()
    figures = [
        level.on_hand,
        level.reserved,
        *(f"{row.status}/{row.payment_state}" for row in Order.select()),
    ]
    broken = [verdict.invariant.key for verdict in check_all() if not verdict.holds]
    return {"counts": counted, "figures": figures, "broken": broken}


def forked(work: Callable[[int], None]) -> tuple[int, bytes]:
    """Run `work` in a child; returns (exit code, what it wrote)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        work(writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def main(folder: Path) -> None:
    """Crash at every commit, before and after it."""
    ready = Settings(data_dir=folder / "ready", bcrypt_cost=4)
    forked(lambda _: prepare(ready))
    for before in (True, False):
        for nth in range(1, 100):
            crashed = Settings(data_dir=folder / f"crash-{before}-{nth}", bcrypt_cost=4)
            shutil.copytree(ready.data_dir, crashed.data_dir)
            code, _ = forked(lambda _, s=crashed, n=nth, b=before: run_and_die(s, n, b))
            _, said = forked(lambda pipe, s=crashed: os.write(pipe, json.dumps(left(s)).encode()) and None)
            print(json.dumps({"before": before, "nth": nth, "code": code, **json.loads(said)}), flush=True)
            shutil.rmtree(crashed.data_dir)
            if code != 9:
                break


if __name__ == "__main__":
    main(Path(sys.argv[1]))

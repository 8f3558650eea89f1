"""/orders and /channels: list, read, place, and every verb of an order's life."""

from dataclasses import fields, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from models import Order, OrderSource
from services import orders
from services.core.db import read, write
from services.core.permissions import Actor
from services.core.text import render
from services.orders import MoneyPanel
from services.rest.auth import Caller
from services.rest.shapes import CursorPage, answer, body_of, page_of, plain

router = APIRouter(tags=["orders"])


class Reason(BaseModel):
    """Why something is done."""

    reason: str


class Parcel(BaseModel):
    """A parcel handed to a carrier; without `shipment_id`, all that wait."""

    carrier: str
    tracking_number: str
    shipment_id: int | None = None
    weight_g: int = 0


class Arrival(BaseModel):
    """A parcel that arrived; without `shipment_id`, all on the way."""

    shipment_id: int | None = None


@router.get("/orders")
async def list_orders(request: Request, caller: Caller) -> CursorPage:
    """Orders, newest first; `view`, `f.status`, `r.placed_at=2026-11-01..2026-11-30`, `q` as in the page's address."""
    return await read(page_of, orders.ORDERS, request, caller)


@router.get("/orders/{number}")
async def get_order(number: str, caller: Caller) -> JSONResponse:
    """One order with everything on it, and why each action is refused now ([] = allowed)."""
    return await read(_whole, number, caller)


@router.get("/orders/{number}/money")
async def order_money(number: str, caller: Caller) -> JSONResponse:
    """What was ordered, paid and refunded, and what may still go back, line by line."""

    def load() -> MoneyPanel:
        return orders.money_panel(orders.order(number, caller).id, actor=caller)

    return JSONResponse(_panel(await read(load), caller))


@router.post("/orders", status_code=201)
async def place_order(new: orders.PlaceOrder, caller: Caller) -> JSONResponse:
    """Take an order: it is priced and its stock reserved."""
    order = await write(orders.place_order, replace(new, source=OrderSource.API), actor=caller)
    return await _fresh(order, caller, 201)


@router.post("/orders/drafts", status_code=201)
async def save_draft(new: orders.PlaceOrder, caller: Caller) -> JSONResponse:
    """Keep an order without placing it."""
    order = await write(orders.save_draft, replace(new, source=OrderSource.API), actor=caller)
    return await _fresh(order, caller, 201)


@router.post("/orders/{number}/place")
async def place_draft(number: str, caller: Caller) -> JSONResponse:
    """Place a draft: its stock is reserved now."""
    order = await read(orders.order, number, caller)
    return await _fresh(await write(orders.place_draft, order.id, actor=caller), caller)


@router.post("/orders/{number}/confirm")
async def confirm_order(number: str, caller: Caller) -> JSONResponse:
    """Agree to deliver an order."""
    order = await read(orders.order, number, caller)
    return await _fresh(await write(orders.confirm_order, order.id, actor=caller), caller)


@router.post("/orders/{number}/complete")
async def complete_order(number: str, caller: Caller) -> JSONResponse:
    """Close an order that is paid and has arrived."""
    order = await read(orders.order, number, caller)
    return await _fresh(await write(orders.complete_order, order.id, actor=caller), caller)


@router.post("/orders/cancel")
async def cancel_order(cancel: orders.CancelOrder, caller: Caller) -> JSONResponse:
    """Call an order off; `refund_method` gives back what was paid in the same step."""
    return await _fresh(await write(orders.cancel_order, cancel, actor=caller), caller)


@router.post("/orders/{number}/ship")
async def ship_order(number: str, parcel: Parcel, caller: Caller) -> JSONResponse:
    """Hand the waiting parcels, or one of them, to a carrier."""
    order = await read(orders.order, number, caller)
    wanted = orders.ShipInput(order_id=order.id, **parcel.model_dump())
    return await _fresh(await write(orders.ship_order, wanted, actor=caller), caller)


@router.post("/orders/{number}/deliver")
async def deliver_order(number: str, arrival: Arrival, caller: Caller) -> JSONResponse:
    """Note that parcels have arrived."""
    order = await read(orders.order, number, caller)
    return await _fresh(
        await write(orders.deliver_order, order.id, arrival.shipment_id, actor=caller), caller
    )


@router.post("/payments", status_code=201)
async def record_payment(paid: orders.PaymentInput, caller: Caller) -> JSONResponse:
    """Enter money that came in; the same `source` and `event_id` count once."""
    return answer(await write(orders.record_payment, paid, actor=caller), caller, 201)


@router.post("/returns", status_code=201)
async def record_return(back: orders.ReturnInput, caller: Caller) -> JSONResponse:
    """Enter counted goods that came back."""
    return answer(await write(orders.record_return, back, actor=caller), caller, 201)


@router.post("/refunds", status_code=201)
async def record_refund(given: orders.RefundInput, caller: Caller) -> JSONResponse:
    """Give money back; above the limit it waits for a second person."""
    return answer(await write(orders.record_refund, given, actor=caller), caller, 201)


@router.post("/refunds/{refund_id}/approve")
async def approve_refund(refund_id: int, caller: Caller) -> JSONResponse:
    """Pay a refund that another person asked for."""
    return answer(await write(orders.approve_refund, refund_id, actor=caller), caller)


@router.post("/refunds/{refund_id}/reject")
async def reject_refund(refund_id: int, given: Reason, caller: Caller) -> JSONResponse:
    """Turn down a refund that waits."""
    return answer(await write(orders.reject_refund, refund_id, given.reason, actor=caller), caller)


@router.post("/holds", status_code=201)
async def hold_order(hold: orders.HoldInput, caller: Caller) -> JSONResponse:
    """Keep an order from moving on."""
    return answer(await write(orders.hold_order, hold, actor=caller), caller, 201)


@router.post("/holds/{hold_id}/release")
async def release_hold(hold_id: int, caller: Caller) -> JSONResponse:
    """Let an order move on again."""
    return answer(await write(orders.release_hold, hold_id, actor=caller), caller)


@router.get("/channels")
async def list_channels(request: Request, caller: Caller) -> CursorPage:
    """Channels by code."""
    return await read(page_of, orders.CHANNELS, request, caller)


@router.post("/channels", status_code=201)
async def create_channel(new: orders.NewChannel, caller: Caller) -> JSONResponse:
    """Open a channel."""
    return answer(await write(orders.create_channel, new, actor=caller), caller, 201)


async def _fresh(order: Order, caller: Actor, status: int = 200) -> JSONResponse:
    """The order as it is now, after the verb."""
    return answer(await read(orders.order_by_id, order.id, caller), caller, status)


def _whole(number: str, caller: Actor) -> JSONResponse:
    found = orders.detail(number, caller)

    def many(rows: list[Any], parts: dict[int, list[Any]] | None = None) -> list[dict[str, Any]]:
        bodies = [body_of(row, caller) for row in rows]
        for row, body in zip(rows, bodies, strict=True):
            if parts is not None:
                body["lines"] = [body_of(part, caller) for part in parts.get(row.id, [])]
        return bodies

    refused = orders.why_not(found.order, actor=caller)
    return answer(
        found.order,
        caller,
        lines=many(found.lines),
        charges=many(found.charges),
        holds=many(found.holds),
        payments=many(found.payments),
        shipments=many(found.shipments, found.shipment_lines),
        returns=many(found.returns, found.return_lines),
        refunds=many(found.refunds, found.refund_lines),
        why_not={
            name: [render(said, caller.locale) for said in reasons] for name, reasons in refused.items()
        },
    )


def _panel(panel: MoneyPanel, caller: Actor) -> dict[str, Any]:
    shown = {
        field.name: getattr(panel, field.name) for field in fields(panel) if field.name.endswith("_minor")
    }
    rows = [
        {
            "label": render(row.label, caller.locale),
            "line_id": row.line_id,
            "net_minor": row.net_minor,
            "refunded_minor": row.refunded_minor,
            "refundable_minor": row.refundable_minor,
            "refundable_quantity": row.refundable_quantity,
        }
        for row in panel.rows
    ]
    explained = [render(said, caller.locale) for said in panel.explained]
    return plain({"currency": panel.currency, **shown, "rows": rows, "explained": explained})

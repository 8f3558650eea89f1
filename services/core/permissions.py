"""Who may do what: permissions, role presets, actors, and the guard around every verb.

One of the two core files that name domains (the other is options.py).
"""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import models
from models import CommandReceipt, Row, Text
from services.core.clock import now
from services.core.db import insert_row, transaction
from services.core.errors import Conflict, Invalid, NotPermitted
from services.core.text import Said

Args = ParamSpec("Args")
Result = TypeVar("Result")


class Permission(StrEnum):
    """A right to one kind of action, named domain.verb."""

    HOME_VIEW = "home.view"
    STAFF_VIEW = "staff.view"
    STAFF_MANAGE = "staff.manage"
    ROLES_MANAGE = "roles.manage"
    APIKEYS_MANAGE = "apikeys.manage"
    OPTIONS_EDIT = "options.edit"
    AUDIT_VIEW = "audit.view"
    JOBS_VIEW = "jobs.view"
    JOBS_MANAGE = "jobs.manage"
    CATALOGUE_VIEW = "catalogue.view"
    CATALOGUE_EDIT = "catalogue.edit"
    CATALOGUE_PRICE = "catalogue.price"
    CATALOGUE_ARCHIVE = "catalogue.archive"
    CATALOGUE_SEE_COST = "catalogue.see_cost"
    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_EDIT = "customers.edit"
    CUSTOMERS_REVEAL = "customers.reveal_pii"
    CUSTOMERS_EXPORT = "customers.export_pii"
    STOCK_VIEW = "stock.view"
    STOCK_RECEIVE = "stock.receive"
    STOCK_ADJUST = "stock.adjust"
    WAREHOUSES_MANAGE = "warehouses.manage"
    ORDERS_VIEW = "orders.view"
    ORDERS_PLACE = "orders.place"
    ORDERS_CONFIRM = "orders.confirm"
    ORDERS_EDIT = "orders.edit"
    ORDERS_CANCEL = "orders.cancel"
    ORDERS_HOLD = "orders.hold"
    ORDERS_DISCOUNT = "orders.discount"
    ORDERS_PAY = "orders.pay"
    ORDERS_SHIP = "orders.ship"
    ORDERS_RETURN = "orders.return"
    ORDERS_REFUND = "orders.refund"
    CHANNELS_MANAGE = "channels.manage"
    ANALYTICS_VIEW = "analytics.view"
    ANALYTICS_MANAGE = "analytics.manage"
    IMPORTS_VIEW = "imports.view"
    IMPORTS_RUN = "imports.run"
    IMPORTS_UNDO = "imports.undo"
    EXPORTS_RUN = "exports.run"


P = Permission

PERMISSIONS: dict[Permission, Text] = {
    P.HOME_VIEW: Text("看首页", "See the first page"),
    P.STAFF_VIEW: Text("看员工", "See staff"),
    P.STAFF_MANAGE: Text("管理员工", "Manage staff"),
    P.ROLES_MANAGE: Text("管理角色权限", "Manage roles"),
    P.APIKEYS_MANAGE: Text("管理 API 密钥", "Manage API keys"),
    P.OPTIONS_EDIT: Text("改设置", "Change settings"),
    P.AUDIT_VIEW: Text("看审计日志", "See the audit log"),
    P.JOBS_VIEW: Text("看后台任务", "See background jobs"),
    P.JOBS_MANAGE: Text("重放事件、重跑任务", "Replay events and jobs"),
    P.CATALOGUE_VIEW: Text("看商品", "See products"),
    P.CATALOGUE_EDIT: Text("编辑商品", "Edit products"),
    P.CATALOGUE_PRICE: Text("改价", "Change prices"),
    P.CATALOGUE_ARCHIVE: Text("归档商品", "Archive products"),
    P.CATALOGUE_SEE_COST: Text("看成本与毛利", "See cost and margin"),
    P.CUSTOMERS_VIEW: Text("看客户", "See customers"),
    P.CUSTOMERS_EDIT: Text("编辑客户", "Edit customers"),
    P.CUSTOMERS_REVEAL: Text("查看客户隐私", "Reveal personal data"),
    P.CUSTOMERS_EXPORT: Text("导出客户隐私", "Export personal data"),
    P.STOCK_VIEW: Text("看库存", "See stock"),
    P.STOCK_RECEIVE: Text("入库", "Receive stock"),
    P.STOCK_ADJUST: Text("调整库存", "Adjust stock"),
    P.WAREHOUSES_MANAGE: Text("管理仓库", "Manage warehouses"),
    P.ORDERS_VIEW: Text("看订单", "See orders"),
    P.ORDERS_PLACE: Text("下单", "Place orders"),
    P.ORDERS_CONFIRM: Text("确认订单", "Confirm orders"),
    P.ORDERS_EDIT: Text("编辑订单", "Edit orders"),
    P.ORDERS_CANCEL: Text("取消订单", "Cancel orders"),
    P.ORDERS_HOLD: Text("挂起与解除异常", "Hold and release orders"),
    P.ORDERS_DISCOUNT: Text("手工优惠与改价", "Give discounts by hand"),
    P.ORDERS_PAY: Text("登记收款", "Record payments"),
    P.ORDERS_SHIP: Text("发货", "Ship orders"),
    P.ORDERS_RETURN: Text("登记退货", "Record returns"),
    P.ORDERS_REFUND: Text("退款", "Refund"),
    P.CHANNELS_MANAGE: Text("管理渠道", "Manage channels"),
    P.ANALYTICS_VIEW: Text("看经营数据", "See the figures"),
    P.ANALYTICS_MANAGE: Text("重建数据仓库", "Rebuild the warehouse"),
    P.IMPORTS_VIEW: Text("看导入记录", "See imports"),
    P.IMPORTS_RUN: Text("导入数据", "Import data"),
    P.IMPORTS_UNDO: Text("撤销导入", "Undo imports"),
    P.EXPORTS_RUN: Text("导出数据", "Export data"),
}

_SEE = {P.HOME_VIEW, P.CATALOGUE_VIEW, P.STOCK_VIEW, P.ORDERS_VIEW}
ROLE_PRESETS: dict[str, tuple[Text, frozenset[Permission]]] = {
    "owner": (Text("店主", "Owner"), frozenset(Permission)),
    "operations": (
        Text("运营", "Operations"),
        frozenset(
            set(Permission)
            - {
                P.STAFF_MANAGE,
                P.ROLES_MANAGE,
                P.APIKEYS_MANAGE,
                P.AUDIT_VIEW,
                P.CUSTOMERS_EXPORT,
                P.IMPORTS_UNDO,
            }
        ),
    ),
    "warehouse": (
        Text("仓库", "Warehouse"),
        frozenset(_SEE | {P.STOCK_RECEIVE, P.STOCK_ADJUST, P.ORDERS_SHIP, P.ORDERS_RETURN, P.EXPORTS_RUN}),
    ),
    "marketing": (
        Text("市场", "Marketing"),
        frozenset(
            _SEE
            | {
                P.CUSTOMERS_VIEW,
                P.CATALOGUE_EDIT,
                P.CATALOGUE_PRICE,
                P.ANALYTICS_VIEW,
                P.EXPORTS_RUN,
                P.IMPORTS_VIEW,
            }
        ),
    ),
    "agent": (
        Text("客服", "Service agent"),
        frozenset(
            _SEE
            | {P.CUSTOMERS_VIEW, P.CUSTOMERS_EDIT, P.CUSTOMERS_REVEAL, P.ORDERS_PLACE, P.ORDERS_EDIT}
            | {P.ORDERS_CANCEL, P.ORDERS_HOLD, P.ORDERS_RETURN, P.ORDERS_REFUND}
        ),
    ),
    "analyst": (
        Text("分析", "Analyst"),
        frozenset(
            _SEE | {P.CUSTOMERS_VIEW, P.CATALOGUE_SEE_COST, P.ANALYTICS_VIEW, P.EXPORTS_RUN, P.IMPORTS_VIEW}
        ),
    ),
    "auditor": (
        Text("审计", "Auditor"),
        frozenset(
            _SEE
            | {
                P.CUSTOMERS_VIEW,
                P.CATALOGUE_SEE_COST,
                P.ANALYTICS_VIEW,
                P.STAFF_VIEW,
                P.AUDIT_VIEW,
                P.JOBS_VIEW,
            }
            | {P.IMPORTS_VIEW}
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, through what, with which rights; `request_id` makes a command safe to send twice."""

    key: str
    name: str
    permissions: frozenset[str]
    staff_id: int | None = None
    via: str = "page"
    request_id: str = ""
    locale: str = "zh"
    warehouse_ids: frozenset[int] = frozenset()
    channel_ids: frozenset[int] = frozenset()

    def can(self, permission: str) -> bool:
        """Whether this actor has the permission."""
        return permission in self.permissions

    def asking(self, request_id: str) -> "Actor":
        """The same actor with a request id."""
        return replace(self, request_id=request_id)


SYSTEM = Actor(key="system", name="系统 system", permissions=frozenset(Permission), via="job")


@dataclass(frozen=True, slots=True)
class Verb:
    """A guarded command, as the walk tests, pages and REST see it."""

    name: str
    permission: Permission
    call: Callable[..., Any]


VERBS: dict[str, Verb] = {}


def requires(
    permission: Permission, *, once: bool = True
) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Guard a verb: check the actor, and carry out one request id only once (unless once=False)."""

    def guard(verb: Callable[Args, Result]) -> Callable[Args, Result]:
        name = f"{verb.__module__.split('.')[1]}.{verb.__name__}"  # type: ignore[attr-defined]

        @wraps(verb)
        def call(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            actor = cast(Actor, kwargs["actor"])
            check_permission(actor, permission)
            if not once or not actor.request_id:
                return verb(*args, **kwargs)
            return _once(name, verb, actor, args, kwargs)

        call.permission = permission  # type: ignore[attr-defined]
        call.verb = name  # type: ignore[attr-defined]
        if "actor" not in inspect.signature(verb).parameters:
            raise TypeError(f"{name} needs a keyword-only actor")
        VERBS[name] = Verb(name, permission, call)
        return call

    return guard


def check_permission(actor: Actor, permission: Permission) -> None:
    """Raise NotPermitted when the actor lacks the permission."""
    if not actor.can(permission):
        raise NotPermitted(why_not_permitted(permission))


def why_not_permitted(permission: Permission) -> Said:
    """The sentence for a missing permission."""
    text = Text("需要「{right}」权限,请联系店主", "You need the right “{right}”; ask the shop owner")
    return Said(text, right=PERMISSIONS[permission])


def _once(
    name: str, verb: Callable[..., Any], actor: Actor, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    payload = repr((args, sorted((key, value) for key, value in kwargs.items() if key != "actor")))
    payload_hash = hashlib.sha256(payload.encode()).hexdigest()
    with transaction():
        receipt = (
            CommandReceipt.select()
            .where(
                CommandReceipt.actor_key == actor.key,
                CommandReceipt.verb == name,
                CommandReceipt.request_id == actor.request_id,
            )
            .first()
        )
        if receipt is not None:
            return _first_result(receipt, payload_hash)
        result = verb(*args, **kwargs)
        is_row = isinstance(result, Row)
        insert_row(
            CommandReceipt,
            actor_key=actor.key,
            verb=name,
            request_id=actor.request_id,
            payload_hash=payload_hash,
            result_model=type(result).__name__ if is_row else "",
            result_id=cast(Any, result).id if is_row else None,
            at=now(),
        )
        return result


def _first_result(receipt: CommandReceipt, payload_hash: str) -> Any:
    if receipt.payload_hash != payload_hash:
        text = Text("同一请求号用于不同内容", "This request id was already used with another content")
        raise Invalid(Said(text))
    if not receipt.result_model:
        return None
    result = getattr(models, receipt.result_model).get_or_none(id=receipt.result_id)
    if result is None:
        raise Conflict(Text("该请求的结果已被撤销", "The result of this request has been undone"))
    return result

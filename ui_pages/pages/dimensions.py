"""Further classification: dimensions with their values, as purpose or season."""

from collections.abc import Sequence

from nicegui import ui

from models import Dimension, DimensionValue, Text
from services import catalogue
from services.core.db import read, write
from services.core.permissions import Actor, P
from ui_pages.kit import (
    Ctx,
    action_button,
    attempt,
    button,
    captioned,
    card,
    dialog_foot,
    el,
    empty_state,
    html,
    name_actions,
    name_keys,
    page_title,
    toast,
    window,
)
from ui_pages.registry import Page

TITLE, NEW, EDIT = Text("分类维度", "Classification"), Text("新建维度", "New dimension"), Text("编辑", "Edit")
SAVE, SAVED = Text("保存", "Save"), Text("已保存", "Saved")
VALUES = Text("值,每行一个:中文 = English", "Values, one a line: 中文 = English")
NOTHING = Text("还没有分类维度", "No dimensions yet")
HINT = Text(
    "例如 用途:自用、送礼;季节:春、夏、秋、冬",
    "As purpose: own use, gift; season: spring, summer, autumn, winter",
)
name_actions(
    {
        "dimension.create": Text("建立维度", "Dimension added"),
        "dimension.edit": Text("改名", "Renamed"),
        "dimension.values": Text("修改取值", "Values changed"),
    }
)
name_keys({"values": Text("取值", "Values")})


async def build(ctx: Ctx) -> None:
    """One card a dimension; its values link to the products that have them."""
    found = await read(catalogue.dimensions, ctx.actor)
    with page_title(ctx, TITLE):
        opens = lambda _actor: _window(ctx, None, [])  # noqa: E731 - a handler
        action_button(ctx, NEW, catalogue.create_dimension, opens, kind="primary", icon="plus")
    if not found:
        with card():
            empty_state(ctx, NOTHING, HINT, picture="shapes")
        return
    with ui.element("div").classes("dim-grid"):
        for dimension, values in found:
            _card(ctx, dimension, values)


def _card(ctx: Ctx, dimension: Dimension, values: Sequence[DimensionValue]) -> None:
    zh = ctx.locale == "zh"
    with card(dimension.name_zh if zh else dimension.name_en, actions=True, hint=dimension.code) as head:
        html(
            *(
                el(
                    "a",
                    value.name_zh if zh else value.name_en,
                    class_="tag",
                    href=f"/products?f.dimension={value.id}",
                )
                for value in values
            )
        )
        with head:
            opens = lambda _actor: _window(ctx, dimension, values)  # noqa: E731 - a handler
            action_button(ctx, EDIT, catalogue.edit_dimension, opens, icon="pencil")


def _window(ctx: Ctx, dimension: Dimension | None, values: Sequence[DimensionValue]) -> None:
    lines = "\n".join(f"{value.name_zh} = {value.name_en}" for value in values)
    with window(ctx, NEW if dimension is None else EDIT) as dialog:
        with captioned(ctx, Dimension.code.verbose_name):
            code = ui.input(value=dimension.code if dimension else "").props("maxlength=40")
        with captioned(ctx, Dimension.name_zh.verbose_name):
            zh = ui.input(value=dimension.name_zh if dimension else "").props("maxlength=60")
        with captioned(ctx, Dimension.name_en.verbose_name):
            en = ui.input(value=dimension.name_en if dimension else "").props("maxlength=60")
        with captioned(ctx, VALUES):
            words = ui.textarea(value=lines).props("autogrow")
        if dimension is not None:
            code.disable()

        async def save() -> None:
            name = Text((zh.value or "").strip(), (en.value or "").strip() or (zh.value or "").strip())
            wanted = [_value(line) for line in (words.value or "").splitlines() if line.strip()]

            async def run(actor: Actor) -> None:
                if dimension is None:
                    await write(catalogue.create_dimension, code.value or "", name, wanted, actor=actor)
                else:
                    await write(
                        catalogue.edit_dimension, dimension.id, dimension.version, name, wanted, actor=actor
                    )

            ok, _ = await attempt(ctx, run)
            if ok:
                dialog.close()
                toast(ctx, SAVED)
                ctx.go(f"/dimensions?v={dimension.version + 1 if dimension else code.value}")

        with dialog_foot():
            button(ctx, SAVE, save, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


def _value(line: str) -> Text:
    zh, _, en = (part.strip() for part in line.partition("="))
    return Text(zh, en or zh)


PAGE = Page(
    path="/dimensions",
    title=TITLE,
    permission=P.CATALOGUE_VIEW,
    group="catalogue",
    order=35,
    icon="shapes",
    build=build,
)

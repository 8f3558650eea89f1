"""The media of a product: add, order by drag or keys, describe, remove; the first one is the cover."""

from typing import Any

from nicegui import events, ui

from models import MediaKind, Product, ProductMedia, Text
from services import catalogue
from services.core.db import read, slow, write
from services.core.permissions import Actor
from services.core.text import Said
from ui_pages.kit import Ctx, Markup, attempt, button, confirm, el, html, icon, refusals, window

ADD = Text("添加图片或视频", "Add pictures or videos")
DROP = Text(
    "图片 PNG/JPEG/WebP/GIF ≤ 10 MB,视频 MP4/WebM ≤ 200 MB;图片会重新编码并去除拍摄信息",
    "PNG/JPEG/WebP/GIF up to 10 MB, MP4/WebM up to 200 MB; pictures are written anew without camera data",
)
NOTHING = Text("还没有图片。第一张会成为主图", "No pictures yet. The first becomes the cover")
COVER = Text("主图", "Cover")
EARLIER, LATER = Text("前移", "Move earlier"), Text("后移", "Move later")
REMOVE = Text("移除", "Remove")
REMOVE_SURE = Text("从商品移除「{name}」?", "Take “{name}” off the product?")
ALT = Text("替代文字", "Alt text")
SAVE = Text("保存", "Save")
POSTER = Text("更换封面帧", "Another poster")
ACTS_JS = """(e) => {
  const box = e.target.closest('[data-medium]');
  if (e.type === 'click') { const n = e.target.closest('[data-act]'); if (n && !n.disabled) emit(n.dataset.act); return; }
  if (!box) return;
  if (e.type === 'dragstart') { window.zgDrag = box.dataset.medium; return; }
  e.preventDefault();
  if (e.type === 'drop' && window.zgDrag && window.zgDrag !== box.dataset.medium)
    emit('drop ' + window.zgDrag + ' ' + box.dataset.medium);
}"""
MAX_BYTES = 200_000_000


async def media_gallery(ctx: Ctx, product: Product) -> None:
    """The gallery, following the product live."""
    box = ui.element("div").classes("w-full")
    may_edit = not refusals(ctx, catalogue.add_medium)

    async def fill() -> None:
        rows = await read(catalogue.media_of, product.id)
        if box.is_deleted:
            return
        box.clear()
        with box:
            _gallery(ctx, product, list(rows), may_edit)

    async def changed(ids: set[int]) -> None:
        if product.id in ids:
            await fill()

    await fill()
    ctx.on_change("product", changed)


def _gallery(ctx: Ctx, product: Product, rows: list[ProductMedia], may_edit: bool) -> None:
    if not rows and not may_edit:
        html(el("span", ctx.t(NOTHING), class_="sub"))
        return
    figures = [_figure(ctx, row, place, len(rows), may_edit) for place, row in enumerate(rows)]
    add = el(
        "button", icon("upload", 20), el("span", ctx.t(ADD)), class_="add", type="button", data_act="add 0"
    )
    grid = html(el("div", *figures, add if may_edit else None, class_="gallery"))

    async def acted(event: events.GenericEventArguments) -> None:
        act, _, rest = str(event.args).partition(" ")
        if act == "add" and may_edit:
            _upload(ctx, product)
        elif act == "drop":
            moved, _, onto = rest.partition(" ")
            await _order(ctx, product, _moved([row.id for row in rows], int(moved), int(onto)))
        else:
            row = next((row for row in rows if str(row.id) == rest), None)
            if row is not None:
                await _act(ctx, product, rows, row, act)

    for kind in ("click", "dragstart", "dragover", "drop"):
        grid.on(kind, acted, js_handler=ACTS_JS)


async def _act(ctx: Ctx, product: Product, rows: list[ProductMedia], row: ProductMedia, act: str) -> None:
    if act == "show":
        _show(ctx, row)
    elif act == "alt":
        _describe(ctx, row)
    elif act == "remove":
        await _remove(ctx, row)
    elif act in {"earlier", "later"}:
        ids = [each.id for each in rows]
        place = ids.index(row.id) + (1 if act == "later" else -1)
        if 0 <= place < len(ids):
            await _order(ctx, product, _moved(ids, row.id, ids[place]))


def _moved(ids: list[int], moved: int, onto: int) -> list[int]:
    """The ids with one of them put where another is."""
    if moved not in ids or onto not in ids:
        return ids
    place = ids.index(onto)
    rest = [each for each in ids if each != moved]
    return [*rest[:place], moved, *rest[place:]]


def _figure(ctx: Ctx, row: ProductMedia, place: int, count: int, may_edit: bool) -> Markup:
    def tool(act: str, words: Text, shape: str, *, is_off: bool = False) -> Markup:
        label = ctx.t(words)
        return el(
            "button",
            icon(shape),
            type="button",
            class_="hb",
            title=label,
            aria_label=label,
            disabled=is_off,
            data_act=f"{act} {row.id}",
        )

    tools = el(
        "div",
        tool("earlier", EARLIER, "arrow-left", is_off=place == 0),
        tool("later", LATER, "arrow-right", is_off=place == count - 1),
        tool("alt", ALT, "pencil"),
        tool("remove", REMOVE, "trash-2"),
        class_="tools",
    )
    name = row.alt or row.file.original_name
    return el(
        "figure",
        el("button", _picture(row), type="button", class_="pic", aria_label=name, data_act=f"show {row.id}"),
        el(
            "figcaption",
            el("span", ctx.t(COVER), class_="chip info plain") if place == 0 else None,
            el("span", name, class_="clip"),
        ),
        tools if may_edit else None,
        class_="medium",
        draggable="true" if may_edit else "false",
        data_medium=row.id,
    )


def _picture(row: ProductMedia) -> Any:
    if row.thumbnail_id:
        image = el("img", src=f"/media/{row.thumbnail_id}", alt=row.alt, loading="lazy", draggable="false")
        return [image, el("i", icon("play", 18), class_="play")] if row.kind is MediaKind.VIDEO else image
    return el("span", icon("video", 26), class_="blank")


def _show(ctx: Ctx, row: ProductMedia) -> None:
    with window(ctx, row.alt or row.file.original_name, wide=True) as dialog:
        if row.kind is MediaKind.VIDEO:
            poster = f"/media/{row.thumbnail_id}" if row.thumbnail_id else None
            html(el("video", src=f"/media/{row.file_id}", poster=poster, controls=True, class_="big-medium"))
            if not refusals(ctx, catalogue.set_poster):
                with ui.element("div").classes("row-2"):
                    html(el("span", ctx.t(POSTER), class_="sub"))
                    _poster_upload(ctx, row, dialog)
        else:
            html(el("img", src=f"/media/{row.file_id}", alt=row.alt, class_="big-medium"))
    dialog.on("hide", dialog.delete)
    dialog.open()


def _poster_upload(ctx: Ctx, row: ProductMedia, dialog: ui.dialog) -> None:
    async def received(event: events.UploadEventArguments) -> None:
        data = await event.file.read()

        async def keep(actor: Actor) -> None:
            prepared = await slow(catalogue.prepare_image, data, event.file.name)
            await write(catalogue.set_poster, row.id, prepared, actor=actor)

        ok, _ = await attempt(ctx, keep)
        if ok:
            dialog.close()

    ui.upload(on_upload=received, auto_upload=True, max_file_size=MAX_BYTES).props('flat accept="image/*"')


def _upload(ctx: Ctx, product: Product) -> None:
    async def received(event: events.UploadEventArguments) -> None:
        data, name = await event.file.read(), event.file.name

        async def keep(actor: Actor) -> None:
            prepare = (
                catalogue.prepare_video
                if name.lower().endswith((".mp4", ".webm", ".m4v", ".mov"))
                else catalogue.prepare_image
            )
            prepared = await slow(prepare, data, name)
            await write(catalogue.add_medium, product.id, prepared, actor=actor)

        await attempt(ctx, keep)

    with window(ctx, ADD) as dialog:
        html(ctx.t(DROP)).classes("sec")
        upload = ui.upload(on_upload=received, auto_upload=True, multiple=True, max_file_size=MAX_BYTES)
        upload.props('flat accept="image/*,video/*"')
    dialog.on("hide", dialog.delete)
    dialog.open()


async def _order(ctx: Ctx, product: Product, ids: list[int]) -> None:
    async def run(actor: Actor) -> None:
        await write(catalogue.order_media, product.id, ids, actor=actor)

    await attempt(ctx, run)


async def _describe(ctx: Ctx, row: ProductMedia) -> None:
    with window(ctx, ALT) as dialog:
        box = ui.input(value=row.alt).props("maxlength=120 autofocus")
        box.props["aria-label"] = ctx.t(ALT)

        async def save() -> None:
            async def run(actor: Actor) -> None:
                await write(catalogue.describe_medium, row.id, box.value or "", actor=actor)

            ok, _ = await attempt(ctx, run)
            if ok:
                dialog.close()

        with ui.element("div").classes("dlg-foot"):
            button(ctx, SAVE, save, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


async def _remove(ctx: Ctx, row: ProductMedia) -> None:
    if not await confirm(ctx, Said(REMOVE_SURE, name=row.alt or row.file.original_name), REMOVE, danger=True):
        return

    async def run(actor: Actor) -> None:
        await write(catalogue.remove_medium, row.id, actor=actor)

    await attempt(ctx, run)

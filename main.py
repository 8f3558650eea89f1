"""掌柜 Zhanggui: compose and run, and the command line. Every command is one call into a façade."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from models import ImportRun, ImportStatus, Text
from services import analytics, identity, wiring
from services.core import backup as backups
from services.core import events, import_runs, migrations
from services.core.anchors import drop_anchor
from services.core.background import Background
from services.core.clock import now
from services.core.errors import DomainError
from services.core.import_profiles import mapping_from
from services.core.invariants import check_all
from services.core.options import business_zone
from services.core.permissions import SYSTEM, Actor
from services.core.settings import SettingError, Settings, load_settings
from services.core.startup import (
    building,
    close_data,
    discard_half_built,
    is_first_start,
    is_server_running,
    mark_started,
    open_data,
    server_lock,
)
from services.core.text import format_instant, parse_locale, render

DEMO_ORDERS = 20_000
LOCALE = parse_locale(os.environ.get("LC_ALL") or os.environ.get("LANG"))
COMMAND_LINE: Actor = replace(SYSTEM, key="cli", name=os.environ.get("USER", "cli"), via="cli", locale=LOCALE)


def compose(settings: Settings) -> Background:
    """Put the application together on opened data; returns the threads that work beside the pages, not started."""
    from services import rest  # noqa: PLC0415 - commands need not load the web
    from ui_pages import app as pages  # noqa: PLC0415

    identity.ensure_presets()
    listen()
    analytics.open_warehouse(settings.data_dir)
    pages.compose_pages(settings, routes=(rest.mount,))
    return Background(wiring.JOBS, wiring.LOOPS)


def listen() -> None:
    """Subscribe the handlers of events; without them an event counts as delivered when it is emitted."""
    for event, handler in wiring.SUBSCRIPTIONS:
        events.subscribe(event, handler)


def run(settings: Settings, background: Background) -> None:
    """Serve what compose() put together until the process is told to end."""
    from ui_pages import app as pages  # noqa: PLC0415

    pages.run(settings, background)


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────


def say(zh: str, en: str, **values: Any) -> None:
    """Print a sentence in the terminal's language."""
    click.echo(render(Text(zh, en), LOCALE).format_map(values))


def read_settings(**overrides: Any) -> Settings:
    """Settings from the environment and the command line; ends the program with a sentence when one is wrong."""
    try:
        settings = load_settings()
    except SettingError as problem:
        raise click.ClickException(str(problem)) from None
    return replace(settings, **{key: value for key, value in overrides.items() if value is not None})


@contextmanager
def opened(settings: Settings, *, alone: bool = False, migrate: bool = True) -> Iterator[None]:
    """The shop's data, open for one command; refusals become one readable sentence."""
    try:
        if is_server_running(settings):
            if alone:
                text = Text(
                    "服务器正在运行,请先停止它再执行这个命令",
                    "The server is running; stop it before this command",
                )
                raise click.ClickException(render(text, LOCALE))
            migrate = False
        with server_lock(settings) if alone else nullcontext():
            open_data(settings, migrate=migrate)
            yield
    except DomainError as refusal:
        raise click.ClickException(render(refusal.said, LOCALE)) from None
    finally:
        analytics.close_warehouse()
        close_data()


@click.group(invoke_without_command=True)
@click.pass_context
def cli(context: click.Context) -> None:
    """掌柜 Zhanggui: the back office of an online shop. Without a command it serves."""
    if context.invoked_subcommand is None:
        context.invoke(serve)


@cli.command()
@click.option("--empty", is_flag=True, help="Start without demo data; the first visit sets the shop up.")
@click.option("--demo", is_flag=True, help="Let demo accounts sign in from other machines too.")
@click.option("--host", help="Address to listen on (default 127.0.0.1; 0.0.0.0 for the whole network).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default 8080).")
def serve(empty: bool = False, demo: bool = False, host: str | None = None, port: int | None = None) -> None:
    """Serve the shop in the browser (the default command)."""
    settings = read_settings(host=host, port=port, demo=demo or None)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        with server_lock(settings):
            if open_data(settings):
                say(
                    "新密钥已写入 {path}:请另存一份,没有它备份无法恢复",
                    "New keys are in {path}: keep a copy elsewhere; no backup can be restored without them",
                    path=settings.data_dir / "keys",
                )
            discard_half_built(settings)
            if is_first_start():
                identity.ensure_presets()
                if not empty:
                    plant_demo(settings)
                mark_started()
            background = compose(settings)
            announce(settings)
            run(settings, background)
            drop_anchor()
    except DomainError as refusal:
        raise click.ClickException(render(refusal.said, LOCALE)) from None
    finally:
        analytics.close_warehouse()
        close_data()


def announce(settings: Settings) -> None:
    """Print where the shop is and, in a demo shop, who may sign in."""
    scheme = "https" if settings.ssl_cert else "http"
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - only shown
    say("掌柜已开张:{url}", "掌柜 is open: {url}", url=f"{scheme}://{host}:{settings.port}")
    accounts = identity.demo_accounts()
    if accounts:
        where = ("", "") if settings.demo else ("(仅限本机登录)", " (from this machine only)")
        say("演示账号" + where[0] + ":", "Demo accounts" + where[1] + ":")
        for account in accounts:
            click.echo(f"  {account.login:<12} {account.password:<16} {render(account.title, LOCALE)}")


def plant_demo(
    settings: Settings, orders: int = DEMO_ORDERS, until: date | None = None, number: int = 7
) -> None:
    """Build the demo shop with a progress bar."""
    import seed  # noqa: PLC0415 - only the first start needs it

    say("正在建演示店(只在首次启动时) …", "Building the demo shop (only at the first start) …")
    with click.progressbar(length=orders, show_eta=True, item_show_func=lambda text: text) as bar:

        def tell(stage: seed.Stage) -> None:
            bar.update(max(0, stage.done - bar.pos), render(stage.text, LOCALE))

        size, last = seed.SeedSize.of(orders), until or seed.last_day()
        with building(settings):
            seed.plant(size, last, number, bcrypt_cost=settings.bcrypt_cost, tell=tell)


@cli.command("seed")
@click.option(
    "--orders",
    type=click.IntRange(100, 2_000_000),
    default=20_000,
    show_default=True,
    help="How many orders.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the history (default today).")
@click.option(
    "--seed", "number", type=int, default=7, show_default=True, help="Another number, another shop."
)
def seed_command(orders: int, until: datetime | None, number: int) -> None:
    """Build the demo shop in an empty data folder, without serving it."""
    settings = read_settings()
    with opened(settings, alone=True):
        plant_demo(settings, orders, until.date() if until else None, number)
        mark_started()


@cli.command("import")
@click.argument("kind", type=click.Choice(["products", "customers", "stock", "orders"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", help="Name of a saved profile, or field=column,field=column …")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the import: currency=GBP; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
def import_command(kind: str, file: Path, mapping: str | None, given: tuple[str, ...], dry_run: bool) -> None:
    """Bring in products, customers, stock or orders from a CSV or XLSX FILE."""
    listen()
    with opened(read_settings(), alone=True):
        chosen, known = mapping_from(kind, mapping or "")
        settings = {**known, **dict(pair.split("=", 1) for pair in given if "=" in pair)}
        with click.progressbar(length=1000, show_eta=True) as bar:

            def tell(run: ImportRun) -> None:
                bar.update(max(0, 1000 * run.rows_done // max(1, run.rows_total) - bar.pos))

            run = import_runs.run_import_file(
                kind, file, chosen, dry_run, settings=settings, actor=COMMAND_LINE, progress=tell
            )
    say(
        "{number}:新建 {created},更新 {updated},未变 {same},拒绝 {rejected}",
        "{number}: {created} created, {updated} updated, {same} unchanged, {rejected} rejected",
        number=run.number,
        created=run.created_count,
        updated=run.updated_count,
        same=run.unchanged_count,
        rejected=run.rejected_count,
    )
    if run.status not in (ImportStatus.FINISHED, ImportStatus.CHECKED):
        raise click.ClickException(run.message)


@cli.command("export")
@click.argument("kind")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_command(kind: str, file: Path) -> None:
    """Write a list (products, variants, customers, stock, movements, orders …) to FILE.csv or FILE.xlsx."""
    from ui_pages import registry  # noqa: PLC0415
    from ui_pages.kit import downloads  # noqa: PLC0415

    lists = registry.listings()
    if kind not in lists:
        raise click.ClickException(", ".join(sorted(lists)))
    if file.suffix not in {".csv", ".xlsx"}:
        raise click.ClickException(
            render(Text("文件名应以 .csv 或 .xlsx 结尾", "End the name in .csv or .xlsx"), LOCALE)
        )
    with opened(read_settings(), migrate=False):
        downloads.write_export(lists[kind], file, COMMAND_LINE)
    say("已写入 {file}", "Wrote {file}", file=file)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
def check(as_json: bool) -> None:
    """Check everything that must always hold; exit code 1 and a table when something does not."""
    settings = read_settings()
    with opened(settings):
        verdicts = analytics.check_everything(settings)
    if as_json:
        click.echo(json.dumps([verdict.plain for verdict in verdicts], ensure_ascii=False, indent=1))
    else:
        for verdict in verdicts:
            mark = "✓" if verdict.holds else "✗"
            click.echo(f"{mark} {verdict.invariant.key:<5} {render(verdict.invariant.text, LOCALE)}")
            for row in verdict.offenders:
                click.echo(f"        {row}")
    sys.exit(0 if all(verdict.holds for verdict in verdicts) else 1)


@cli.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), required=False)
def backup(target: Path | None) -> None:
    """Write database and uploads to TARGET (.tar), and the keys to a file beside it. Works beside a server."""
    settings = read_settings()
    with opened(settings, migrate=False):
        name = f"zhanggui-{now().astimezone(business_zone()):%Y%m%d-%H%M%S}.tar"
        made, keys = backups.make_backup(settings, target or settings.data_dir / "backups" / name)
    say("备份:{made}", "Backup: {made}", made=made)
    say("密钥:{keys}(请与备份分开保存)", "Keys: {keys} (keep them apart from the backup)", keys=keys)


@cli.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The .keys file.")
def restore(source: Path, keys: Path | None) -> None:
    """Replace the shop's data by the backup SOURCE. What it replaces is kept in the data folder."""
    settings = read_settings()
    try:
        with server_lock(settings):
            manifest = backups.restore_backup(settings, source, keys)
    except DomainError as refusal:
        raise click.ClickException(render(refusal.said, LOCALE)) from None
    with opened(settings):
        identity.end_every_session(COMMAND_LINE)
        broken = [verdict.invariant.key for verdict in check_all() if not verdict.holds]
    say("已恢复 {at} 的备份", "Restored the backup of {at}", at=manifest["made_at"])
    if broken:
        say("检查未通过:{keys}", "These checks fail: {keys}", keys=", ".join(broken))
        sys.exit(1)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with opened(read_settings(), alone=True):
        waiting = migrations.pending()
    say("数据库结构已是最新", "The database has the newest schema") if not waiting else sys.exit(1)


@cli.command("rebuild-analytics")
def rebuild_analytics() -> None:
    """Build the file behind the dashboard anew from the shop's data."""
    settings = read_settings()
    with opened(settings, alone=True):
        analytics.open_warehouse(settings.data_dir)
        with click.progressbar(length=1000) as bar:
            rows = analytics.rebuild_warehouse(
                lambda done, total: bar.update(1000 * done // max(1, total) - bar.pos)
            )
    say("已重建经营数据,读取 {rows} 行", "Rebuilt the figures from {rows} rows", rows=rows)


@cli.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("login")
@click.option("--name", prompt=True, help="The person's name.")
@click.option(
    "--role", "roles", multiple=True, default=("owner",), show_default=True, help="Role code; repeatable."
)
@click.password_option(help="The first password; asked for when not given.")
def user_add(login: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person LOGIN."""
    settings = read_settings()
    with opened(settings):
        identity.ensure_presets()
        person = identity.NewStaff(login=login, name=name, password=password, roles=roles)
        identity.add_staff(person, settings.bcrypt_cost, COMMAND_LINE)
    say("已添加 {login}", "Added {login}", login=login)


@user.command("list")
def user_list() -> None:
    """List who can sign in."""
    with opened(read_settings()):
        zone = business_zone()
        for person in identity.people(COMMAND_LINE).order_by(identity.people(COMMAND_LINE).model.login):
            seen = format_instant(person.last_sign_in_at, zone, LOCALE) if person.last_sign_in_at else "—"
            state = "" if person.is_active else render(Text("(停用)", "(inactive)"), LOCALE)
            click.echo(
                f"{person.login:<24} {person.name:<16} {','.join(identity.role_codes(person)):<24} {seen} {state}"
            )


@user.command("reset")
@click.argument("login")
@click.password_option(help="The new password; asked for when not given.")
def user_reset(login: str, password: str) -> None:
    """Give LOGIN a new password and end all of the person's sessions."""
    settings = read_settings()
    with opened(settings):
        person = (
            identity.people(COMMAND_LINE).where(identity.people(COMMAND_LINE).model.login == login).first()
        )
        if person is None:
            raise click.ClickException(render(Text("没有这个登录名", "There is no such login"), LOCALE))
        identity.reset_password(person.id, password, settings.bcrypt_cost, actor=COMMAND_LINE)
    say("已重置 {login} 的密码", "The password of {login} was reset", login=login)


@cli.group()
def apikey() -> None:
    """Keys for other programs."""


@apikey.command("create")
@click.option("--role", required=True, help="Role code the key acts as.")
@click.option("--name", default="cli", show_default=True, help="What the key is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; without it, never.")
def apikey_create(role: str, name: str, days: int | None) -> None:
    """Make an API key and print it once."""
    with opened(read_settings()):
        made = identity.create_key(identity.NewKey(name=name, role=role, days=days), actor=COMMAND_LINE)
    click.echo(made.secret)


if __name__ in {"__main__", "__mp_main__"}:
    cli()

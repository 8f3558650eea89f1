"""Bringing files in: what a kind of import declares, how columns find their fields, and the preview.

A domain declares one `Importer` a kind (products, customers, stock, orders) in its `importing` module and registers it.
The engine in core/import_runs.py runs it: chunked transactions, progress, resume, undo. A file is kept by its hash under
<data_dir>/imports, so a run can go on after a crash.
"""

import hashlib
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from models import ExternalRef, ImportProfile, Text
from services.core import files, tabular
from services.core.db import bulk_insert, chunks
from services.core.editing import create, save_changes
from services.core.errors import Invalid, NotFound
from services.core.import_guess import by_content, by_name
from services.core.permissions import Actor, Permission, requires
from services.core.tabular import Shape
from services.core.text import Said

PREVIEW_ROWS = 200
LOOKUP = 5_000


class Outcome(StrEnum):
    """What an import would do, or did, with a row."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Verdict(NamedTuple):
    """What becomes of one row, and why."""

    row: int
    outcome: Outcome
    said: Said | None = None
    cells: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportField:
    """Something a row may say; `looks` is the form by which its column is recognised when no name fits."""

    key: str
    text: Text
    looks: str = ""
    required: bool = False
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSetting:
    """Something the whole file has in common: currency, time zone, channel …"""

    key: str
    text: Text
    default: Callable[[], Any]
    choices: Callable[[], list[tuple[str, Any]]] | None = None
    help: Text | None = None


class Tally:
    """What a run has done so far; rejected rows wait here until the chunk is committed."""

    def __init__(self, detail: Mapping[str, int] | None = None) -> None:
        self.by_outcome: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self.detail: dict[str, int] = dict(detail or {})
        self.rejects: list[Verdict] = []

    def count(self, outcome: Outcome, rows: int = 1) -> None:
        """Note the outcome of some rows."""
        self.by_outcome[outcome] += rows

    def add(self, verdict: Verdict) -> None:
        """Note one row's outcome."""
        self.by_outcome[verdict.outcome] += 1
        if verdict.outcome is Outcome.REJECTED:
            self.rejects.append(verdict)

    def note(self, key: str, number: int = 1) -> None:
        """Count something worth telling: orders, credit notes …"""
        self.detail[key] = self.detail.get(key, 0) + number


@dataclass(frozen=True, slots=True)
class Unit:
    """What is written together: one row, or all the rows of one document; `weight` is its work where it has no rows."""

    rows: int
    load: Any
    weight: int = 0

    @property
    def size(self) -> int:
        """How much of a chunk it takes."""
        return self.weight or self.rows


@dataclass(slots=True, kw_only=True)
class ImportJob:
    """One file on its way in: where it is, how it is read, who brings it."""

    run_id: int
    shape: Shape
    columns: dict[str, int]
    settings: Mapping[str, Any]
    actor: Actor
    number: str = ""
    is_dry_run: bool = False
    state: dict[str, Any] = field(default_factory=dict)
    limit: int | None = None
    commit: Callable[[Tally], None] | None = None
    pause: Callable[[], None] = lambda: None

    @property
    def source(self) -> str:
        """The name under which this file's ids are remembered."""
        return str(self.settings.get("source") or "file")[:40]

    def rows(self) -> Iterator[tabular.TableRow]:
        """The rows of the file (only the first ones for a preview)."""
        return islice(tabular.rows(None, self.shape), self.limit)

    def known(self, kind: str, external_ids: Sequence[str]) -> dict[str, int]:
        """{external id: row id} of what was imported under these ids before."""
        found: dict[str, int] = {}
        for part in chunks(external_ids, LOOKUP):
            query = ExternalRef.select(ExternalRef.external_id, ExternalRef.row_id).where(
                ExternalRef.source == self.source, ExternalRef.kind == kind, ExternalRef.external_id.in_(part)
            )
            found.update(query.tuples())
        return found

    def remember(self, kind: str, row_ids: Mapping[str, int]) -> None:
        """Note what our rows are called in the file, so that a second import is a no-op and an undo finds them."""
        values = [
            {
                "source": self.source,
                "kind": kind,
                "external_id": name,
                "row_id": row_id,
                "run_id": self.run_id,
            }
            for name, row_id in row_ids.items()
        ]
        bulk_insert(ExternalRef, values, ids=False)


class Work(ABC):
    """One file being imported by one kind."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self.rejects: list[Verdict] = []

    @property
    def total(self) -> int:
        """Rows in the file, as far as known."""
        return self.job.shape.row_count

    @abstractmethod
    def units(self) -> Iterator[Unit]:
        """Everything to write, in order; the same order each time."""

    @abstractmethod
    def judge(self, units: Sequence[Unit]) -> Iterator[Verdict]:
        """What would become of the rows; reads only."""

    @abstractmethod
    def write(self, units: Sequence[Unit], tally: Tally) -> None:
        """Write the units, inside the engine's transaction, and note what became of their rows."""

    def finish(self) -> None:
        """Called once, inside a transaction, after the last unit."""

    def close(self) -> None:
        """Called when the run is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """A kind of import: its words, fields, settings, and how a file becomes work."""

    kind: str
    text: Text
    hint: Text
    fields: tuple[ImportField, ...]
    open: Callable[[ImportJob], Work]
    settings: tuple[ImportSetting, ...] = ()
    undo_order: tuple[str, ...] = ()
    permission: Permission = Permission.IMPORTS_RUN
    order: int = 100


IMPORTERS: dict[str, Importer] = {}
# A remover takes references of one kind and returns {id of the reference: why what it names had to stay}.
Remover = Callable[[Sequence[ExternalRef], ImportJob], dict[int, Said]]
REMOVERS: dict[str, Remover] = {}


def register_importer(importer: Importer) -> None:
    """Offer a kind of import."""
    IMPORTERS[importer.kind] = importer


def register_remover(kind: str, remove: Remover) -> None:
    """Say how what an import created is taken back; called inside a transaction."""
    REMOVERS[kind] = remove


def importer_of(kind: str) -> Importer:
    """The importer of a kind. Raises NotFound."""
    if kind not in IMPORTERS:
        raise NotFound(Said(Text("没有「{kind}」这种导入", "There is no import of “{kind}”"), kind=kind))
    return IMPORTERS[kind]


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An upload under <data_dir>/imports, named by its hash."""

    path: Path
    name: str
    sha256: str


def keep_file(source: Path, name: str = "") -> KeptFile:
    """Copy a file into the shop's own folder, once per content."""
    digest = hashlib.sha256()
    with source.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    name = files.clean_name(name or source.name)
    suffix = "".join(Path(name).suffixes[-2:])[-12:].lower()
    target = imports_folder() / (digest.hexdigest() + (suffix if re.fullmatch(r"[a-z0-9.]*", suffix) else ""))
    if not target.exists():
        draft = target.with_name(target.name + ".part")
        shutil.copyfile(source, draft)
        draft.rename(target)
    return KeptFile(target, name, digest.hexdigest())


def imports_folder() -> Path:
    """Where uploads for import are kept."""
    folder = files.root().parent / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


# ── columns and settings ─────────────────────────────────────────────────────────────────────────────────────


def default_settings(importer: Importer, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Every setting of a kind, with its default where none is given. Raises Invalid for an unknown one."""
    known = {setting.key for setting in importer.settings} | {"source", "encoding", "delimiter"}
    unknown = sorted(set(given or {}) - known)
    if unknown:
        raise Invalid(Said(Text("没有这个设置:{name}", "There is no setting {name}"), name=unknown[0]))
    values = {setting.key: setting.default() for setting in importer.settings}
    return {**values, **{key: value for key, value in (given or {}).items() if value not in ("", None)}}


def propose_mapping(importer: Importer, shape: Shape) -> dict[str, str]:
    """{field: column}: by name first, then by what the cells look like; a saved profile that fits wins."""
    for profile in profiles_of(importer.kind):
        if profile.mapping and set(profile.mapping.values()) <= set(shape.header):
            return dict(profile.mapping)
    named = by_name(importer.fields, shape.header)
    missing = [wanted for wanted in importer.fields if wanted.key not in named and wanted.looks]
    free = [name for name in shape.header if name not in named.values()]
    if shape.has_header and not any(wanted.required for wanted in missing):
        return named
    sample = [
        cells for _, cells, problem in islice(tabular.rows(None, shape), PREVIEW_ROWS) if problem is None
    ]
    values = {name: [row[shape.header.index(name)].strip() for row in sample] for name in free}
    return {
        **named,
        **by_content([wanted for wanted in missing if wanted.required or not shape.has_header], values),
    }


def columns_of(importer: Importer, shape: Shape, mapping: Mapping[str, str]) -> dict[str, int]:
    """{field: position of its column}. Raises Invalid when a column is missing or a required field has none."""
    columns = {}
    known = {wanted.key: wanted for wanted in importer.fields}
    for key, name in mapping.items():
        if key not in known or name not in shape.header:
            text = Text("文件里没有「{name}」这一列", "The file has no column “{name}”")
            raise Invalid(Said(text, name=name if key in known else key), fields={key: Said(text, name=name)})
        columns[key] = shape.header.index(name)
    absent = {
        wanted.key: wanted for wanted in importer.fields if wanted.required and wanted.key not in columns
    }
    if absent:
        text = Text("请指定「{name}」对应的列", "Say which column holds “{name}”")
        raise Invalid(fields={key: Said(text, name=wanted.text) for key, wanted in absent.items()})
    return columns


def profiles_of(kind: str) -> list[ImportProfile]:
    """The saved mappings of a kind, by name."""
    return list(
        ImportProfile.select()
        .where(ImportProfile.kind == kind)
        .order_by(ImportProfile.name, ImportProfile.id)
    )


@requires(Permission.IMPORTS_RUN)
def save_profile(
    name: str, kind: str, mapping: Mapping[str, str], settings: Mapping[str, Any], *, actor: Actor
) -> ImportProfile:
    """Keep a mapping and its settings under a name; the same name again replaces it."""
    name = name.strip()[:80]
    if not name:
        raise Invalid(fields={"name": Text("请给方案起个名字", "Give the profile a name")})
    values = {"kind": kind, "mapping": dict(mapping), "settings": dict(settings)}
    known = ImportProfile.get_or_none(ImportProfile.name == name)
    if known is None:
        return create(ImportProfile, {"name": name, **values}, actor)
    return save_changes(ImportProfile, known.id, known.version, values, actor)


# ── preview ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of a file with what would become of them."""

    shape: Shape
    mapping: dict[str, str]
    settings: dict[str, Any]
    columns: dict[str, list[str]]
    verdicts: list[Verdict]
    problem: Said | None


def preview(
    path: Path, kind: str, mapping: Mapping[str, str] | None = None, settings: Mapping[str, Any] | None = None
) -> Preview:
    """Look at a file without writing: shape, columns with samples, proposed mapping, verdicts. Raises Invalid."""
    importer = importer_of(kind)
    chosen = default_settings(importer, settings)
    shape = tabular.inspect(path, encoding=chosen.get("encoding", ""), delimiter=chosen.get("delimiter", ""))
    wanted = dict(mapping) if mapping is not None else propose_mapping(importer, shape)
    sample = [cells for _, cells, problem in islice(tabular.rows(None, shape), 40) if problem is None]
    samples = {
        name: list(dict.fromkeys(row[position].strip()[:80] for row in sample if row[position].strip()))[:3]
        for position, name in enumerate(shape.header)
    }
    verdicts: list[Verdict] = []
    problem: Said | None = None
    try:
        columns = columns_of(importer, shape, wanted)
        from_actor = Actor(key="preview", name="", permissions=frozenset())
        job = ImportJob(
            run_id=0,
            shape=shape,
            columns=columns,
            settings=chosen,
            actor=from_actor,
            is_dry_run=True,
            limit=PREVIEW_ROWS,
        )
        work = importer.open(job)
        verdicts = list(work.judge(list(work.units())))
        verdicts = sorted([*verdicts, *work.rejects], key=lambda verdict: verdict.row)
    except Invalid as refusal:
        problem = next(iter(refusal.fields.values()), refusal.said)  # type: ignore[assignment]
        problem = Said(problem) if isinstance(problem, Text) else problem
    return Preview(
        shape=shape, mapping=wanted, settings=chosen, columns=samples, verdicts=verdicts, problem=problem
    )

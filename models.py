"""Every table, enumeration and constraint of 掌柜, in sections that depend only on sections above them.

identity     Role RolePermission Staff StaffRole StaffScope Session ApiKey SignInAttempt
platform     OptionValue NumberSequence CommandReceipt OutboxEvent EventHandled WarehouseChange Audit JobRun
             SavedView Notification StoredFile Attachment ImportProfile ImportRun ImportReject ExternalRef
catalogue    Brand Category Attribute CategoryAttribute Dimension DimensionValue Product ProductOption
             ProductOptionValue Variant VariantOptionValue ProductAttribute ProductDimension Tag ProductTag
             ProductMedia PriceChange Collection
crm          Customer CustomerAddress
inventory    Warehouse StockLevel StockMovement
orders       Channel Order OrderLine OrderCharge OrderHold Payment Shipment ShipmentLine Return ReturnLine
             Refund RefundLine CreditNote CreditNoteLine

Holds no business methods. Money is integer minor units (`*_minor`), instants are UTC (`*_at`), days are local (`*_on`).
"""

import enum
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    Check,
    DatabaseProxy,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

db = DatabaseProxy()

# ── plumbing ─────────────────────────────────────────────────────────────────────────────────────────────────


class Text(NamedTuple):
    """One sentence or word in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


class StrEnum(enum.StrEnum):
    """An enumeration whose members equal their text, but never a member of another enumeration with the same text.

    Without this, a table of labels keyed by members would mix up a paid refund and a paid order.
    """

    def __eq__(self, other: object) -> bool:
        if isinstance(other, enum.Enum) and type(other) is not type(self):
            return False
        return str.__eq__(self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class _NoCipher:
    """Refuses to read or write personal data until core/crypto.py installs the real cipher."""

    def seal(self, _plain: str, place: str) -> bytes:
        raise RuntimeError(f"no cipher installed: cannot encrypt {place}")

    def open(self, _sealed: bytes, place: str) -> str:
        raise RuntimeError(f"no cipher installed: cannot decrypt {place}")


cipher: Any = _NoCipher()


def install_cipher(installed: Any) -> None:
    """Give EncryptedField the object that seals and opens personal data."""
    global cipher
    cipher = installed


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Column:
    """Tells the type checker that an attribute of a row is a value and not its field."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, model: Any) -> Any: ...

        def __set__(self, row: Any, value: Any) -> None: ...


class UtcField(Column, BigIntegerField):
    """An instant: aware UTC datetime in Python, microseconds since 1970 in the database."""

    def db_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name}: a naive datetime is not an instant")
        return (value - EPOCH) // MICROSECOND

    def python_value(self, value: Any) -> Any:
        return EPOCH + timedelta(microseconds=value) if isinstance(value, int) else value


class EnumField(Column, CharField):
    """A StrEnum member, guarded by a CHECK of its values."""

    def __init__(self, enum: type[StrEnum], **kwargs: Any) -> None:
        self.enum = enum
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("choices", [(member.value, member) for member in enum])
        super().__init__(**kwargs)

    def bind(self, model: Any, name: str, set_attribute: bool = True) -> None:
        values = ", ".join(f"'{member.value}'" for member in self.enum)
        given: list[Any] = list(getattr(self, "constraints", None) or [])
        self.constraints = [*given, Check(f"{name} IN ({values})")]
        super().bind(model, name, set_attribute)

    def db_value(self, value: Any) -> Any:
        return self.enum(value).value if value is not None else None

    def python_value(self, value: Any) -> Any:
        return self.enum(value) if value is not None else None


class MoneyField(Column, BigIntegerField):
    """An amount in minor units of the row's (or the shop's) currency; the name ends in _minor."""


class Quantity(Column, IntegerField):
    """A count of whole units."""


class JsonField(Column, TextField):
    """Foreign payloads, traces and rule parameters; never something we filter on."""

    def db_value(self, value: Any) -> Any:
        return (
            None
            if value is None
            else json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        )

    def python_value(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value


class PersonName(Column, CharField):
    """A person's name: in clear so that it can be searched, flagged so that it is masked and erased."""

    def __init__(self, **kwargs: Any) -> None:
        self.pii = "name"
        kwargs.setdefault("max_length", 80)
        super().__init__(**kwargs)


class EncryptedField(Column, BlobField):
    """Personal data sealed with AES-256-GCM; str in Python, bytes in the database."""

    def __init__(self, pii: str, **kwargs: Any) -> None:
        self.pii = pii
        super().__init__(**kwargs)

    @property
    def place(self) -> str:
        return f"{self.model._meta.table_name}.{self.column_name}"

    def db_value(self, value: Any) -> Any:
        return super().db_value(cipher.seal(value, self.place)) if isinstance(value, str) else value

    def python_value(self, value: Any) -> Any:
        return cipher.open(bytes(value), self.place) if isinstance(value, (bytes, memoryview)) else value


class Ref(Column, ForeignKeyField):
    """A reference that never queries by itself: unjoined it gives the id."""

    def __init__(self, model: Any, on_delete: str = "RESTRICT", **kwargs: Any) -> None:
        super().__init__(model, on_delete=on_delete, lazy_load=False, **kwargs)


def Bidx(**kwargs: Any) -> CharField:  # noqa: N802 - reads like the field it makes
    """The blind index of an encrypted neighbour: 32 hex digits of a keyed hash."""
    return CharField(max_length=32, null=True, index=True, **kwargs)


class Row(Model):
    """A table of 掌柜."""

    domain: ClassVar[str] = "core"
    id = AutoField(verbose_name=Text("编号", "ID"))

    class Meta:
        database = db
        legacy_table_names = False


class Editable(Row):
    """A row that people edit: an old version never overwrites a newer one."""

    version = IntegerField(default=1, verbose_name=Text("版本", "Version"))
    created_at = UtcField(verbose_name=Text("创建时间", "Created"))
    updated_at = UtcField(verbose_name=Text("更新时间", "Updated"))


CURRENCY = Text("币种", "Currency")
NUMBER = Text("单号", "Number")
STATUS = Text("状态", "Status")
NOTE = Text("备注", "Note")
NAME = Text("名称", "Name")
POSITION = Text("排序", "Position")
ARCHIVED = Text("归档时间", "Archived")
QUANTITY = Text("数量", "Quantity")
REASON = Text("原因", "Reason")
PHONE = Text("电话", "Phone")
EMAIL = Text("邮箱", "E-mail")
ADDRESS = Text("详细地址", "Street address")
PROVINCE = Text("省", "Province")
CITY = Text("市", "City")
DISTRICT = Text("区县", "District")
COUNTRY = Text("国家/地区", "Country")

# ── identity ─────────────────────────────────────────────────────────────────────────────────────────────────


class Theme(StrEnum):
    """How the screen looks."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class ScopeKind(StrEnum):
    """What a person's view can be limited to."""

    WAREHOUSE = "warehouse"
    CHANNEL = "channel"


class IdentityRow(Row):
    """A row of the identity domain."""

    domain = "identity"


class Role(Editable):
    """A named set of permissions."""

    domain = "identity"
    code = CharField(max_length=40, unique=True, verbose_name=Text("代码", "Code"))
    name_zh = CharField(max_length=40, verbose_name=Text("中文名", "Chinese name"))
    name_en = CharField(max_length=40, verbose_name=Text("英文名", "English name"))
    is_preset = BooleanField(default=False, verbose_name=Text("内置", "Preset"))


class RolePermission(IdentityRow):
    """One permission that a role grants."""

    role = Ref(Role, on_delete="CASCADE", verbose_name=Text("角色", "Role"))
    permission = CharField(max_length=60, verbose_name=Text("权限", "Permission"))

    class Meta:
        indexes = ((("role", "permission"), True),)


class Staff(Editable):
    """A person who signs in."""

    domain = "identity"
    login = CharField(max_length=60, unique=True, verbose_name=Text("登录名", "Login"))
    name = PersonName(verbose_name=Text("姓名", "Name"))
    password_hash = CharField(max_length=120, verbose_name=Text("密码摘要", "Password hash"))
    must_change_password = BooleanField(default=False, verbose_name=Text("须改密码", "Must change password"))
    locale = CharField(max_length=5, default="zh", verbose_name=Text("语言", "Language"))
    theme = EnumField(Theme, default=Theme.SYSTEM, verbose_name=Text("主题", "Theme"))
    is_active = BooleanField(default=True, verbose_name=Text("启用", "Active"))
    is_demo = BooleanField(default=False, verbose_name=Text("演示账号", "Demo account"))
    last_sign_in_at = UtcField(null=True, verbose_name=Text("最近登录", "Last sign-in"))


class StaffRole(IdentityRow):
    """A role a person has."""

    staff = Ref(Staff, on_delete="CASCADE", verbose_name=Text("员工", "Staff"))
    role = Ref(Role, verbose_name=Text("角色", "Role"))

    class Meta:
        indexes = ((("staff", "role"), True),)


class StaffScope(IdentityRow):
    """A warehouse or channel a person is limited to; no row of a kind = no limit."""

    staff = Ref(Staff, on_delete="CASCADE", verbose_name=Text("员工", "Staff"))
    kind = EnumField(ScopeKind, verbose_name=Text("种类", "Kind"))
    target_id = IntegerField(verbose_name=Text("对象", "Target"))

    class Meta:
        indexes = ((("staff", "kind", "target_id"), True),)


class Session(IdentityRow):
    """One signed-in browser; the cookie holds the token, the row only its hash."""

    token_hash = CharField(max_length=64, unique=True, verbose_name=Text("令牌摘要", "Token hash"))
    staff = Ref(Staff, on_delete="CASCADE", verbose_name=Text("员工", "Staff"))
    ip_address = CharField(max_length=64, verbose_name=Text("地址", "Address"))
    user_agent = CharField(max_length=200, verbose_name=Text("浏览器", "Browser"))
    created_at = UtcField(verbose_name=Text("登录时间", "Signed in"))
    seen_at = UtcField(verbose_name=Text("最近活动", "Last seen"))
    expires_at = UtcField(verbose_name=Text("到期", "Expires"))
    revoked_at = UtcField(null=True, verbose_name=Text("注销时间", "Revoked"))


class ApiKey(IdentityRow):
    """A machine's credential: shown once, kept as a hash."""

    name = CharField(max_length=60, verbose_name=NAME)
    prefix = CharField(max_length=12, verbose_name=Text("前缀", "Prefix"))
    key_hash = CharField(max_length=64, unique=True, verbose_name=Text("密钥摘要", "Key hash"))
    role = Ref(Role, verbose_name=Text("角色", "Role"))
    scopes = JsonField(null=True, verbose_name=Text("范围", "Scopes"))
    created_at = UtcField(verbose_name=Text("创建时间", "Created"))
    expires_at = UtcField(null=True, verbose_name=Text("到期", "Expires"))
    used_at = UtcField(null=True, verbose_name=Text("最近使用", "Last used"))
    revoked_at = UtcField(null=True, verbose_name=Text("吊销时间", "Revoked"))


class SignInAttempt(IdentityRow):
    """A failed sign-in, counted per account and per address."""

    login_hash = CharField(max_length=64, index=True, verbose_name=Text("登录名摘要", "Login hash"))
    ip_address = CharField(max_length=64, index=True, verbose_name=Text("地址", "Address"))
    at = UtcField(index=True, verbose_name=Text("时间", "At"))


# ── platform ─────────────────────────────────────────────────────────────────────────────────────────────────


class EventStatus(StrEnum):
    """Where an outbox event stands."""

    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class JobStatus(StrEnum):
    """Where a run of a background job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportStatus(StrEnum):
    """Where an import stands."""

    CHECKED = "checked"
    QUEUED = "queued"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"
    UNDONE = "undone"


class OptionValue(Row):
    """A business setting that differs from its default."""

    key = CharField(max_length=60, unique=True, verbose_name=Text("键", "Key"))
    value = JsonField(verbose_name=Text("值", "Value"))


class NumberSequence(Row):
    """The last document number handed out for a prefix and day."""

    prefix = CharField(max_length=24, unique=True, verbose_name=Text("前缀", "Prefix"))
    last = IntegerField(default=0, verbose_name=Text("末号", "Last"))


class CommandReceipt(Row):
    """Proof that a request id was carried out: the second call returns the first result."""

    actor_key = CharField(max_length=40, verbose_name=Text("操作者", "Actor"))
    verb = CharField(max_length=80, verbose_name=Text("动作", "Verb"))
    request_id = CharField(max_length=80, verbose_name=Text("请求号", "Request id"))
    payload_hash = CharField(max_length=64, verbose_name=Text("内容摘要", "Payload hash"))
    result_model = CharField(max_length=60, default="", verbose_name=Text("结果类型", "Result model"))
    result_id = IntegerField(null=True, verbose_name=Text("结果", "Result"))
    at = UtcField(index=True, verbose_name=Text("时间", "At"))

    class Meta:
        indexes = ((("actor_key", "verb", "request_id"), True),)


class OutboxEvent(Row):
    """Something that happened, written in the transaction in which it happened."""

    name = CharField(max_length=60, verbose_name=NAME)
    payload = JsonField(verbose_name=Text("内容", "Payload"))
    status = EnumField(EventStatus, default=EventStatus.PENDING, verbose_name=STATUS)
    attempts = IntegerField(default=0, verbose_name=Text("尝试次数", "Attempts"))
    error = TextField(default="", verbose_name=Text("错误", "Error"))
    at = UtcField(verbose_name=Text("时间", "At"))
    due_at = UtcField(verbose_name=Text("下次处理", "Due"))

    class Meta:
        indexes = ((("status", "due_at", "id"), False),)


class EventHandled(Row):
    """A handler has dealt with an event, in the same transaction as its effect."""

    event = Ref(OutboxEvent, on_delete="CASCADE", verbose_name=Text("事件", "Event"))
    handler = CharField(max_length=100, verbose_name=Text("处理者", "Handler"))

    class Meta:
        indexes = ((("event", "handler"), True),)


class WarehouseChange(Row):
    """An id whose facts the analytics warehouse must read again; written by triggers."""

    entity = CharField(max_length=24, verbose_name=Text("实体", "Entity"))
    entity_id = IntegerField(verbose_name=Text("对象", "Entity id"))


class Audit(Row):
    """Who did what to which row, when and why; append-only and hash-chained."""

    at = UtcField(index=True, verbose_name=Text("时间", "At"))
    actor_key = CharField(max_length=40, verbose_name=Text("操作者键", "Actor key"))
    actor_name = PersonName(verbose_name=Text("操作者", "Actor"))
    via = CharField(max_length=24, verbose_name=Text("途径", "Via"))
    request_id = CharField(max_length=80, default="", verbose_name=Text("请求号", "Request id"))
    action = CharField(max_length=60, index=True, verbose_name=Text("动作", "Action"))
    subject_kind = CharField(max_length=40, verbose_name=Text("对象类型", "Subject kind"))
    subject_id = IntegerField(verbose_name=Text("对象", "Subject"))
    before = JsonField(null=True, verbose_name=Text("之前", "Before"))
    after = JsonField(null=True, verbose_name=Text("之后", "After"))
    reason = CharField(max_length=400, default="", verbose_name=REASON)
    previous_mac = CharField(max_length=64, verbose_name=Text("前链", "Previous MAC"))
    mac = CharField(max_length=64, verbose_name=Text("链", "MAC"))

    class Meta:
        indexes = ((("subject_kind", "subject_id", "id"), False),)


class JobRun(Row):
    """One run of a background job, with its progress."""

    key = CharField(max_length=60, verbose_name=Text("任务", "Job"))
    status = EnumField(JobStatus, default=JobStatus.QUEUED, verbose_name=STATUS)
    done = BigIntegerField(default=0, verbose_name=Text("已完成", "Done"))
    total = BigIntegerField(default=0, verbose_name=Text("总量", "Total"))
    message = TextField(default="", verbose_name=Text("说明", "Message"))
    due_at = UtcField(null=True, verbose_name=Text("应运行", "Due"))
    started_at = UtcField(null=True, verbose_name=Text("开始", "Started"))
    finished_at = UtcField(null=True, verbose_name=Text("结束", "Finished"))

    class Meta:
        indexes = ((("key", "id"), False), (("status", "id"), False))


class SavedView(Row):
    """A list's filters, columns and sort under a name."""

    staff = Ref(Staff, on_delete="CASCADE", verbose_name=Text("员工", "Staff"))
    listing = CharField(max_length=40, verbose_name=Text("列表", "List"))
    name = CharField(max_length=60, verbose_name=NAME)
    query = TextField(verbose_name=Text("条件", "Query"))
    is_shared = BooleanField(default=False, verbose_name=Text("共享", "Shared"))

    class Meta:
        indexes = ((("staff", "listing", "name"), True),)


class Notification(Row):
    """A message to one person."""

    staff = Ref(Staff, on_delete="CASCADE", verbose_name=Text("员工", "Staff"))
    title_zh = CharField(max_length=200, verbose_name=Text("标题", "Title (Chinese)"))
    title_en = CharField(max_length=200, verbose_name=Text("英文标题", "Title (English)"))
    link = CharField(max_length=200, default="", verbose_name=Text("链接", "Link"))
    key = CharField(max_length=100, default="", verbose_name=Text("去重键", "Key"))
    at = UtcField(verbose_name=Text("时间", "At"))
    read_at = UtcField(null=True, verbose_name=Text("已读", "Read"))

    class Meta:
        indexes = ((("staff", "read_at", "id"), False),)


class StoredFile(Row):
    """A file kept by its content's hash."""

    sha256 = CharField(max_length=64, unique=True, verbose_name=Text("摘要", "SHA-256"))
    original_name = CharField(max_length=200, verbose_name=Text("文件名", "File name"))
    mime = CharField(max_length=80, verbose_name=Text("类型", "Type"))
    size = BigIntegerField(verbose_name=Text("大小", "Size"))
    width = IntegerField(null=True, verbose_name=Text("宽", "Width"))
    height = IntegerField(null=True, verbose_name=Text("高", "Height"))
    at = UtcField(verbose_name=Text("时间", "At"))


class Attachment(Row):
    """A file pinned to a row."""

    file = Ref(StoredFile, verbose_name=Text("文件", "File"))
    subject_kind = CharField(max_length=40, verbose_name=Text("对象类型", "Subject kind"))
    subject_id = IntegerField(verbose_name=Text("对象", "Subject"))
    name = CharField(max_length=200, verbose_name=NAME)
    added_by = CharField(max_length=80, verbose_name=Text("上传者", "Added by"))
    at = UtcField(verbose_name=Text("时间", "At"))

    class Meta:
        indexes = ((("subject_kind", "subject_id"), False),)


class ImportProfile(Editable):
    """A saved mapping from a file's columns to fields."""

    name = CharField(max_length=80, unique=True, verbose_name=NAME)
    kind = CharField(max_length=24, verbose_name=Text("种类", "Kind"))
    mapping = JsonField(verbose_name=Text("列映射", "Mapping"))
    settings = JsonField(verbose_name=Text("设置", "Settings"))


class ImportRun(Row):
    """One file brought in: who, what, how far, and how to undo it."""

    number = CharField(max_length=32, unique=True, verbose_name=NUMBER)
    kind = CharField(max_length=24, verbose_name=Text("种类", "Kind"))
    file_name = CharField(max_length=200, verbose_name=Text("文件名", "File name"))
    file_path = CharField(max_length=400, verbose_name=Text("存放处", "Path"))
    file_sha256 = CharField(max_length=64, index=True, verbose_name=Text("摘要", "SHA-256"))
    mapping = JsonField(verbose_name=Text("列映射", "Mapping"))
    settings = JsonField(verbose_name=Text("设置", "Settings"))
    is_dry_run = BooleanField(default=False, verbose_name=Text("试运行", "Dry run"))
    status = EnumField(ImportStatus, default=ImportStatus.QUEUED, verbose_name=STATUS)
    rows_total = IntegerField(default=0, verbose_name=Text("总行数", "Rows"))
    rows_done = IntegerField(default=0, verbose_name=Text("已处理", "Done"))
    created_count = IntegerField(default=0, verbose_name=Text("新建", "Created"))
    updated_count = IntegerField(default=0, verbose_name=Text("更新", "Updated"))
    unchanged_count = IntegerField(default=0, verbose_name=Text("未变", "Unchanged"))
    rejected_count = IntegerField(default=0, verbose_name=Text("拒绝", "Rejected"))
    counts = JsonField(null=True, verbose_name=Text("明细", "Counts"))
    message = TextField(default="", verbose_name=Text("说明", "Message"))
    started_by = PersonName(verbose_name=Text("导入者", "Started by"))
    staff = Ref(Staff, null=True, verbose_name=Text("员工", "Staff"))
    started_at = UtcField(verbose_name=Text("开始", "Started"))
    finished_at = UtcField(null=True, verbose_name=Text("结束", "Finished"))


class ImportReject(Row):
    """A row of the file that was not understood, with the reason."""

    run = Ref(ImportRun, on_delete="CASCADE", verbose_name=Text("导入", "Import"))
    row_number = IntegerField(verbose_name=Text("行号", "Row"))
    reason_zh = CharField(max_length=300, verbose_name=REASON)
    reason_en = CharField(max_length=300, verbose_name=Text("英文原因", "Reason (English)"))
    raw = JsonField(verbose_name=Text("原文", "Raw"))


class ExternalRef(Row):
    """What a row of ours is called elsewhere; makes a second import of the same thing a no-op."""

    source = CharField(max_length=40, verbose_name=Text("来源", "Source"))
    kind = CharField(max_length=24, verbose_name=Text("种类", "Kind"))
    external_id = CharField(max_length=120, verbose_name=Text("外部编号", "External id"))
    row_id = IntegerField(verbose_name=Text("对象", "Row"))
    run = Ref(ImportRun, null=True, on_delete="SET NULL", verbose_name=Text("导入", "Import"))

    class Meta:
        indexes = ((("source", "kind", "external_id"), True), (("kind", "row_id"), False))


# ── catalogue ────────────────────────────────────────────────────────────────────────────────────────────────


class ProductStatus(StrEnum):
    """Whether a product may be sold."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class AttributeKind(StrEnum):
    """What values an attribute takes."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    CHOICE = "choice"
    DATE = "date"


class MediaKind(StrEnum):
    """What a product's medium is."""

    IMAGE = "image"
    VIDEO = "video"


class CatalogueRow(Row):
    """A row of the catalogue."""

    domain = "catalogue"


class CatalogueEditable(Editable):
    """A row of the catalogue that people edit."""

    domain = "catalogue"


class Brand(CatalogueEditable):
    """A maker's name."""

    name = CharField(max_length=80, unique=True, verbose_name=NAME)
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)


class Category(CatalogueEditable):
    """A node of the category tree; `path` lists the ids from the root, as in /3/17/."""

    parent = Ref("self", null=True, verbose_name=Text("上级", "Parent"))
    code = CharField(max_length=60, unique=True, verbose_name=Text("代码", "Code"))
    name_zh = CharField(max_length=120, verbose_name=Text("中文名", "Chinese name"))
    name_en = CharField(max_length=120, verbose_name=Text("英文名", "English name"))
    path = CharField(max_length=200, default="/", index=True, verbose_name=Text("路径", "Path"))
    position = IntegerField(default=0, verbose_name=POSITION)
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)


class Attribute(CatalogueEditable):
    """A typed property that a category's template asks of its products."""

    code = CharField(max_length=60, unique=True, verbose_name=Text("代码", "Code"))
    name_zh = CharField(max_length=80, verbose_name=Text("中文名", "Chinese name"))
    name_en = CharField(max_length=80, verbose_name=Text("英文名", "English name"))
    kind = EnumField(AttributeKind, default=AttributeKind.TEXT, verbose_name=Text("类型", "Type"))
    unit = CharField(max_length=16, default="", verbose_name=Text("单位", "Unit"))
    choices_json = JsonField(null=True, verbose_name=Text("可选值", "Choices"))


class CategoryAttribute(CatalogueRow):
    """An attribute in a category's template; inherited by the categories below it."""

    category = Ref(Category, on_delete="CASCADE", verbose_name=Text("类目", "Category"))
    attribute = Ref(Attribute, on_delete="CASCADE", verbose_name=Text("属性", "Attribute"))
    is_required = BooleanField(default=False, verbose_name=Text("必填", "Required"))
    position = IntegerField(default=0, verbose_name=POSITION)

    class Meta:
        indexes = ((("category", "attribute"), True),)


class Dimension(CatalogueEditable):
    """A further way to classify products: purpose, season, audience …"""

    code = CharField(max_length=40, unique=True, verbose_name=Text("代码", "Code"))
    name_zh = CharField(max_length=60, verbose_name=Text("中文名", "Chinese name"))
    name_en = CharField(max_length=60, verbose_name=Text("英文名", "English name"))


class DimensionValue(CatalogueRow):
    """One value of a classification dimension."""

    dimension = Ref(Dimension, on_delete="CASCADE", verbose_name=Text("维度", "Dimension"))
    name_zh = CharField(max_length=60, verbose_name=Text("中文名", "Chinese name"))
    name_en = CharField(max_length=60, verbose_name=Text("英文名", "English name"))
    position = IntegerField(default=0, verbose_name=POSITION)

    class Meta:
        indexes = ((("dimension", "name_zh"), True),)


class Product(CatalogueEditable):
    """Something the shop sells, in one or more variants."""

    code = CharField(max_length=40, unique=True, verbose_name=Text("货号", "Product code"))
    name = CharField(max_length=200, index=True, verbose_name=Text("品名", "Product name"))
    name_en = CharField(max_length=200, default="", verbose_name=Text("英文品名", "English name"))
    model_number = CharField(max_length=80, default="", index=True, verbose_name=Text("型号", "Model number"))
    brand = Ref(Brand, null=True, verbose_name=Text("品牌", "Brand"))
    category = Ref(Category, null=True, verbose_name=Text("类目", "Category"))
    description = TextField(default="", verbose_name=Text("描述", "Description"))
    status = EnumField(ProductStatus, default=ProductStatus.DRAFT, index=True, verbose_name=STATUS)
    price_min_minor = MoneyField(default=0, index=True, verbose_name=Text("最低价", "Lowest price"))
    price_max_minor = MoneyField(default=0, verbose_name=Text("最高价", "Highest price"))
    variant_count = IntegerField(default=0, verbose_name=Text("规格数", "Variants"))
    cover = Ref(StoredFile, null=True, verbose_name=Text("主图", "Cover"))
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)

    class Meta:
        indexes = ((("status", "updated_at", "id"), False),)


class ProductOption(CatalogueRow):
    """An axis of a product's option matrix: colour, size …"""

    product = Ref(Product, on_delete="CASCADE", verbose_name=Text("商品", "Product"))
    name = CharField(max_length=40, verbose_name=NAME)
    position = IntegerField(default=0, verbose_name=POSITION)

    class Meta:
        indexes = ((("product", "name"), True),)


class ProductOptionValue(CatalogueRow):
    """One value on an axis: red, XL …"""

    option = Ref(ProductOption, on_delete="CASCADE", verbose_name=Text("规格项", "Option"))
    value = CharField(max_length=60, verbose_name=Text("值", "Value"))
    position = IntegerField(default=0, verbose_name=POSITION)

    class Meta:
        indexes = ((("option", "value"), True),)


class Variant(CatalogueEditable):
    """The thing that is priced, stocked and shipped: one SKU."""

    product = Ref(Product, backref="variants", verbose_name=Text("商品", "Product"))
    sku = CharField(max_length=60, unique=True, verbose_name=Text("SKU", "SKU"))
    barcode = CharField(max_length=20, null=True, unique=True, verbose_name=Text("条码", "Barcode"))
    title = CharField(max_length=200, default="", verbose_name=Text("规格", "Options"))
    price_minor = MoneyField(verbose_name=Text("售价", "Price"), constraints=[Check("price_minor >= 0")])
    compare_at_minor = MoneyField(null=True, verbose_name=Text("划线价", "Compare-at price"))
    cost_minor = MoneyField(
        default=0, verbose_name=Text("成本", "Cost"), constraints=[Check("cost_minor >= 0")]
    )
    weight_g = IntegerField(default=0, verbose_name=Text("重量(克)", "Weight (g)"))
    low_stock_at = Quantity(default=5, verbose_name=Text("低库存线", "Low-stock level"))
    position = IntegerField(default=0, verbose_name=POSITION)
    media = Ref(StoredFile, null=True, verbose_name=Text("图片", "Picture"))
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)

    class Meta:
        indexes = ((("product", "position", "id"), False), (("price_minor", "id"), False))


class VariantOptionValue(CatalogueRow):
    """Where a variant sits on one axis of the matrix."""

    variant = Ref(Variant, on_delete="CASCADE", verbose_name=Text("规格", "Variant"))
    value = Ref(ProductOptionValue, on_delete="RESTRICT", verbose_name=Text("值", "Value"))

    class Meta:
        indexes = ((("variant", "value"), True),)


class ProductAttribute(CatalogueRow):
    """A product's value for one attribute; the column that fits the attribute's type is filled."""

    product = Ref(Product, on_delete="CASCADE", verbose_name=Text("商品", "Product"))
    attribute = Ref(Attribute, verbose_name=Text("属性", "Attribute"))
    value_text = CharField(max_length=200, null=True, verbose_name=Text("文字值", "Text value"))
    value_number = BigIntegerField(null=True, verbose_name=Text("数值×1000", "Number × 1000"))
    value_on = DateField(null=True, verbose_name=Text("日期值", "Date value"))

    class Meta:
        indexes = (
            (("product", "attribute"), True),
            (("attribute", "value_text", "product"), False),
            (("attribute", "value_number", "product"), False),
        )


class ProductDimension(CatalogueRow):
    """A product's place in a classification dimension."""

    product = Ref(Product, on_delete="CASCADE", verbose_name=Text("商品", "Product"))
    value = Ref(DimensionValue, on_delete="CASCADE", verbose_name=Text("值", "Value"))

    class Meta:
        indexes = ((("product", "value"), True), (("value", "product"), False))


class Tag(CatalogueRow):
    """A free word on products."""

    name = CharField(max_length=40, unique=True, verbose_name=NAME)


class ProductTag(CatalogueRow):
    """A tag on a product."""

    product = Ref(Product, on_delete="CASCADE", verbose_name=Text("商品", "Product"))
    tag = Ref(Tag, on_delete="CASCADE", verbose_name=Text("标签", "Tag"))

    class Meta:
        indexes = ((("product", "tag"), True), (("tag", "product"), False))


class ProductMedia(CatalogueRow):
    """A picture or video of a product, in order; the first picture is the cover."""

    product = Ref(Product, on_delete="CASCADE", verbose_name=Text("商品", "Product"))
    kind = EnumField(MediaKind, default=MediaKind.IMAGE, verbose_name=Text("种类", "Kind"))
    file = Ref(StoredFile, verbose_name=Text("文件", "File"))
    thumbnail = Ref(StoredFile, null=True, verbose_name=Text("缩略图", "Thumbnail"))
    alt = CharField(max_length=120, default="", verbose_name=Text("替代文字", "Alt text"))
    position = IntegerField(default=0, verbose_name=POSITION)

    class Meta:
        indexes = ((("product", "position", "id"), False),)


class PriceChange(CatalogueRow):
    """One change of a variant's price, compare-at price or cost."""

    variant = Ref(Variant, on_delete="CASCADE", verbose_name=Text("规格", "Variant"))
    field = CharField(max_length=24, verbose_name=Text("字段", "Field"))
    before_minor = MoneyField(null=True, verbose_name=Text("之前", "Before"))
    after_minor = MoneyField(null=True, verbose_name=Text("之后", "After"))
    actor_name = PersonName(verbose_name=Text("操作者", "Actor"))
    reason = CharField(max_length=200, default="", verbose_name=REASON)
    at = UtcField(verbose_name=Text("时间", "At"))

    class Meta:
        indexes = ((("variant", "at", "id"), False),)


class Collection(CatalogueEditable):
    """A set of products by rule; the rules are kept, the members are always computed."""

    code = CharField(max_length=60, unique=True, verbose_name=Text("代码", "Code"))
    name = CharField(max_length=80, verbose_name=NAME)
    rules = JsonField(verbose_name=Text("规则", "Rules"))
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)


# ── crm ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Customer(Editable):
    """Somebody who buys."""

    domain = "crm"
    number = CharField(max_length=24, unique=True, verbose_name=Text("客户号", "Customer number"))
    name = PersonName(index=True, verbose_name=Text("姓名", "Name"))
    phone = EncryptedField(pii="phone", null=True, verbose_name=PHONE)
    phone_bidx = Bidx(verbose_name=Text("电话索引", "Phone index"))
    phone_tail_bidx = Bidx(verbose_name=Text("尾号索引", "Phone tail index"))
    email = EncryptedField(pii="email", null=True, verbose_name=EMAIL)
    email_bidx = Bidx(verbose_name=Text("邮箱索引", "E-mail index"))
    country = CharField(max_length=60, default="CN", index=True, verbose_name=COUNTRY)
    province_code = CharField(max_length=12, default="", index=True, verbose_name=PROVINCE)
    city_code = CharField(max_length=12, default="", verbose_name=CITY)
    accepts_marketing = BooleanField(default=False, verbose_name=Text("接受营销", "Accepts marketing"))
    note = TextField(default="", verbose_name=NOTE)
    order_count = IntegerField(default=0, verbose_name=Text("订单数", "Orders"))
    spent_minor = MoneyField(default=0, verbose_name=Text("累计消费", "Spent"))
    first_order_at = UtcField(null=True, verbose_name=Text("首单时间", "First order"))
    last_order_at = UtcField(null=True, verbose_name=Text("末单时间", "Last order"))
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)

    class Meta:
        indexes = (
            (("created_at", "id"), False),
            (("spent_minor", "id"), False),
            (("order_count", "id"), False),
            (("last_order_at", "id"), False),
        )


class CustomerAddress(Editable):
    """A place where a customer receives parcels."""

    domain = "crm"
    customer = Ref(Customer, on_delete="CASCADE", backref="addresses", verbose_name=Text("客户", "Customer"))
    recipient = PersonName(verbose_name=Text("收件人", "Recipient"))
    phone = EncryptedField(pii="phone", null=True, verbose_name=PHONE)
    country = CharField(max_length=60, default="CN", verbose_name=COUNTRY)
    province_code = CharField(max_length=12, default="", verbose_name=PROVINCE)
    city_code = CharField(max_length=12, default="", verbose_name=CITY)
    district_code = CharField(max_length=12, default="", verbose_name=DISTRICT)
    street = EncryptedField(pii="address", null=True, verbose_name=ADDRESS)
    postcode = CharField(max_length=12, default="", verbose_name=Text("邮编", "Postcode"))
    is_default = BooleanField(default=False, verbose_name=Text("默认", "Default"))

    class Meta:
        indexes = ((("customer", "is_default"), False),)


# ── inventory ────────────────────────────────────────────────────────────────────────────────────────────────


class MovementKind(StrEnum):
    """Why a stock figure changed."""

    OPENING = "opening"
    RECEIPT = "receipt"
    SALE = "sale"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    COUNT = "count"
    RESERVE = "reserve"
    RELEASE = "release"
    REVERSAL = "reversal"


class Warehouse(Editable):
    """A place that holds stock."""

    domain = "inventory"
    code = CharField(max_length=24, unique=True, verbose_name=Text("仓库代码", "Warehouse code"))
    name = CharField(max_length=80, verbose_name=NAME)
    province_code = CharField(max_length=12, default="", verbose_name=PROVINCE)
    priority = IntegerField(default=100, verbose_name=Text("发货优先级", "Sourcing priority"))
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)


class StockLevel(Row):
    """How much of a variant a warehouse has; written only by the ledger and by reservations."""

    domain = "inventory"
    variant = Ref(Variant, backref="levels", verbose_name=Text("规格", "Variant"))
    warehouse = Ref(Warehouse, verbose_name=Text("仓库", "Warehouse"))
    on_hand = Quantity(default=0, verbose_name=Text("在库", "On hand"), constraints=[Check("on_hand >= 0")])
    reserved = Quantity(
        default=0, verbose_name=Text("已占用", "Reserved"), constraints=[Check("reserved >= 0")]
    )

    class Meta:
        indexes = ((("variant", "warehouse"), True), (("warehouse", "variant"), False))


class StockMovement(Row):
    """One change of on hand or reserved, with its cause; append-only."""

    domain = "inventory"
    variant = Ref(Variant, verbose_name=Text("规格", "Variant"))
    warehouse = Ref(Warehouse, verbose_name=Text("仓库", "Warehouse"))
    kind = EnumField(MovementKind, verbose_name=Text("类型", "Kind"))
    on_hand_delta = Quantity(default=0, verbose_name=Text("在库变动", "On-hand change"))
    reserved_delta = Quantity(default=0, verbose_name=Text("占用变动", "Reserved change"))
    on_hand_after = Quantity(verbose_name=Text("变动后在库", "On hand after"))
    reserved_after = Quantity(verbose_name=Text("变动后占用", "Reserved after"))
    cause_kind = CharField(max_length=24, verbose_name=Text("来源类型", "Cause kind"))
    cause_id = IntegerField(null=True, verbose_name=Text("来源", "Cause"))
    cause_number = CharField(max_length=40, default="", verbose_name=Text("来源单号", "Cause number"))
    reason = CharField(max_length=200, default="", verbose_name=REASON)
    actor_name = PersonName(verbose_name=Text("操作者", "Actor"))
    at = UtcField(verbose_name=Text("时间", "At"))

    class Meta:
        indexes = (
            (("variant", "warehouse", "at", "id"), False),
            (("warehouse", "at", "id"), False),
            (("kind", "at", "id"), False),
            (("at", "id"), False),
            (("cause_kind", "cause_id"), False),
        )


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────


class OrderStatus(StrEnum):
    """What people decided about an order."""

    DRAFT = "draft"
    PLACED = "placed"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """What the amounts say about an order."""

    UNPAID = "unpaid"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class FulfilmentState(StrEnum):
    """What the quantities say about an order."""

    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    DELIVERED = "delivered"
    PARTIALLY_RETURNED = "partially_returned"
    RETURNED = "returned"


class OrderSource(StrEnum):
    """How an order came in."""

    MANUAL = "manual"
    API = "api"
    IMPORT = "import"
    DEMO = "demo"


class ChargeKind(StrEnum):
    """What an amount that is no product is for."""

    SHIPPING = "shipping"
    FEE = "fee"
    ADJUSTMENT = "adjustment"
    DISCOUNT = "discount"
    OTHER = "other"


class HoldCause(StrEnum):
    """Why an order must not move on."""

    OVERSOLD = "oversold"
    ADDRESS = "address"
    UNMAPPED_SKU = "unmapped_sku"
    PRICE_MISMATCH = "price_mismatch"
    BUYER_NOTE = "buyer_note"
    DUPLICATE = "duplicate"
    PAYMENT = "payment"
    MANUAL = "manual"


class PaymentMethod(StrEnum):
    """How money moves."""

    ALIPAY = "alipay"
    WECHAT = "wechat"
    BANK = "bank"
    CARD = "card"
    CASH = "cash"
    OTHER = "other"


class ShipmentStatus(StrEnum):
    """Where a parcel stands."""

    PENDING = "pending"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class ReturnStatus(StrEnum):
    """Where a return stands."""

    RECEIVED = "received"
    CANCELLED = "cancelled"


class ReturnDisposition(StrEnum):
    """What becomes of returned goods."""

    RESTOCK = "restock"
    SCRAP = "scrap"
    NONE = "none"


class RefundStatus(StrEnum):
    """Where a refund stands: above the limit it is asked for by one person and paid by another."""

    REQUESTED = "requested"
    PAID = "paid"
    CANCELLED = "cancelled"


class OrdersRow(Row):
    """A row of the orders domain."""

    domain = "orders"


class Channel(Editable):
    """Where orders come from."""

    domain = "orders"
    code = CharField(max_length=24, unique=True, verbose_name=Text("渠道代码", "Channel code"))
    name_zh = CharField(max_length=60, verbose_name=Text("中文名", "Chinese name"))
    name_en = CharField(max_length=60, verbose_name=Text("英文名", "English name"))
    archived_at = UtcField(null=True, verbose_name=ARCHIVED)


class Order(Editable):
    """A promise to deliver goods against money."""

    domain = "orders"
    number = CharField(max_length=32, unique=True, verbose_name=Text("订单号", "Order"))
    external_number = CharField(
        max_length=60, default="", index=True, verbose_name=Text("外部单号", "External number")
    )
    source = EnumField(OrderSource, default=OrderSource.MANUAL, verbose_name=Text("来源", "Source"))
    channel = Ref(Channel, verbose_name=Text("渠道", "Channel"))
    customer = Ref(Customer, null=True, backref="orders", verbose_name=Text("客户", "Customer"))
    status = EnumField(OrderStatus, default=OrderStatus.PLACED, verbose_name=STATUS)
    payment_state = EnumField(PaymentState, default=PaymentState.UNPAID, verbose_name=Text("付款", "Payment"))
    fulfilment_state = EnumField(
        FulfilmentState, default=FulfilmentState.UNFULFILLED, verbose_name=Text("履约", "Fulfilment")
    )
    open_holds = IntegerField(default=0, verbose_name=Text("异常数", "Open holds"))
    ship_name = PersonName(default="", verbose_name=Text("收件人", "Recipient"))
    ship_phone = EncryptedField(pii="phone", null=True, verbose_name=PHONE)
    ship_phone_bidx = Bidx(verbose_name=Text("电话索引", "Phone index"))
    ship_phone_tail_bidx = Bidx(verbose_name=Text("尾号索引", "Phone tail index"))
    ship_country = CharField(max_length=60, default="CN", verbose_name=COUNTRY)
    ship_province_code = CharField(max_length=12, default="", verbose_name=PROVINCE)
    ship_city_code = CharField(max_length=12, default="", verbose_name=CITY)
    ship_district_code = CharField(max_length=12, default="", verbose_name=DISTRICT)
    ship_street = EncryptedField(pii="address", null=True, verbose_name=ADDRESS)
    note = TextField(default="", verbose_name=NOTE)
    buyer_note = TextField(default="", verbose_name=Text("买家留言", "Buyer note"))
    currency = CharField(max_length=3, verbose_name=CURRENCY)
    rate_ppm = BigIntegerField(default=1_000_000, verbose_name=Text("汇率×百万", "Rate × 1,000,000"))
    item_count = Quantity(default=0, verbose_name=Text("件数", "Items"))
    subtotal_minor = MoneyField(default=0, verbose_name=Text("商品金额", "Goods"))
    discount_minor = MoneyField(default=0, verbose_name=Text("优惠", "Discount"))
    shipping_minor = MoneyField(default=0, verbose_name=Text("运费", "Shipping"))
    charges_minor = MoneyField(default=0, verbose_name=Text("其他费用", "Charges"))
    tax_minor = MoneyField(default=0, verbose_name=Text("税额", "Tax"))
    total_minor = MoneyField(default=0, verbose_name=Text("应付", "Total"))
    paid_minor = MoneyField(default=0, verbose_name=Text("已付", "Paid"))
    refunded_minor = MoneyField(default=0, verbose_name=Text("已退", "Refunded"))
    price_trace = JsonField(null=True, verbose_name=Text("价格依据", "Price trace"))
    placed_at = UtcField(verbose_name=Text("下单时间", "Placed"))
    confirmed_at = UtcField(null=True, verbose_name=Text("确认时间", "Confirmed"))
    paid_at = UtcField(null=True, verbose_name=Text("付款时间", "Paid at"))
    shipped_at = UtcField(null=True, verbose_name=Text("发货时间", "Shipped"))
    delivered_at = UtcField(null=True, verbose_name=Text("签收时间", "Delivered"))
    completed_at = UtcField(null=True, verbose_name=Text("完成时间", "Completed"))
    cancelled_at = UtcField(null=True, verbose_name=Text("取消时间", "Cancelled"))

    class Meta:
        table_name = "sales_order"
        indexes = (
            (("placed_at", "id"), False),
            (("status", "placed_at", "id"), False),
            (("status", "fulfilment_state", "placed_at", "id"), False),
            (("status", "payment_state", "placed_at", "id"), False),
            (("channel", "placed_at", "id"), False),
            (("customer", "placed_at", "id"), False),
            (("total_minor", "id"), False),
        )


class OrderLine(OrdersRow):
    """A quantity of one variant at an agreed price."""

    order = Ref(Order, on_delete="CASCADE", backref="lines", verbose_name=Text("订单", "Order"))
    position = IntegerField(verbose_name=POSITION)
    variant = Ref(Variant, null=True, verbose_name=Text("规格", "Variant"))
    sku = CharField(max_length=60, verbose_name=Text("SKU", "SKU"))
    name = CharField(max_length=200, verbose_name=Text("品名", "Product name"))
    quantity = Quantity(verbose_name=QUANTITY, constraints=[Check("quantity > 0")])
    shipped_qty = Quantity(
        default=0, verbose_name=Text("已发", "Shipped"), constraints=[Check("shipped_qty >= 0")]
    )
    returned_qty = Quantity(
        default=0, verbose_name=Text("已退货", "Returned"), constraints=[Check("returned_qty >= 0")]
    )
    refunded_qty = Quantity(
        default=0, verbose_name=Text("已退款数", "Refunded qty"), constraints=[Check("refunded_qty >= 0")]
    )
    unit_price_minor = MoneyField(verbose_name=Text("单价", "Unit price"))
    unit_cost_minor = MoneyField(default=0, verbose_name=Text("单位成本", "Unit cost"))
    discount_minor = MoneyField(default=0, verbose_name=Text("优惠", "Discount"))
    net_minor = MoneyField(verbose_name=Text("小计", "Line total"))
    tax_minor = MoneyField(default=0, verbose_name=Text("税额", "Tax"))
    refunded_minor = MoneyField(default=0, verbose_name=Text("已退款", "Refunded"))

    class Meta:
        indexes = ((("order", "position"), True), (("variant", "order"), False))
        constraints = (
            Check("shipped_qty <= quantity"),
            Check("returned_qty <= shipped_qty"),
            Check("refunded_qty <= quantity"),
        )


class OrderCharge(OrdersRow):
    """An amount on an order that is no product: shipping, a fee, an adjustment."""

    order = Ref(Order, on_delete="CASCADE", backref="charges", verbose_name=Text("订单", "Order"))
    kind = EnumField(ChargeKind, verbose_name=Text("种类", "Kind"))
    code = CharField(max_length=40, default="", verbose_name=Text("代码", "Code"))
    description = CharField(max_length=200, default="", verbose_name=Text("说明", "Description"))
    amount_minor = MoneyField(verbose_name=Text("金额", "Amount"))

    class Meta:
        indexes = ((("order", "id"), False),)


class OrderHold(OrdersRow):
    """A reason why an order must not move on, until somebody releases it."""

    order = Ref(Order, on_delete="CASCADE", backref="holds", verbose_name=Text("订单", "Order"))
    cause = EnumField(HoldCause, verbose_name=Text("异常原因", "Cause"))
    detail = CharField(max_length=200, default="", verbose_name=Text("说明", "Detail"))
    owner = Ref(Staff, null=True, verbose_name=Text("负责人", "Owner"))
    opened_at = UtcField(verbose_name=Text("开始", "Opened"))
    released_at = UtcField(null=True, verbose_name=Text("解除", "Released"))
    released_by = PersonName(default="", verbose_name=Text("解除人", "Released by"))


class Payment(OrdersRow):
    """Money that came in for an order."""

    order = Ref(Order, backref="payments", verbose_name=Text("订单", "Order"))
    number = CharField(max_length=32, unique=True, verbose_name=NUMBER)
    method = EnumField(PaymentMethod, verbose_name=Text("方式", "Method"))
    amount_minor = MoneyField(verbose_name=Text("金额", "Amount"), constraints=[Check("amount_minor > 0")])
    reference = CharField(max_length=80, default="", verbose_name=Text("流水号", "Reference"))
    source = CharField(max_length=24, default="", verbose_name=Text("来源", "Source"))
    event_id = CharField(max_length=120, null=True, verbose_name=Text("通知号", "Event id"))
    received_at = UtcField(verbose_name=Text("到账时间", "Received"))

    class Meta:
        indexes = ((("source", "event_id"), True), (("order", "id"), False), (("received_at", "id"), False))


class Shipment(OrdersRow):
    """A parcel, planned or on its way; while pending its lines are what is reserved."""

    order = Ref(Order, backref="shipments", verbose_name=Text("订单", "Order"))
    number = CharField(max_length=32, unique=True, verbose_name=NUMBER)
    warehouse = Ref(Warehouse, null=True, verbose_name=Text("仓库", "Warehouse"))
    status = EnumField(ShipmentStatus, default=ShipmentStatus.PENDING, verbose_name=STATUS)
    carrier = CharField(max_length=40, default="", verbose_name=Text("承运商", "Carrier"))
    tracking_number = CharField(
        max_length=60, default="", index=True, verbose_name=Text("运单号", "Tracking number")
    )
    weight_g = IntegerField(default=0, verbose_name=Text("重量(克)", "Weight (g)"))
    shipped_at = UtcField(null=True, verbose_name=Text("发货时间", "Shipped"))
    delivered_at = UtcField(null=True, verbose_name=Text("签收时间", "Delivered"))

    class Meta:
        indexes = ((("order", "id"), False), (("status", "warehouse", "id"), False))


class ShipmentLine(OrdersRow):
    """How much of an order line a parcel holds."""

    shipment = Ref(Shipment, on_delete="CASCADE", backref="lines", verbose_name=Text("包裹", "Parcel"))
    line = Ref(OrderLine, verbose_name=Text("订单行", "Order line"))
    quantity = Quantity(verbose_name=QUANTITY, constraints=[Check("quantity > 0")])

    class Meta:
        indexes = ((("shipment", "line"), True), (("line", "shipment"), False))


class Return(OrdersRow):
    """Goods that came back, as counted."""

    order = Ref(Order, backref="returns", verbose_name=Text("订单", "Order"))
    number = CharField(max_length=32, unique=True, verbose_name=NUMBER)
    status = EnumField(ReturnStatus, default=ReturnStatus.RECEIVED, verbose_name=STATUS)
    warehouse = Ref(Warehouse, null=True, verbose_name=Text("仓库", "Warehouse"))
    reason = CharField(max_length=200, default="", verbose_name=REASON)
    received_at = UtcField(verbose_name=Text("收货时间", "Received"))

    class Meta:
        table_name = "order_return"
        indexes = ((("order", "id"), False), (("received_at", "id"), False))


class ReturnLine(OrdersRow):
    """A counted quantity of one order line that came back."""

    back = Ref(Return, on_delete="CASCADE", backref="lines", verbose_name=Text("退货", "Return"))
    line = Ref(OrderLine, verbose_name=Text("订单行", "Order line"))
    quantity = Quantity(verbose_name=QUANTITY, constraints=[Check("quantity > 0")])
    disposition = EnumField(
        ReturnDisposition, default=ReturnDisposition.RESTOCK, verbose_name=Text("处置", "Disposition")
    )

    class Meta:
        indexes = ((("back", "line"), True), (("line", "back"), False))


class Refund(OrdersRow):
    """Money that went back to the buyer of an order."""

    order = Ref(Order, backref="refunds", verbose_name=Text("订单", "Order"))
    back = Ref(Return, null=True, backref="refunds", verbose_name=Text("退货", "Return"))
    number = CharField(max_length=32, unique=True, verbose_name=NUMBER)
    status = EnumField(RefundStatus, default=RefundStatus.PAID, verbose_name=STATUS)
    method = EnumField(PaymentMethod, verbose_name=Text("方式", "Method"))
    amount_minor = MoneyField(verbose_name=Text("金额", "Amount"), constraints=[Check("amount_minor > 0")])
    shipping_minor = MoneyField(default=0, verbose_name=Text("其中运费", "Of it shipping"))
    reason = CharField(max_length=200, verbose_name=REASON)
    requester_key = CharField(max_length=40, default="", verbose_name=Text("申请人", "Requested by"))
    approved_by = PersonName(default="", verbose_name=Text("复核人", "Approved by"))
    refunded_at = UtcField(verbose_name=Text("退款时间", "Refunded"))

    class Meta:
        indexes = ((("order", "id"), False), (("refunded_at", "id"), False))


class RefundLine(OrdersRow):
    """The part of a refund that belongs to one order line."""

    refund = Ref(Refund, on_delete="CASCADE", backref="lines", verbose_name=Text("退款", "Refund"))
    line = Ref(OrderLine, verbose_name=Text("订单行", "Order line"))
    quantity = Quantity(verbose_name=QUANTITY, constraints=[Check("quantity >= 0")])
    amount_minor = MoneyField(verbose_name=Text("金额", "Amount"), constraints=[Check("amount_minor >= 0")])

    class Meta:
        indexes = ((("refund", "line"), True), (("line", "refund"), False))


class CreditNote(OrdersRow):
    """Money given back for a sale that this shop's history does not hold."""

    number = CharField(max_length=40, unique=True, verbose_name=NUMBER)
    external_number = CharField(max_length=60, default="", verbose_name=Text("外部单号", "External number"))
    channel = Ref(Channel, verbose_name=Text("渠道", "Channel"))
    customer = Ref(Customer, null=True, verbose_name=Text("客户", "Customer"))
    country = CharField(max_length=60, default="", verbose_name=COUNTRY)
    currency = CharField(max_length=3, verbose_name=CURRENCY)
    rate_ppm = BigIntegerField(default=1_000_000, verbose_name=Text("汇率×百万", "Rate × 1,000,000"))
    amount_minor = MoneyField(verbose_name=Text("金额", "Amount"))
    reason = CharField(max_length=200, default="", verbose_name=REASON)
    issued_at = UtcField(verbose_name=Text("开具时间", "Issued"))

    class Meta:
        indexes = ((("issued_at", "id"), False), (("customer", "issued_at"), False))


class CreditNoteLine(OrdersRow):
    """One item of a stand-alone credit note."""

    note = Ref(CreditNote, on_delete="CASCADE", backref="lines", verbose_name=Text("贷记单", "Credit note"))
    variant = Ref(Variant, null=True, verbose_name=Text("规格", "Variant"))
    sku = CharField(max_length=60, verbose_name=Text("SKU", "SKU"))
    name = CharField(max_length=200, verbose_name=Text("品名", "Product name"))
    quantity = Quantity(verbose_name=QUANTITY)
    amount_minor = MoneyField(verbose_name=Text("金额", "Amount"))

    class Meta:
        indexes = ((("note", "id"), False),)


def _tables(base: type[Row]) -> list[type[Row]]:
    found = []
    for model in base.__subclasses__():
        children = _tables(model)
        found += [*([model] if model not in BASES else []), *children]
    return found


BASES = {Editable, IdentityRow, CatalogueRow, CatalogueEditable, OrdersRow}
TABLES: list[type[Row]] = sorted(_tables(Row), key=lambda model: model._meta.table_name)

# Only one default address a customer, one open hold a cause.
CustomerAddress.add_index(
    CustomerAddress.index(CustomerAddress.customer, unique=True, name="customer_address_one_default").where(
        CustomerAddress.is_default == SQL("TRUE")
    )
)
OrderHold.add_index(
    OrderHold.index(OrderHold.order, OrderHold.cause, unique=True, name="order_hold_one_open").where(
        OrderHold.released_at.is_null()
    )
)
OrderHold.add_index(
    OrderHold.index(OrderHold.opened_at, OrderHold.order, name="order_hold_open").where(
        OrderHold.released_at.is_null()
    )
)

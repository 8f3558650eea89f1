"""Audit actions as words; domains' pages add their own with `name_actions`."""

from collections.abc import Mapping
from enum import StrEnum

from models import Text

_WORDS: dict[str, Text] = {
    "create": Text("新建", "Created"),
    "edit": Text("修改", "Edited"),
    "archive": Text("归档", "Archived"),
    "restore": Text("恢复", "Restored"),
    "attachment.add": Text("添加附件", "Attachment added"),
    "attachment.remove": Text("移除附件", "Attachment removed"),
    "option.set": Text("修改设置", "Setting changed"),
    "session.open": Text("登录", "Signed in"),
    "session.close": Text("退出登录", "Signed out"),
    "session.revoke": Text("结束会话", "Session ended"),
    "session.refused": Text("登录被拒", "Sign-in refused"),
    "staff.invite": Text("添加员工", "Staff added"),
    "staff.change": Text("修改员工", "Staff changed"),
    "staff.password": Text("修改密码", "Password changed"),
    "staff.unlock": Text("解除登录限制", "Account unlocked"),
    "role.create": Text("新建角色", "Role created"),
    "role.permissions": Text("修改角色权限", "Role rights changed"),
    "apikey.create": Text("创建 API 密钥", "API key created"),
    "apikey.revoke": Text("吊销 API 密钥", "API key revoked"),
    "event.replay": Text("重放事件", "Event replayed"),
}


def name_actions(words: Mapping[str, Text]) -> None:
    """Add a domain's audit actions: {"order.confirm": Text("确认", "Confirmed")}."""
    _WORDS.update(words)


_KEYS: dict[str, Text] = {
    "file": Text("文件", "File"),
    "field": Text("字段", "Field"),
    "order": Text("顺序", "Order"),
}


def name_keys(words: Mapping[str, Text]) -> None:
    """Name what audit rows tell beside a model's fields: {"tags": Text("标签", "Tags")}."""
    _KEYS.update(words)


_MEMBERS: dict[str, type[StrEnum]] = {}


def name_members(enums: Mapping[str, type[StrEnum]]) -> None:
    """Say whose members audit rows tell under a key: {"method": PaymentMethod}."""
    _MEMBERS.update(enums)


def member_for(key: str, value: str) -> StrEnum | None:
    """The member that a value under such a key is; None when nobody said."""
    known = _MEMBERS.get(key)
    return known(value) if known is not None and value in set(known) else None


def words_for_key(key: str) -> Text | str:
    """Such a key in words; the key itself when nobody named it."""
    return _KEYS.get(key, key)


def words_for(action: str) -> Text:
    """An action in words; the verb alone when nobody named the whole."""
    found = _WORDS.get(action) or _WORDS.get(action.rpartition(".")[2])
    return found or Text(action, action.replace(".", " ").replace("_", " ").capitalize())

"""Keys, field encryption, blind indexes and password hashes.

Field format (AES-256-GCM, NIST SP 800-38D): 0x01 | key id (4 bytes) | nonce (12) | ciphertext+tag, with the AAD
"table.column". Purpose keys come from the master key by HKDF-SHA256 (RFC 5869). A blind index is the first 16 bytes of
HMAC-SHA256(bidx key, kind | normalised value). Passwords: bcrypt over base64(HMAC-SHA384(pepper, NFC password)), because
bcrypt 5 raises beyond 72 bytes.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from pathlib import Path

import bcrypt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models import install_cipher

FORMAT = b"\x01"
KEY_FILE = "master.key"


class KeyMismatch(Exception):
    """The data was sealed with a key that is not here."""


class Keyring:
    """The master keys of this shop, newest first; the newest seals, all open."""

    def __init__(self, masters: dict[bytes, bytes]) -> None:
        self._boxes = {key_id: AESGCM(_derive(master, b"pii")) for key_id, master in masters.items()}
        self.active = next(iter(masters))
        first = masters[self.active]
        oldest = masters[list(masters)[-1]]
        self._box = self._boxes[self.active]
        self._bidx = _derive(oldest, b"bidx")
        self._pepper = _derive(oldest, b"pepper")
        self.audit_key = _derive(oldest, b"audit")
        self.fingerprint = hashlib.sha256(b"zhanggui" + first).hexdigest()[:16]

    def seal(self, plain: str, place: str) -> bytes:
        """Encrypt text that belongs to `place` (table.column)."""
        nonce = os.urandom(12)
        return FORMAT + self.active + nonce + self._box.encrypt(nonce, plain.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what seal() made for the same place. Raises KeyMismatch."""
        box = self._boxes.get(sealed[1:5])
        if sealed[:1] != FORMAT or box is None:
            raise KeyMismatch(f"{place}: sealed with another key")
        try:
            return box.decrypt(sealed[5:17], sealed[17:], place.encode()).decode()
        except InvalidTag:
            raise KeyMismatch(f"{place}: changed or moved ciphertext") from None

    def blind_index(self, kind: str, value: str) -> str:
        """The 32-digit blind index of a normalised value."""
        return hmac.new(self._bidx, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def pepper(self, password: str) -> bytes:
        """The 64 bytes that bcrypt hashes for a password."""
        normal = unicodedata.normalize("NFC", password).encode()
        return base64.b64encode(hmac.new(self._pepper, normal, hashlib.sha384).digest())


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"zhanggui/" + purpose).derive(master)


_keyring: Keyring | None = None


def keyring() -> Keyring:
    """The installed keyring. Raises RuntimeError before open_keys()."""
    if _keyring is None:
        raise RuntimeError("no keys: call open_keys() first")
    return _keyring


def open_keys(data_dir: Path) -> bool:
    """Load the key file, making one on the very first start; returns whether it was made."""
    global _keyring
    folder = data_dir / "keys"
    path = folder / KEY_FILE
    made = not path.exists()
    if made:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_durably(path, f"{secrets.token_hex(4)} {base64.b64encode(os.urandom(32)).decode()}\n")
    _keyring = _load(path)
    install_cipher(_keyring)
    return made


def _write_durably(path: Path, line: str) -> None:
    """The whole file or none, and on the disk before the first row is sealed with it: nothing can be read without."""
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def fingerprint_of(path: Path) -> str:
    """The fingerprint of a key file, to compare with a backup's."""
    return _load(path).fingerprint


def _load(path: Path) -> Keyring:
    masters = {}
    for line in path.read_text().splitlines():
        key_id, _, material = line.strip().partition(" ")
        if key_id:
            masters[bytes.fromhex(key_id)] = base64.b64decode(material)
    return Keyring(masters)


# ── normal forms and blind indexes ───────────────────────────────────────────────────────────────────────────


def normal_phone(phone: str) -> str:
    """Digits with a country code: 138 0013 8000 → 8613800138000."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    if phone.strip().startswith(("+", "00")):
        return digits.removeprefix("00")
    return "86" + digits if len(digits) == 11 and digits.startswith("1") else digits


def normal_email(email: str) -> str:
    """Case-folded and trimmed."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def phone_index(phone: str | None) -> str | None:
    """Blind index of a phone number, or None for none."""
    normal = normal_phone(phone or "")
    return keyring().blind_index("phone", normal) if normal else None


def phone_tail_index(phone: str | None) -> str | None:
    """Blind index of the last four digits, or None when there are fewer."""
    normal = normal_phone(phone or "")
    return keyring().blind_index("tail", normal[-4:]) if len(normal) >= 4 else None


def email_index(email: str | None) -> str | None:
    """Blind index of an e-mail address, or None for none."""
    normal = normal_email(email or "")
    return keyring().blind_index("email", normal) if normal else None


# ── masks ────────────────────────────────────────────────────────────────────────────────────────────────────


def mask(kind: str, value: str | None) -> str:
    """What somebody without customers.reveal_pii sees: 138****8000, 王*, a***@x.com."""
    if not value:
        return ""
    if kind == "phone":
        return value[:3] + "****" + value[-4:] if len(value) >= 8 else "****" + value[-2:]
    if kind == "email":
        local, _, host = value.partition("@")
        return f"{local[:1]}***@{host}"
    if kind == "name":
        return value[:1] + "*" * min(3, max(1, len(value) - 1))
    return value[:2] + "****"


# ── passwords and tokens ─────────────────────────────────────────────────────────────────────────────────────


def hash_password(password: str, cost: int) -> str:
    """A bcrypt hash; takes a quarter of a second at cost 12, so never on the loop."""
    return bcrypt.hashpw(keyring().pepper(password), bcrypt.gensalt(cost)).decode()


def password_matches(password: str, hashed: str) -> bool:
    """Whether the password is the one that was hashed."""
    return bcrypt.checkpw(keyring().pepper(password), hashed.encode())


def new_token() -> str:
    """A 256-bit secret for a cookie or key."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()

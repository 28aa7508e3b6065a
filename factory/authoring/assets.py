"""Function source to a zip archive whose name is its content: same source, same bytes, on every machine."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from factory.errors import AuthoringError

# The earliest time that the format can hold: when a file was written must not reach the archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_PACKED = frozenset({".json", ".mjs", ".py"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that a template refers to by its key in the artifact bucket."""

    key: str
    body: bytes


def zip_directories(*directories: Path) -> Asset:
    """Pack every Python, JavaScript (`.mjs`) and JSON file below some directories into one archive.

    Raises AuthoringError where there is none, and where two directories hold a file of the same name.
    """
    files: dict[str, Path] = {}
    for directory in directories:
        for path in directory.rglob("*"):
            if path.suffix in _PACKED and path.is_file():
                name = path.relative_to(directory).as_posix()
                if name in files:
                    raise AuthoringError(f"function code {directory.name}: {name} is in {files[name].parent.name} too")
                files[name] = path
    if not files:
        raise AuthoringError(f"function code {directories[0].name}: the directory holds no file of code")
    buffer = io.BytesIO()
    # Stored, not deflated: compressed bytes differ between versions of zlib.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _READABLE
            entry.create_system = 3
            archive.writestr(entry, files[name].read_bytes().replace(b"\r\n", b"\n"))
    body = buffer.getvalue()
    return Asset(key=f"assets/{hashlib.sha256(body).hexdigest()}.zip", body=body)

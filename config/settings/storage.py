"""Where strangers' files and our pictures of them are kept: a folder of this host, or a bucket that all hosts reach."""

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_MEMORY = 8 * 1024 * 1024  # of a file that is being read or written; more goes to a temporary file


def default_storage(url: str) -> dict[str, Any]:
    """STORAGES["default"] for STORAGE_URL: `s3://[key:secret@]bucket[/prefix][?endpoint_url=…&region_name=…]`, or none.

    Without a key the usual places of AWS are asked: variables, files, the host's own role.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**_place(parts), **_key(parts), **_ways(parts)}}


def _place(parts: SplitResult) -> dict[str, str]:
    return {"bucket_name": parts.hostname or "", "location": parts.path.strip("/")}


def _key(parts: SplitResult) -> dict[str, str]:
    if not parts.username:
        return {}
    return {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}


def _ways(parts: SplitResult) -> dict[str, Any]:
    asked = dict(parse_qsl(parts.query))
    style = {"addressing_style": "path"} if "endpoint_url" in asked else {}  # a server of one's own has one host name
    return {"file_overwrite": False, "signature_version": "s3v4", "max_memory_size": _MEMORY, **style, **asked}

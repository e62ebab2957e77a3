"""Storing strangers' files once, and measuring them in a child process."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile

from pricing import sandbox
from pricing.engine.errors import EngineGaveUp, ModelRefused
from pricing.engine.version import ENGINE_VERSION
from pricing.errors import FileEmpty, FileTooLarge
from pricing.models import Design, Measurement
from pricing.sandbox import Progress

_MB = 1024 * 1024


def store_design(*, upload: File) -> Design:
    """Store a file once by its content and return its design; the same bytes give the same design.

    Nothing of the file is read but its bytes: it is a stranger's. Refuses with FileEmpty, FileTooLarge.
    """
    if not upload.size:
        raise FileEmpty
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(size_mb=-(-upload.size // _MB), limit_mb=settings.MAX_UPLOAD_BYTES // _MB)
    sha256 = _digest(upload)
    known = Design.objects.filter(sha256=sha256).first()
    return known or _store_new(upload, sha256)


def _digest(upload: File) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _store_new(upload: File, sha256: str) -> Design:
    """The file first, in a folder of its own under a random name; without a row it is removed again."""
    name = default_storage.save(f"designs/{secrets.token_hex(16)}/model", upload)
    try:
        with transaction.atomic():
            return Design.objects.create(sha256=sha256, file=name, size_bytes=upload.size)
    except IntegrityError:  # somebody stored the same bytes at this moment
        default_storage.delete(name)
        return Design.objects.get(sha256=sha256)
    except BaseException:
        default_storage.delete(name)
        raise


def known_measurement(design: Design, *, unit: str) -> Measurement | None:
    """What this engine version found in the design earlier, if it has seen it."""
    return Measurement.objects.filter(design=design, unit=unit, engine_version=ENGINE_VERSION).first()


def measurement_of(design: Design, *, unit: str, tell: Progress | None = None) -> Measurement:
    """Measure a design once per unit and engine version; slow the first time, so only workers call it.

    `tell` is called with each stage as it begins.
    What the file itself makes impossible is kept as the measurement's refusal. Raises EngineGaveUp for what
    another attempt may mend: the child ran out of time or memory, or crashed.
    """
    known = known_measurement(design, unit=unit)
    if known is not None:
        return known
    with TemporaryDirectory(prefix="karat-") as folder:
        drawn = {"preview": Path(folder, "preview.png"), "model": Path(folder, "model.glb")}
        found = _measure(design, unit, drawn, tell)
        return _record(design, unit, found, drawn)


def _measure(
    design: Design, unit: str, drawn: dict[str, Path], tell: Progress | None
) -> "sandbox.Measured | ModelRefused":
    limits = sandbox.SandboxLimits(seconds=settings.PRICING_SECONDS, max_bytes=settings.MAX_UPLOAD_BYTES)
    try:
        with local_file(design.file) as path:
            return sandbox.measure_file(path, unit=unit, artefacts=drawn, progress=tell, limits=limits)
    except EngineGaveUp:
        raise
    except ModelRefused as refusal:
        return refusal


@contextmanager
def local_file(stored: FieldFile) -> Iterator[Path]:
    """A stored file as a path on this host: itself in a folder, a copy for a while from a bucket."""
    try:
        yield Path(stored.path)
        return
    except NotImplementedError:  # the storage has no paths
        pass
    with TemporaryDirectory(prefix="karat-") as folder:
        path = Path(folder, "file")
        with stored.open("rb") as there, path.open("wb") as here:
            copyfileobj(there, here, _MB)
        yield path


def _record(design: Design, unit: str, found: "sandbox.Measured | ModelRefused", drawn: dict[str, Path]) -> Measurement:
    key = {"design": design, "unit": unit, "engine_version": ENGINE_VERSION}
    if isinstance(found, ModelRefused):
        result = {"refusal_code": found.code, "refusal_params": found.params}
    else:
        result = {
            "figures": found.measurement.to_json(),
            "model_format": found.format,
            "preview": _stored("png", drawn["preview"]) if "preview" in found.artefacts else "",
            "web_model": _stored("glb", drawn["model"]) if "model" in found.artefacts else "",
        }
    try:
        with transaction.atomic():
            return Measurement.objects.create(**key, **result)
    except IntegrityError:  # another worker measured it at the same time
        return Measurement.objects.get(**key)


def _stored(ending: str, drawn: Path) -> str:
    """Under a random name, which is the permission to see it."""
    return default_storage.save(f"previews/{secrets.token_hex(16)}.{ending}", ContentFile(drawn.read_bytes()))

"""Why the engine refuses a model, sorted by who can mend it.

    ModelRefused
    ├── UnreadableFile            the customer sends another file
    │   ├── UnknownFormat         unknown_format
    │   ├── EmptyFile             empty_file
    │   ├── FileTooLarge          too_large
    │   ├── FalseTriangleCount    false_triangle_count
    │   ├── DamagedFile           damaged_file
    │   ├── DamagedLine           damaged_line
    │   ├── DamagedPart           damaged_part
    │   ├── FalseSize             false_size
    │   ├── BadIndex              bad_index
    │   ├── ExternalReference     external_reference
    │   ├── UnsupportedFeature    unsupported_feature
    │   ├── ArchiveBomb           archive_bomb
    │   ├── UnsafeXml             unsafe_xml
    │   ├── NoRenderMesh          no_render_mesh
    │   └── StepNotInstalled      step_not_installed
    ├── UnusableGeometry          the customer mends the model
    │   ├── NoTriangles           no_triangles
    │   ├── TooManyTriangles      too_many_triangles
    │   ├── NotFinite             not_finite
    │   ├── TooBig                too_big
    │   ├── NoVolume              no_volume
    │   └── TooManyStones         too_many_stones
    └── EngineGaveUp              another attempt may succeed; if not, a person looks at it
        ├── EngineOutOfMemory     engine_out_of_memory
        ├── EngineTimeout         engine_timeout
        ├── EngineCrashed         engine_crashed
        └── EngineBusy            engine_busy

A refusal is its code and its parameters: both travel as JSON, and the words are looked up where they are shown, so that
they can be translated (`MESSAGES` holds the English ones with {named} parameters).

    RateMissing                   the company mends its rates: a price was asked for that its price list can't answer
"""

from collections.abc import Mapping
from typing import ClassVar

Param = str | int | float

MESSAGES: dict[str, str] = {
    "unknown_format": "This file is not a 3D model that we can read. "
    "Please export your model as STL or 3MF and send that.",
    "empty_file": "This file is empty. Please export your model again and check that the file has a size.",
    "too_large": "This file has {bytes} bytes, the limit is {max_bytes}. Please export the model with fewer triangles.",
    "false_triangle_count": "This STL file announces {announced} triangles but its size fits {present}. "
    "It was cut off or changed on the way. Please export or upload it again.",
    "damaged_file": "This STL file is damaged near triangle {triangle}: a part is missing or a number can't be read. "
    "Please export or upload it again.",
    "damaged_line": "This {format} file is damaged in line {line}: a number is missing or can't be read. "
    "Please export or upload it again.",
    "damaged_part": "This {format} file is damaged: its part “{part}” is missing or can't be read. "
    "Please export or upload it again.",
    "false_size": "This {format} file is shorter than it says: {part} would need {needed} bytes, {present} are there. "
    "It was cut off or changed on the way. Please export or upload it again.",
    "bad_index": "This {format} file has a triangle with corner {index}, but there are {vertices} corners. "
    "Please export or upload it again.",
    "external_reference": "This {format} file needs another file ({name}), which we do not open. "
    "Please export the model as one file: STL, 3MF or GLB.",
    "unsupported_feature": "This {format} file uses {feature}, which we can't read. "
    "Please export the model as STL or 3MF.",
    "archive_bomb": "This archive would unpack to more than a model needs ({part}: {size}, the limit is {limit}). "
    "Please export the model again, alone.",
    "unsafe_xml": "The XML in this file declares entities or a document type, which a model does not need. "
    "Please export the model again.",
    "no_render_mesh": "This Rhino file has objects without a render mesh ({objects}). Please show the model shaded in "
    "Rhino and save it again with its render meshes, or export it as STL.",
    "step_not_installed": "STEP files can't be read here. Please export the model as STL or 3MF.",
    "no_triangles": "This model contains no triangles. Please check that the piece was selected when you exported it.",
    "too_many_triangles": "This model has {triangles} triangles, the limit is {max_triangles}. "
    "Please export it with a coarser mesh.",
    "not_finite": "This model contains coordinates that are not numbers, first in triangle {triangle}. "
    "Please repair the mesh in your modelling program and export it again.",
    "too_big": "This model reaches {reach_mm} mm from its origin, the limit is {max_mm} mm. "
    "Please check the unit (we read millimetres) and the position of the model.",
    "no_volume": "This model encloses no volume: it is flat, or its surface is wide open. "
    "Please give it a thickness, close the surface and export it again.",
    "too_many_stones": "This model has {stones} stones, we set up to {max_stones} in one piece. "
    "Please send it in parts.",
    "engine_out_of_memory": "This model needs more memory than one model may take. "
    "Please export it with a coarser mesh.",
    "engine_timeout": "Measuring this model took longer than {seconds} seconds. Please export it with a coarser mesh.",
    "engine_crashed": "Something went wrong while this model was measured. "
    "Please try again; if it happens once more, write to us.",
    "engine_busy": "Your model waited {minutes} minutes for its turn, which is too long. Nothing is wrong with it: "
    "somebody here looks after it now, and you may also send it again.",
}


class ModelRefused(Exception):
    """The engine will not price this model. `code` is stable, `params` fill the message's {named} places."""

    code: ClassVar[str] = "model_refused"
    params: dict[str, Param]

    def __init__(self, **params: Param) -> None:
        self.params = params
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """What is wrong and what to do, in plain English for a customer."""
        return message_of(self.code, self.params)

    def to_json(self) -> dict[str, object]:
        """The refusal as JSON values: {"code", "params"}; `refusal(code, params)` is the way back."""
        return {"code": self.code, "params": dict(self.params)}


class UnreadableFile(ModelRefused):
    """The bytes are not a whole file of a format that the engine reads."""


class UnknownFormat(UnreadableFile):
    """No 3D model: the contents match no format that the engine reads."""

    code = "unknown_format"


class EmptyFile(UnreadableFile):
    """No bytes, or nothing but blanks."""

    code = "empty_file"


class FileTooLarge(UnreadableFile):
    """More bytes than allowed. Parameters: bytes, max_bytes."""

    code = "too_large"


class FalseTriangleCount(UnreadableFile):
    """The count in a binary header contradicts the file's size. Parameters: announced, present."""

    code = "false_triangle_count"


class DamagedFile(UnreadableFile):
    """A text file that breaks off or holds something else than a number. Parameter: triangle (counted from 1)."""

    code = "damaged_file"


class DamagedLine(UnreadableFile):
    """A text file with a line that can't be read. Parameters: format, line (counted from 1)."""

    code = "damaged_line"


class DamagedPart(UnreadableFile):
    """A file whose structure is broken. Parameters: format, part (its name in that format)."""

    code = "damaged_part"


class FalseSize(UnreadableFile):
    """A file that is shorter than its header says. Parameters: format, part, needed, present (bytes)."""

    code = "false_size"


class BadIndex(UnreadableFile):
    """A triangle whose corner does not exist. Parameters: format, index, vertices."""

    code = "bad_index"


class ExternalReference(UnreadableFile):
    """A part of the model is in another file; none is ever opened. Parameters: format, name."""

    code = "external_reference"


class UnsupportedFeature(UnreadableFile):
    """A part of the format that the engine does not read, so that a part of the piece could be missing.

    Parameters: format, feature.
    """

    code = "unsupported_feature"


class ArchiveBomb(UnreadableFile):
    """An archive that unpacks to too much. Parameters: part, size, limit."""

    code = "archive_bomb"


class UnsafeXml(UnreadableFile):
    """XML with a document type or entities: they could multiply, or name other files."""

    code = "unsafe_xml"


class NoRenderMesh(UnreadableFile):
    """Rhino objects that have no triangles, only the curved surface. Parameter: objects (how many)."""

    code = "no_render_mesh"


class StepNotInstalled(UnreadableFile):
    """The optional STEP reader is not installed."""

    code = "step_not_installed"


class UnusableGeometry(ModelRefused):
    """The file could be read, but what it describes can't be made."""


class NoTriangles(UnusableGeometry):
    """A well-formed file with nothing in it."""

    code = "no_triangles"


class TooManyTriangles(UnusableGeometry):
    """More triangles than allowed. Parameters: triangles, max_triangles."""

    code = "too_many_triangles"


class NotFinite(UnusableGeometry):
    """A coordinate is NaN or infinite. Parameter: triangle (counted from 1)."""

    code = "not_finite"


class TooBig(UnusableGeometry):
    """A coordinate lies farther from the origin than allowed. Parameters: reach_mm, max_mm."""

    code = "too_big"


class NoVolume(UnusableGeometry):
    """Flat, or so open that nothing is enclosed."""

    code = "no_volume"


class TooManyStones(UnusableGeometry):
    """More stones than anybody sets in a piece, and than an answer has room for. Parameters: stones, max_stones."""

    code = "too_many_stones"


class EngineGaveUp(ModelRefused):
    """The engine reached a limit or broke; the file may be innocent, so that another attempt is sensible."""


class EngineOutOfMemory(EngineGaveUp):
    """The model did not fit into the memory that one model may take."""

    code = "engine_out_of_memory"


class EngineTimeout(EngineGaveUp):
    """The model was not measured in time. Parameter: seconds."""

    code = "engine_timeout"


class EngineCrashed(EngineGaveUp):
    """The measuring process died or answered nonsense; what it said is in the exception's notes."""

    code = "engine_crashed"


class EngineBusy(EngineGaveUp):
    """No attempt came to an end in the time that a customer is asked to wait. Parameter: minutes."""

    code = "engine_busy"


class RateMissing(LookupError):
    """The price list or the metal prices have no rate for what was asked: the company mends it, not the customer."""


_REFUSALS: dict[str, type[ModelRefused]] = {
    refused.code: refused
    for refused in (
        UnknownFormat,
        EmptyFile,
        FileTooLarge,
        FalseTriangleCount,
        DamagedFile,
        DamagedLine,
        DamagedPart,
        FalseSize,
        BadIndex,
        ExternalReference,
        UnsupportedFeature,
        ArchiveBomb,
        UnsafeXml,
        NoRenderMesh,
        StepNotInstalled,
        NoTriangles,
        TooManyTriangles,
        NotFinite,
        TooBig,
        NoVolume,
        TooManyStones,
        EngineOutOfMemory,
        EngineTimeout,
        EngineCrashed,
        EngineBusy,
    )
}


def refusal(code: str, params: Mapping[str, Param] | None = None) -> ModelRefused:
    """The refusal that was once stored as code and params. Raises KeyError for a code that no refusal has."""
    return _REFUSALS[code](**(params or {}))


def message_of(code: str, params: Mapping[str, Param]) -> str:
    """The English message of a refusal; a parameter that was not stored shows as "?", never as a failure."""
    return MESSAGES.get(code, "This model can't be priced.").format_map(_Known(params))


class _Known(dict[str, Param]):
    def __missing__(self, name: str) -> str:
        return "?"

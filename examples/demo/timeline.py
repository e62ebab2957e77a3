"""What happened to one order, and how long each stage took."""

from dataclasses import dataclass, field
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Timeline:
    """Stages with the moment each was reached: seen here, or told by Karat itself."""

    title: str
    began: datetime = field(default_factory=now)
    stages: dict[str, datetime] = field(default_factory=dict)

    def note(self, stage: str, at: datetime | None = None) -> None:
        """A stage was reached, now unless told; the first time counts."""
        self.stages.setdefault(stage, at or now())

    def lines(self) -> list[str]:
        """As printed: each stage with the seconds since the one before."""
        told, before = [self.title], self.began
        for stage, at in sorted(self.stages.items(), key=lambda pair: pair[1]):
            told.append(f"  {stage:<28} {(at - before).total_seconds():7.2f} s")
            before = at
        told.append(f"  {'in all':<28} {(before - self.began).total_seconds():7.2f} s")
        return told

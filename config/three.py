"""three.js is taken out of a wheel at set-up and served from our own address: `python -m config.three` (make run).

No CDN, nothing vendored, no npm: the wheel of NiceGUI (MIT) carries three.js with its loaders and controls as one ES
module. It is installed without its dependencies into a folder of its own, since none of its Python is ever imported
(docs/decisions/0053-three-js-from-a-wheel.md).
"""

import sys
from pathlib import Path

PACKAGES = Path(sys.prefix) / "browser"  # pip install --target
SERVED = Path(sys.prefix) / "three"  # a folder of STATICFILES_DIRS
MODULE = SERVED / "three.module.js"
_IN_THE_WHEEL = PACKAGES / "nicegui" / "elements" / "scene" / "dist" / "index.js"
_MAP = "//# sourceMappingURL="  # of a map that the wheel doesn't have: hashed static files would look for it


def main() -> None:
    lines = _IN_THE_WHEEL.read_text(encoding="utf-8").splitlines(keepends=True)
    SERVED.mkdir(exist_ok=True)
    MODULE.write_text("".join(line for line in lines if not line.startswith(_MAP)), encoding="utf-8")


if __name__ == "__main__":
    main()

"""`python -m bench [case …]`: run the named cases, or all. Measures and tells; exits 0 whatever the figures are."""

import os
import sys
import time
from importlib import import_module

CASES = [
    "start",
    "reading",
    "sandbox",
    "light_page",
    "catalogue",
    "shop_floor",
    "crm_lists",
    "claims",
    "intake",
    "webhooks",
]


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(CASES)
    if unknown:
        print(f"bench: there is no case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
        return 2
    load = os.getloadavg()[0]
    print(f"bench: {os.cpu_count()} cores, load {load:.1f} at the start. Ratios of one run count, seconds don't.")
    for name in wanted or CASES:
        _run(name)
    return 0


def _run(name: str) -> None:
    case = import_module(f"bench.cases.{name}")
    print(f"\n{name}: {(case.__doc__ or '').splitlines()[0]}", flush=True)
    begun = time.monotonic()
    for finding in case.run():
        print(finding, flush=True)
    print(f"  ({time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

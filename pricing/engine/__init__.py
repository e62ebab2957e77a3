"""The pricing engine: a 3D model in, a measurement and a price out.

A pure package: bytes and frozen dataclasses in, frozen dataclasses out. It knows no Django, no clock, no database and
no settings, so that a price can be computed again, anywhere, years later, from what was stored. Measuring (slow,
depends on the file alone) is apart from pricing (fast, depends on the rates): measure once, price many times.

Nothing is imported here on purpose: the child process sets its limits before numpy is loaded.
"""

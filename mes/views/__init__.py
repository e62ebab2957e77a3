"""Doors of the workshop: the operators' bench."""

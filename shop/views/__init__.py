"""Doors of the shop: fetch within the customer's own rows, call one service or selector, answer."""

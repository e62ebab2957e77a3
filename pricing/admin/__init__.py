from pricing.admin import designs, masses, price_lists, quotes, reference

__all__ = ["designs", "masses", "price_lists", "quotes", "reference"]

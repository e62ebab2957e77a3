"""Who holds data of a customer: each is called with the customer's key and returns its part of an export."""

HOLDERS: list[str] = ["shop.selectors.personal.held_by_the_shop", "crm.selectors.personal.held_by_sellers"]

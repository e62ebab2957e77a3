"""A ring of a customer and a ring of a partner, from upload to shipped, driven over HTTP as people would."""

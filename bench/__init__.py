"""Measured comparisons: `make bench` runs what is compared side by side in one run and prints ratios, not seconds."""

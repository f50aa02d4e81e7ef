"""Whoever runs models: the seam, the catalogue, the checks before money, and one adapter for each vendor."""

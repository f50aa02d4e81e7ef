"""The database and the asset library; usable alone, without jobs or providers."""

"""Shotwright makes films with generative video models."""

__version__ = "0.1.0"

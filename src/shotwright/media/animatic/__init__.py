"""Animatics: moving clips from stills and words, on any machine, at no cost."""

from __future__ import annotations

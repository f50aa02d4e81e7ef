"""Backdrops from words: painted posters in layers, all from one seed."""

from __future__ import annotations

from shotwright.media.animatic.scene.source import SceneFrames, build

__all__ = ["SceneFrames", "build"]

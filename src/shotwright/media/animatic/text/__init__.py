"""Words on screen: the storyboard card and captions, in any script that a font here can draw."""

from __future__ import annotations

from shotwright.media.animatic.text.card import caption, card
from shotwright.media.animatic.text.overlay import WordsOverlay

__all__ = ["WordsOverlay", "caption", "card"]

"""Animatics: moving clips from stills and words, on any machine, at no cost.

`spec.AnimaticSpec` says what a clip is to be; `render.render` makes it.
"""

"""Which painter paints which place."""

from __future__ import annotations

from shotwright.media.animatic.scene import city, deep, interior, land, shore
from shotwright.media.animatic.scene.figures import with_figures
from shotwright.media.animatic.scene.reading import Place
from shotwright.media.animatic.scene.world import Painter, Painting, World

PAINTERS: dict[Place, Painter] = {
    "mountain": land.mountains,
    "forest": land.forest,
    "desert": land.desert,
    "meadow": land.meadow,
    "abstract": land.ribbons,
    "sea": shore.sea,
    "lake": shore.lake,
    "city": city.city,
    "interior": interior.interior,
    "space": deep.space,
    "underwater": deep.underwater,
}


def paint(world: World) -> Painting:
    """The place of the words, with the people and boats that they name."""
    return with_figures(world, PAINTERS[world.reading.place](world))

"""Decoded pictures brought to one form: 8 bits a channel, sRGB, no alpha."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

_LIGHT = 0.8
_WHITE_GROUND = 255
_DARK_GROUND = 24


def has_alpha(image: Image.Image) -> bool:
    return image.has_transparency_data or image.mode in {"PA", "La", "RGBa"}


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Any mode as L, RGB, CMYK, LA or RGBA. Sixteen bits are scaled, never clipped; a palette is looked up."""
    mode = image.mode
    if mode in {"L", "RGB", "CMYK"}:
        return image.convert("RGBA") if has_alpha(image) else image
    if mode in {"LA", "RGBA"}:
        return image
    if mode.startswith(("I", "F")):
        return _scaled(image)
    if has_alpha(image):
        return image.convert("LA" if mode == "La" else "RGBA")
    if mode == "1":
        return image.convert("L")
    return image.convert("RGB")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """L, RGB, LA or RGBA in sRGB. A profile that doesn't fit the picture is left out of account."""
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    colours = image.convert("L" if image.mode == "LA" else "RGB") if alpha is not None else image
    if profile:
        colours = _through_profile(colours, profile)
    if colours.mode == "CMYK":
        colours = colours.convert("RGB")
    if alpha is not None:
        colours = colours.convert("RGB")
        colours.putalpha(alpha)
    return colours


def flattened(image: Image.Image) -> Image.Image:
    """L or RGB. What shows through is white, or nearly black where the picture is so light that it would vanish."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    image = image.convert("RGBA")
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("RGB")
    ground = _DARK_GROUND if _lightness(image) > _LIGHT else _WHITE_GROUND
    flat = Image.new("RGB", image.size, (ground, ground, ground))
    flat.paste(image.convert("RGB"), mask=alpha)
    return flat


def _scaled(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.float32)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    top = float(values.max(initial=0.0))
    if image.mode.startswith("I;16"):
        full = 65535.0
    elif image.mode == "F" and top <= 1.0:
        full = 1.0
    else:
        full = next((limit for limit in (255.0, 65535.0) if top <= limit), top)
    eight = np.clip(np.rint(values * (255.0 / full)), 0, 255).astype(np.uint8)
    return Image.fromarray(eight)


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, given, ImageCms.createProfile("sRGB"), ImageCms.Intent.PERCEPTUAL, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _lightness(image: Image.Image) -> float:
    """Mean lightness, 0 to 1, of what is visible, from a small copy."""
    small = np.asarray(image.resize((64, 64), Image.Resampling.BOX), dtype=np.float32) / 255.0
    weight = small[..., 3]
    total = float(weight.sum())
    grey = small[..., :3] @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    return float((grey * weight).sum()) / total if total else 0.0

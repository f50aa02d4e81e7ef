"""Stills: what is read, what is refused from the header, and what comes out."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from shotwright.errors import EnvironmentProblem, PictureError
from shotwright.media.pictures import inspect_picture, load_rgb, normalise_picture

ORIENTATION = 0x0112
TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

GROWTH = """
import resource, sys
from shotwright.errors import PictureError
from shotwright.media.pictures import load_rgb
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load_rgb(sys.argv[1])
except PictureError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
"""Prints by how many KiB a process grows while it refuses a picture."""


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """Three soft fields and a corner mark, so that any turn or flip shows."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pixels = np.stack([x / width * 255, y / height * 255, np.full_like(x, 90)], axis=-1)
    pixels[: height // 4, : width // 4] = (250, 240, 20)
    return Image.fromarray(pixels.astype(np.uint8))


def chunk(name: bytes, data: bytes, *, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return struct.pack(">I", size) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def saved(path: Path, image: Image.Image, kind: str, **options: object) -> Path:
    image.save(path, kind, **options)
    return path


def pixels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    ("kind", "media_type", "closeness"),
    [
        ("JPEG", "image/jpeg", 12),
        ("PNG", "image/png", 0),
        ("WEBP", "image/webp", 16),
        ("AVIF", "image/avif", 16),
        ("HEIF", "image/heic", 16),
        ("GIF", "image/gif", 40),
        ("TIFF", "image/tiff", 0),
        ("BMP", "image/bmp", 0),
    ],
)
def test_each_kind_is_known_by_its_content_and_decodes(
    tmp_path: Path, kind: str, media_type: str, closeness: int
) -> None:
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    picture = saved(tmp_path / "no-suffix.txt", scene(), kind)
    facts = inspect_picture(picture)
    assert (facts.width, facts.height, facts.media_type, facts.frames) == (96, 64, media_type, 1)
    found = load_rgb(picture)
    assert found.shape == (64, 96, 3)
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - np.asarray(scene()).astype(int)).mean() <= closeness / 2
    result = normalise_picture(picture, tmp_path / "out.png")
    assert result["unchanged"] is (kind in {"JPEG", "PNG", "WEBP"})
    assert (tmp_path / "out.png").exists() is not result["unchanged"]


@pytest.mark.parametrize("orientation", range(2, 9))
def test_orientation_is_honoured(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    for kind in ("PNG", "TIFF"):
        picture = saved(tmp_path / f"turned.{kind}", scene(), kind, exif=exif)
        expected = np.asarray(scene().transpose(TURN[orientation]))
        facts = inspect_picture(picture)
        assert (facts.height, facts.width) == expected.shape[:2]
        result = normalise_picture(picture, tmp_path / "out.png")
        assert result == {
            "unchanged": False,
            "width": expected.shape[1],
            "height": expected.shape[0],
            "media_type": "image/png",
        }
        assert np.array_equal(pixels(tmp_path / "out.png"), expected)
        with Image.open(tmp_path / "out.png") as written:
            assert ORIENTATION not in written.getexif()
        assert np.array_equal(load_rgb(picture), expected)


def test_avif_orientation_is_honoured(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    picture = saved(tmp_path / "turned.avif", scene(), "AVIF", exif=exif)
    assert (inspect_picture(picture).width, inspect_picture(picture).height) == (64, 96)
    found = load_rgb(picture).astype(int)
    assert np.abs(found - np.asarray(scene().transpose(TURN[6])).astype(int)).mean() < 8


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16).reshape(1, 256).repeat(4, axis=0)
    for kind in ("PNG", "TIFF"):
        picture = saved(tmp_path / f"deep.{kind}", Image.fromarray(ramp), kind)
        assert not inspect_picture(picture).plain
        normalise_picture(picture, tmp_path / "out.png")
        with Image.open(tmp_path / "out.png") as written:
            assert written.mode == "L"
            assert np.array_equal(np.asarray(written)[0], np.arange(256))
        assert np.array_equal(load_rgb(picture)[0, :, 1], np.arange(256))


def test_sixteen_bit_colour_is_not_taken_for_plain(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)
    row = b"\0" + struct.pack(">HHH", 65535, 32896, 0) * 4
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 4)) + chunk(b"IEND", b"")
    picture = tmp_path / "deep.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    assert inspect_picture(picture).bits == 16
    assert normalise_picture(picture, tmp_path / "out.png")["unchanged"] is False
    assert pixels(tmp_path / "out.png")[0, 0].tolist() == [255, 128, 0]


def test_floating_point_tiff_is_scaled(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32).reshape(1, 256).repeat(4, axis=0)
    picture = saved(tmp_path / "float.tif", Image.fromarray(ramp), "TIFF")
    assert np.array_equal(load_rgb(picture)[0, :, 0], np.arange(256))


def test_grey_stays_grey_and_loads_as_three_channels(tmp_path: Path) -> None:
    picture = saved(tmp_path / "grey.png", scene().convert("L"), "PNG")
    assert normalise_picture(picture, tmp_path / "out.png")["unchanged"] is True
    found = load_rgb(picture)
    assert found.shape == (64, 96, 3)
    assert np.array_equal(found[..., 0], found[..., 2])


def test_alpha_is_flattened_on_white(tmp_path: Path) -> None:
    image = scene().convert("RGBA")
    image.paste((200, 0, 0, 0), (48, 0, 96, 64))
    for kind in ("PNG", "WEBP"):
        picture = saved(tmp_path / f"cut.{kind}", image, kind, lossless=True)
        assert inspect_picture(picture).alpha
        normalise_picture(picture, tmp_path / "out.png")
        found = pixels(tmp_path / "out.png")
        assert found[30, 90].tolist() == [255, 255, 255]
        assert found[2, 2].tolist() == [250, 240, 20]


def test_a_white_drawing_on_nothing_stays_visible(tmp_path: Path) -> None:
    logo = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    logo.paste((255, 255, 255, 255), (16, 16, 48, 48))
    found = load_rgb(saved(tmp_path / "logo.png", logo, "PNG"))
    assert found[32, 32].tolist() == [255, 255, 255]
    assert found[2, 2].max() < 64


def test_palette_with_transparency_and_one_bit(tmp_path: Path) -> None:
    paletted = Image.new("P", (16, 16), 1)
    paletted.putpalette([0, 0, 0, 10, 120, 30, 9, 9, 9])
    paletted.paste(2, (0, 0, 8, 16))
    found = load_rgb(saved(tmp_path / "p.png", paletted, "PNG", transparency=b"\xff\xff\x00"))
    assert found[4, 2].tolist() == [255, 255, 255]
    assert found[4, 12].tolist() == [10, 120, 30]
    bits = Image.new("1", (16, 16), 1)
    assert load_rgb(saved(tmp_path / "bits.png", bits, "PNG")).min() == 255
    assert normalise_picture(tmp_path / "bits.png", tmp_path / "out.png")["unchanged"] is False


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    picture = saved(tmp_path / "print.jpg", Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = load_rgb(picture)[16, 16].tolist()
    assert red > 240
    assert max(green, blue) < 20
    normalise_picture(picture, tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as written:
        assert written.mode == "RGB"


def test_a_profile_is_converted_to_srgb(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = load_rgb(saved(tmp_path / "same.tif", scene(), "TIFF", icc_profile=srgb))
    assert np.abs(same.astype(int) - np.asarray(scene()).astype(int)).max() <= 2
    unfit = load_rgb(saved(tmp_path / "unfit.tif", scene(), "TIFF", icc_profile=lab.tobytes()))
    assert unfit.shape == (64, 96, 3)
    swapped = load_rgb(saved(tmp_path / "swapped.tif", scene(), "TIFF", icc_profile=_channels_swapped(srgb)))
    assert np.abs(swapped.astype(int) - np.asarray(scene()).astype(int)).mean() > 10


def _channels_swapped(profile: bytes) -> bytes:
    """The profile with the tags of its red and blue colorants exchanged: a colour space unlike sRGB."""
    return profile.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


def test_an_animation_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), (220, 10, 10)), Image.new("RGB", (32, 32), (10, 10, 220))]
    for kind in ("GIF", "WEBP", "PNG"):
        picture = saved(tmp_path / f"moving.{kind}", frames[0], kind, save_all=True, append_images=frames[1:])
        assert inspect_picture(picture).frames == 2
        assert normalise_picture(picture, tmp_path / "out.png")["unchanged"] is False
        red, _, blue = pixels(tmp_path / "out.png")[16, 16].tolist()
        assert red > 200
        assert blue < 40


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    picture = saved(tmp_path / "a.bmp", scene(), "BMP")
    normalise_picture(picture, tmp_path / "one.png")
    normalise_picture(picture, tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_an_enormous_png_is_refused_from_its_header(tmp_path: Path) -> None:
    rows = zlib.compressobj(9)
    body = b"".join(rows.compress(bytes(1_000_000)) for _ in range(200)) + rows.flush()
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(png(50_000, 50_000, chunk(b"IDAT", body)))
    for read in (inspect_picture, load_rgb, lambda path: normalise_picture(path, tmp_path / "out.png")):
        with pytest.raises(PictureError, match="50000 x 50000 pixels, above the limit of 120,000,000"):
            read(bomb)
    assert not (tmp_path / "out.png").exists()
    grown = subprocess.run(
        [sys.executable, "-c", GROWTH, str(bomb)], check=True, capture_output=True, text=True, timeout=60
    )
    assert int(grown.stdout) < 100_000


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "JPEG", "TIFF"])
def test_the_limit_holds_for_every_kind_and_can_be_set(tmp_path: Path, kind: str) -> None:
    picture = saved(tmp_path / "picture", scene(), kind)
    assert inspect_picture(picture, max_pixels=96 * 64).width == 96
    with pytest.raises(PictureError, match="above the limit") as caught:
        inspect_picture(picture, max_pixels=96 * 64 - 1)
    assert caught.value.field == "picture"
    assert caught.value.value == str(picture)
    assert caught.value.hint


def test_a_gif_with_a_giant_screen_is_refused(tmp_path: Path) -> None:
    data = bytearray(saved(tmp_path / "g.gif", scene(), "GIF").read_bytes())
    data[6:10] = b"\xff\xff\xff\xff"
    (tmp_path / "g.gif").write_bytes(data)
    with pytest.raises(PictureError, match=r"too large|above the limit"):
        inspect_picture(tmp_path / "g.gif")


def test_many_frames_are_not_counted_one_by_one(tmp_path: Path) -> None:
    first = saved(tmp_path / "g.gif", Image.new("P", (8, 8)), "GIF").read_bytes()
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 8, 8, 0) + b"\x02\x01\x05\0"
    (tmp_path / "g.gif").write_bytes(first[:-1] + frame * 200_000 + b"\x3b")
    assert inspect_picture(tmp_path / "g.gif").frames == 2


def test_giant_text_is_refused(tmp_path: Path) -> None:
    image = io.BytesIO()
    scene(8, 8).save(image, "PNG")
    body = image.getvalue()
    packed = b"note\0\0" + zlib.compress(bytes(64 * 1024 * 1024))
    for text in (chunk(b"zTXt", packed), chunk(b"tEXt", b"note\0" + bytes(17 * 1024 * 1024))):
        stuffed = tmp_path / "text.png"
        stuffed.write_bytes(body[:33] + text + body[33:])
        with pytest.raises(PictureError):
            inspect_picture(stuffed)
        with pytest.raises(PictureError):
            normalise_picture(stuffed, tmp_path / "out.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "HEIF"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_picture_is_refused(tmp_path: Path, kind: str, part: float) -> None:
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    noise = np.random.default_rng(7).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    whole = saved(tmp_path / "whole", Image.fromarray(noise), kind).read_bytes()
    (tmp_path / "torn").write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(PictureError) as caught:
        normalise_picture(tmp_path / "torn", tmp_path / "out.png")
    assert caught.value.hint
    with pytest.raises(PictureError):
        load_rgb(tmp_path / "torn")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["torn", "whole"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='x'/>", "SVG drawing"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "web page"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42", "a video"),
        (b"GIF87", "something else"),
        (b"\x00" * 100, "something else"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(PictureError, match=words) as caught:
        inspect_picture(tmp_path / "photo.jpg")
    assert "JPEG, PNG, WebP" in (caught.value.hint or "")


def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is not there"):
        inspect_picture(tmp_path / "none.jpg")
    with pytest.raises(PictureError, match="is a folder"):
        inspect_picture(tmp_path)


def test_random_damage_gives_a_picture_or_a_clear_refusal(tmp_path: Path) -> None:
    random = np.random.default_rng(20261121)
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP"):
        whole = saved(tmp_path / "whole", scene(), kind).read_bytes()
        for _ in range(40):
            damaged = np.frombuffer(whole, dtype=np.uint8).copy()
            places = random.integers(0, len(damaged), int(random.integers(1, 12)))
            damaged[places] = random.integers(0, 256, len(places))
            (tmp_path / "damaged").write_bytes(damaged.tobytes())
            try:
                found = load_rgb(tmp_path / "damaged", max_pixels=4_000_000)
            except PictureError as refusal:
                assert refusal.hint
            else:
                assert found.ndim == 3


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    picture = saved(tmp_path / "a.bmp", scene(), "BMP")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentProblem):
        normalise_picture(picture, tmp_path / "file" / "out.png")

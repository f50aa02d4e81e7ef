from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import features

from shotwright.domain.units import Size
from shotwright.media.animatic import text
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.text import fonts
from shotwright.media.animatic.text.coverage import coverage
from shotwright.media.animatic.text.fonts import bundled, typeface
from shotwright.media.animatic.text.layout import fit, is_rtl
from shotwright.media.animatic.text.overlay import WordsOverlay, fades
from tests.media.animatic.drawing import FPS, luma

SIZE = Size(640, 360)
LONG = "She waits at the rail while the last ferry turns back toward the harbour, its lights going out one by one."
ENDLESS = (
    f"{LONG} Nobody speaks. " + "The rain has been falling for three days and nobody can say when it will end. " * 4
)
ARABIC = "تمشي القافلة ببطء نحو الأفق بينما تغيب الشمس خلف الكثبان الرملية."
HEBREW = "היא מדליקה את המנורה ומחכה לצלצול הטלפון."


def grey(size: Size = SIZE, level: int = 120) -> NDArray[np.uint8]:
    planes = np.full((size.height * 3 // 2, size.width), 128, np.uint8)
    planes[: size.height] = level
    return planes


def card(
    prompt: str, *, slug: str | None = "1 Ext. ferry", size: Size = SIZE, level: int = 120, lift: int = 0
) -> WordsOverlay:
    return text.card(prompt, slug=slug, size=size, frames=96, fps=FPS, sample=grey(size, level), lift=lift)


def drawn(overlay: WordsOverlay, size: Size = SIZE, level: int = 120, index: int = 48) -> NDArray[np.uint8]:
    planes = grey(size, level)
    overlay.apply(index, planes)
    return planes


def letters_of(planes: NDArray[np.uint8], size: Size = SIZE) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of what is nearly white."""
    rows, cols = np.nonzero(luma(planes) > 190)
    return int(cols.min()), int(cols.max()), int(rows.min()), int(rows.max())


def test_pillow_shapes_complex_scripts() -> None:
    assert features.check("raqm")


@pytest.mark.parametrize("size", [Size(640, 360), Size(360, 640), Size(480, 480), Size(1280, 548)])
@pytest.mark.parametrize("prompt", ["Two climbers.", LONG, ENDLESS, ARABIC])
def test_the_card_stays_inside_the_safe_area(size: Size, prompt: str) -> None:
    left, right, top, bottom = letters_of(drawn(card(prompt, size=size), size), size)
    assert left >= 0.06 * size.width - 3
    assert right <= 0.94 * size.width + 3
    assert top >= 0.5 * size.height
    assert bottom <= 0.925 * size.height + 3


def test_the_card_stands_lower_left_and_leaves_the_rest_alone() -> None:
    planes = drawn(card(LONG))
    _, right, _, _ = letters_of(planes)
    assert right < 0.06 * 640 + 0.57 * 640
    assert (luma(planes)[:96] == 120).all()
    assert (split(planes)[1][:48] == 128).all()


def test_right_to_left_is_mirrored() -> None:
    for words in (ARABIC, HEBREW):
        left, right, _, _ = letters_of(drawn(card(words, slug=None)))
        assert right > 0.92 * 640
        assert left > 0.30 * 640


def test_direction_comes_from_the_first_letter_that_has_one() -> None:
    assert is_rtl("3. " + HEBREW)
    assert not is_rtl("He said " + HEBREW)


def test_a_long_text_is_shortened_by_whole_sentences_and_then_by_an_ellipsis() -> None:
    words, face = typeface(ENDLESS, "serif")
    block = fit(words, face, 46, 1000, 3)
    assert block.cut
    assert len(block.lines) <= 3
    assert block.lines[-1].endswith(".")
    assert not block.lines[-1].endswith("…")
    endless = "and then " * 200
    single = fit(endless, face, 46, 1000, 3)
    assert single.lines[-1].endswith("…")
    assert max(face.width(line, single.pixels) for line in single.lines) <= 1010


def test_lines_are_balanced() -> None:
    words, face = typeface(LONG, "serif")
    block = fit(words, face, 46, 1075, 3)
    widths = [face.width(line, block.pixels) for line in block.lines]
    assert " ".join(block.lines) == LONG
    assert min(widths) > 0.7 * max(widths)


def test_a_word_wider_than_the_line_is_broken() -> None:
    words, face = typeface("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2, "serif")
    block = fit(words, face, 46, 500, 4)
    assert "".join(block.lines).startswith("Donaudampf")
    assert max(face.width(line, block.pixels) for line in block.lines) <= 515


def test_east_asian_lines_do_not_begin_with_a_closing_mark() -> None:
    face = typeface("x", "sans")[1]
    block = fit(
        "霧の中を少女がゆっくりと歩いていく。遠くで鳥の声が一度だけ聞こえ、すぐに静けさが戻る。", face, 40, 420, 8
    )
    assert len(block.lines) > 2
    assert not any(line[0] in "。、」" for line in block.lines)


def test_what_no_font_can_draw_is_named_and_left_out(tmp_path: Path) -> None:
    kept, face = typeface("A 雪 falls 🙂", "serif", folders=[tmp_path])
    assert kept == "A falls"
    assert face.missing == "雪🙂"


def test_a_card_of_nothing_but_missing_characters_draws_nothing(tmp_path: Path) -> None:
    overlay = card("\U0001f642\U0001f642", slug=None)
    if overlay.missing:
        assert np.array_equal(drawn(overlay), grey())


def test_fonts_of_the_system_are_found_by_what_they_draw(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    source = bundled("sans")[0].path
    shutil.copy(source, tmp_path / "deep" / f"copy{source.suffix}")
    (tmp_path / "broken.ttf").write_bytes(b"no font at all")
    chosen = fonts._from_system(frozenset("Ж"), (tmp_path,))
    assert [face.path.parent.name for face in chosen] == ["deep"]


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("Inter-SemiBold.ttf", "AéŁЖΩ", "雪ا"),
        ("SourceSerif4-Regular.ttf", "AéŁЖΩ—", "雪ا"),
        ("NotoSansArabic-Medium.ttf", "اب", "雪"),
        ("NotoSansHebrew-Medium.ttf", "אב", "雪"),
        ("NotoSansDevanagari-Medium.ttf", "नद", "雪"),
    ],
)
def test_the_bundled_fonts_draw_what_they_are_for(name: str, has: str, lacks: str) -> None:
    path = Path(fonts.__file__).parent / "fonts" / name
    assert all(char in coverage(path) for char in has)
    assert not any(char in coverage(path) for char in lacks)


def test_the_bundled_fonts_are_small_and_licensed() -> None:
    folder = Path(fonts.__file__).parent / "fonts"
    files = list(folder.iterdir())
    assert sum(path.stat().st_size for path in files) < 2_500_000
    licences = [path.read_text(encoding="utf-8") for path in files if path.suffix == ".txt"]
    assert len(licences) == len([path for path in files if path.suffix == ".ttf"])
    assert all("SIL Open Font License" in licence for licence in licences)


def test_runs_of_two_scripts_take_two_fonts() -> None:
    _, face = typeface(f"Hello {HEBREW}", "serif")
    assert [run.face.path.stem for run in face.runs("Hello שלום")] == ["SourceSerif4-Regular", "NotoSansHebrew-Medium"]


def test_the_scrim_is_as_strong_as_the_picture_needs() -> None:
    def shade(level: int) -> float:
        planes = drawn(card("Quiet words.", level=level), level=level)
        return (float(luma(planes)[350, 60]) - 16) / (level - 16)

    assert shade(220) < 0.5
    assert shade(220) < shade(60) < 0.9


def test_the_words_reach_a_contrast_of_seven_to_one_on_white() -> None:
    planes = drawn(card(LONG, slug=None, level=235), level=235)
    box = card(LONG, slug=None, level=235).words
    ground = np.percentile(luma(planes)[box.top : box.bottom, box.left : box.right], 40)
    share = (float(ground) - 16) / 219
    light = ((share + 0.055) / 1.055) ** 2.4
    assert 1.05 / (light + 0.05) > 5.5


def test_words_fade_in_and_out_and_never_blink() -> None:
    strengths = fades(96, FPS)
    assert strengths[0] == 0
    assert strengths[7] < 0.2
    assert strengths[20:80].min() == 1
    assert strengths[-1] < 0.1
    assert (np.abs(np.diff(strengths)) < 0.25).all()
    assert fades(12, FPS).max() > 0.9


def test_half_a_fade_lies_between_nothing_and_all() -> None:
    overlay = card(LONG)
    half = next(index for index, share in enumerate(overlay.fades) if 0.3 < share < 0.7)
    plain, part, full = (luma(drawn(overlay, index=index)).astype(int) for index in (0, half, 48))
    assert np.array_equal(plain, luma(grey()))
    assert 0.2 < np.abs(part - plain).mean() / np.abs(full - plain).mean() < 0.8


def test_a_caption_is_centred_and_low() -> None:
    overlay = text.caption("We said we would come back when the grass was high.", size=SIZE, frames=96, fps=FPS)
    left, right, top, bottom = letters_of(drawn(overlay))
    assert abs((left + right) / 2 - 320) < 4
    assert top > 0.8 * 360
    assert bottom <= 0.925 * 360 + 2


def test_a_card_makes_room_for_a_caption() -> None:
    overlay = text.caption("We said we would come back.", size=SIZE, frames=96, fps=FPS)
    _, _, _, bottom = letters_of(drawn(card(LONG, lift=overlay.height)))
    assert bottom <= overlay.words.top + 1


def test_empty_words_change_nothing() -> None:
    for overlay in (card("", slug=None), text.caption("  ", size=SIZE, frames=96, fps=FPS)):
        assert np.array_equal(drawn(overlay), grey())


def test_a_busy_ground_is_softened_under_the_words() -> None:
    rng = np.random.default_rng(1)
    busy = grey(level=30)
    busy[:360] = np.where(rng.random((360, 640)) < 0.15, 220, 25)
    overlay = text.card("Two words.", slug=None, size=SIZE, frames=96, fps=FPS, sample=busy)
    assert overlay.softening is not None
    planes = busy.copy()
    overlay.apply(48, planes)
    under = slice(345, 360), slice(50, 150)
    assert luma(planes)[under].std() < 0.35 * luma(busy)[under].std()
    assert np.array_equal(luma(planes)[:100], luma(busy)[:100])

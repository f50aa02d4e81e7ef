"""Pictures as people name them: lists, wildcards, folders, links and data."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from shotwright.errors import PictureError
from shotwright.studio.inputs import expand_pictures, natural_key


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for name in ("img10.jpg", "IMG2.JPG", "img1.jpg", "img1.png", "notes.txt", ".hidden.jpg", "a,b.jpg", "scan[1].jpg"):
        (tmp_path / "album" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "album" / name).write_bytes(b"x")
    (tmp_path / "album" / "deep").mkdir()
    (tmp_path / "album" / "deep" / "far.webp").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "readme.md").write_bytes(b"x")
    return tmp_path


def names(found: list[str]) -> list[str]:
    return [Path(item).name for item in found]


def test_single_files_and_several_keep_their_order(album: Path) -> None:
    found = expand_pictures(["album/img10.jpg", "album/img1.jpg", "album/img10.jpg"], cwd=album)
    assert found == [str(album / "album" / name) for name in ("img10.jpg", "img1.jpg", "img10.jpg")]


def test_a_wildcard_sorts_2_before_10_and_ignores_case(album: Path) -> None:
    assert names(expand_pictures(["album/img*.jpg"], cwd=album)) == ["img1.jpg", "IMG2.JPG", "img10.jpg"]
    assert names(expand_pictures(["album/img[12]*.jp*g"], cwd=album)) == ["img1.jpg", "IMG2.JPG", "img10.jpg"]


def test_a_wildcard_takes_pictures_only(album: Path) -> None:
    found = names(expand_pictures(["album/*"], cwd=album))
    assert found == ["a,b.jpg", "img1.jpg", "img1.png", "IMG2.JPG", "img10.jpg", "scan[1].jpg"]
    assert names(expand_pictures(["album/*.txt"], cwd=album)) == ["notes.txt"]
    assert names(expand_pictures(["**/*.webp"], cwd=album)) == ["far.webp"]
    assert names(expand_pictures([str(album / "a*" / "d*" / "*")], cwd=Path("/"))) == ["far.webp"]


def test_a_folder_gives_its_pictures_in_natural_order(album: Path) -> None:
    found = names(expand_pictures(["album"], cwd=album))
    assert found == ["a,b.jpg", "img1.jpg", "img1.png", "IMG2.JPG", "img10.jpg", "scan[1].jpg"]


def test_comma_lists_and_names_with_commas_or_brackets(album: Path) -> None:
    assert names(expand_pictures(["album/img10.jpg, album/img1.*"], cwd=album)) == ["img10.jpg", "img1.jpg", "img1.png"]
    assert names(expand_pictures(["album/a,b.jpg", "album/scan[1].jpg"], cwd=album)) == ["a,b.jpg", "scan[1].jpg"]
    assert names(expand_pictures(["album/img1.jpg,,"], cwd=album)) == ["img1.jpg"]


def test_links_and_data_pass_through_with_their_commas(album: Path) -> None:
    link = "https://example.org/p,1.jpg?w=3,4"
    data = "data:image/png;base64,iVBORw0KGgo="
    assert expand_pictures([link, data], cwd=album) == [link, data]
    assert expand_pictures([f"{link},{link}"], cwd=album) == [link, link]
    assert expand_pictures([f"{data},{link}"], cwd=album) == [data, link]
    assert names(expand_pictures([f"album/img1.jpg,{data}"], cwd=album))[0] == "img1.jpg"
    assert expand_pictures([f"album/img1.jpg,{data}"], cwd=album)[1] == data


def test_base64_text_is_not_taken_for_a_path(album: Path) -> None:
    text = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(range(200))).decode()
    assert expand_pictures([text], cwd=album) == [text]


@pytest.mark.parametrize(
    ("arg", "message", "hint"),
    [
        ("album/img3.jpg", "no picture 'album/img3.jpg'", "did you mean IMG2.JPG, img1.jpg"),
        ("albun/img1.jpg", "no picture 'albun/img1.jpg'", "there is no folder 'albun'; did you mean album?"),
        ("album/*.heic", "no picture matches 'album/*.heic'", "img1.jpg"),
        ("album/imgs*.jpg", "no picture matches 'album/imgs*.jpg'", "did you mean"),
        ("empty", "no picture in the folder 'empty'", "'empty' is empty"),
        ("empty/*", "no picture matches 'empty/*'", "'empty' is empty"),
        ("texts", "no picture in the folder 'texts'", "'texts' holds readme.md"),
        ("texts/*", r"no picture matches 'texts/*' (1 other files match)", "readme.md"),
        ("", "a picture has an empty name", "name a file"),
        ("a\0b", "no picture", ""),
        ("x" * 5000, "no picture", ""),
    ],
)
def test_what_names_nothing_is_refused_with_a_remedy(album: Path, arg: str, message: str, hint: str) -> None:
    with pytest.raises(PictureError) as caught:
        expand_pictures([arg], cwd=album)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
    assert caught.value.field == "image"
    assert caught.value.value == arg


def test_a_loop_of_links_is_not_entered(album: Path) -> None:
    (album / "album" / "deep" / "loop").symlink_to(album, target_is_directory=True)
    assert names(expand_pictures(["**/far.*"], cwd=album)) == ["far.webp"]


def test_natural_order() -> None:
    given = ["b10", "B2", "a", "b2", "10", "9", "b1x10", "b1x9", "é"]
    assert sorted(given, key=natural_key) == ["9", "10", "a", "b1x9", "b1x10", "B2", "b2", "b10", "é"]

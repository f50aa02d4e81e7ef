"""film.yaml: what it means, what is wrong with it and where, and that writing and reading it are one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import shotwright.story.boardfile as boardfile
from shotwright.domain.storyboard import CastMember, Music, Shot, Source, Storyboard, Transition
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.errors import StoryboardError
from shotwright.story.boardfile import (
    dump_storyboard,
    parse_storyboard,
    read_storyboard,
    schema_text,
    storyboard_from,
    storyboard_schema,
)

ROOT = Path(__file__).parents[2]
WHALE = """\
title: The whale
size: 1920x1080
fps: 30
model: runway/gen4.5              # for all shots that don't say otherwise
style: 35 mm film, overcast
cast:
  keeper: {look: old man in a yellow oilskin, pictures: [refs/keeper.png]}
transition: crossfade 0.5
music: {file: theme.mp3, gain: -18 dB, fade: 2}
budget: 4.00 USD
shots:
  - prompt: "@keeper walks to the shore, slow push in"
    image: photos/shore.jpg
    seconds: 5
  - prompt: A whale breathes in the bay
    continue: true
    model: [kling/kling-v2-5-turbo, google/gemini-omni-1.2-flash]
  - prompt: Close on the keeper's face
    image: photos/face.jpg
    speech: voice.wav
    caption: Nobody believed me.
    transition: cut
"""


def refusal(text: str) -> StoryboardError:
    with pytest.raises(StoryboardError) as caught:
        parse_storyboard(text, file="film.yaml")
    assert caught.value.file == "film.yaml"
    assert caught.value.hint
    return caught.value


def one_shot(text: str) -> Shot:
    return parse_storyboard(f"shots:\n  - prompt: x\n    {text}\n").shots[0]


def test_the_whole_film(tmp_path: Path) -> None:
    (tmp_path / "film.yaml").write_text(WHALE)
    board = read_storyboard(tmp_path / "film.yaml")
    assert board == Storyboard(
        title="The whale",
        size=Size(1920, 1080),
        fps=FrameRate(Fraction(30)),
        model=("runway/gen4.5",),
        style="35 mm film, overcast",
        cast={"keeper": CastMember("old man in a yellow oilskin", (str(tmp_path / "refs/keeper.png"),))},
        transition=Transition("crossfade", Fraction(1, 2)),
        music=Music(str(tmp_path / "theme.mp3"), -18.0, Fraction(2)),
        budget=Money.usd("4"),
        shots=(
            Shot(
                "@keeper walks to the shore, slow push in",
                image=str(tmp_path / "photos/shore.jpg"),
                seconds=Fraction(5),
            ),
            Shot(
                "A whale breathes in the bay",
                continues=True,
                model=("kling/kling-v2-5-turbo", "google/gemini-omni-1.2-flash"),
            ),
            Shot(
                "Close on the keeper's face",
                image=str(tmp_path / "photos/face.jpg"),
                speech=str(tmp_path / "voice.wav"),
                caption="Nobody believed me.",
                transition=Transition(),
            ),
        ),
    )


def test_json_is_the_same_film() -> None:
    text = json.dumps(yaml.safe_load(WHALE), indent="\t")
    assert parse_storyboard(text) == parse_storyboard(WHALE)
    assert storyboard_from(yaml.safe_load(WHALE)) == parse_storyboard(WHALE)
    emoji = parse_storyboard('{"shots": ["\\ud83d\\udc0b \\u00e9 \\\\ud83d"]}')
    assert emoji.shots[0].prompt == "\U0001f40b é \\ud83d"


def test_the_example_of_the_reference_is_read_and_fits_the_schema() -> None:
    example = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "film-yaml.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example
    board = parse_storyboard(example[1])
    assert board.shots[0].prompt == "A lighthouse at dawn, slow push in"
    assert board.shots[2].options == {"cfg_scale": 0.5}
    assert parse_storyboard(dump_storyboard(board)) == board
    jsonschema.Draft202012Validator(storyboard_schema()).validate(yaml.safe_load(example[1]))


def test_the_reference_names_every_key() -> None:
    text = (ROOT / "docs" / "film-yaml.md").read_text(encoding="utf-8")
    schema = storyboard_schema()
    keys = {*schema["properties"], *schema["$defs"]["ShotFile"]["properties"]} - {"$schema"}
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_core_scalars_only() -> None:
    board = parse_storyboard(
        "title: on\nresolution: 720p\naspect: 9:16\nstyle: 2001\nseed: 0x10\n"
        "shots:\n  - no\n  - 1.50\n  - caption: 12:30\n    prompt: x"
    )
    assert (board.title, board.style, board.seed, board.size) == ("on", "2001", 16, Size(720, 1280))
    assert [shot.prompt for shot in board.shots] == ["no", "1.50", "x"]
    assert board.shots[2].caption == "12:30"


def test_numbers_stay_exact() -> None:
    board = parse_storyboard("fps: 29.97\nbudget: 0.1\nseconds: 0.1\nshots: [a]")
    assert board.fps.value == Fraction(30000, 1001)
    assert board.budget == Money.usd("0.1")
    assert board.seconds == Fraction(1, 10)


def test_a_blank_key_is_as_good_as_absent() -> None:
    assert parse_storyboard("style:\nmusic: ~\nshots:\n  - prompt: x\n    image:") == parse_storyboard("shots: [x]")


def test_sources_that_are_not_paths_stay_as_they_are() -> None:
    link = "https://example.org/a,b.jpg"
    data = "data:image/png;base64,iVBORw0KGgo="
    board = parse_storyboard(f"references: [{data!r}, b.jpg]\nshots:\n  - image: {link}", base=Path("/films"))
    assert board.shots[0].image == link
    assert board.references == (data, "/films/b.jpg")
    assert parse_storyboard("shots: [{image: ~/a.jpg}]").shots[0].image == str(Path.home() / "a.jpg")


def test_anchors_and_short_forms() -> None:
    board = parse_storyboard("music: a.mp3\ncast: {fox: a red fox}\nshots:\n  - &one {prompt: '@fox runs'}\n  - *one")
    assert board.shots[0] == board.shots[1] == Shot("@fox runs")
    assert board.music == Music("a.mp3")
    assert board.cast == {"fox": CastMember("a red fox")}


@pytest.mark.parametrize(
    ("text", "line", "field", "message", "hint"),
    [
        ("title: a\nszie: 3\nshots: [a]", 2, "szie", "the key 'szie' is not known here", "did you mean 'size'?"),
        ("shots:\n  - prompt: a\n    lenght: 3", 3, "shots[0].lenght", "not known", "did you mean"),
        ("shots:\n  - prompt: a\n    duration: 3", 3, "shots[0].duration", "not known", "did you mean 'seconds'?"),
        ("shots:\n  - prompt: a\n    style: b", 3, "shots[0].style", "not known", "at the top of the file"),
        ("prompt: a\nshots: [a]", 1, "prompt", "not known", "put it under shots"),
        ("shots:\n  - A sign: closed", 2, "shots[0].A sign", "not known", "put it in quotes"),
        ("music: {file: a, volume: 3}\nshots: [a]", 1, "music.volume", "not known", "did you mean 'gain'?"),
        ("<<: {}\nshots: [a]", 1, "<<", "not known", "no merging is needed"),
        ("zzz: 1\nshots: [a]", 1, "zzz", "not known", "known here: title, size"),
        ("title: a\ntitle: b\nshots: [a]", 2, "title", "stands here twice, first on line 1", "keep one"),
        ('{"shots": ["a"],\n "shots": ["b"]}', 2, "shots", "stands here twice, first on line 1", "keep one"),
        ("shots:\n  - prompt: a\n    seconds: five", 3, "shots[0].seconds", "'five' is not a length", "write 5"),
        ("shots:\n  - prompt: a\n    seconds: 0", 3, "shots[0].seconds", "0 seconds", "leave it out"),
        ("shots:\n  - prompt: [a, b]", 2, "shots[0].prompt", "a list stands where a text belongs", "write words"),
        (
            "shots:\n  - prompt: a\n    continue: yes",
            3,
            "shots[0].continue",
            "'yes' is not true or false",
            "write true",
        ),
        ("sound: off\nshots: [a]", 1, "sound", "'off' is not true or false", "write false"),
        ("size: 1921x1080\nshots: [a]", 1, "size", "is not a size in pixels", "even numbers"),
        ("resolution: 8k\nshots: [a]", 1, "resolution", "'8k' is not known", "720p"),
        ("aspect: 9:1\nshots: [a]", 1, "aspect", "is not an aspect ratio", "16:9"),
        ("size: 720p\naspect: 1:1\nshots: [a]", 2, "aspect", "size already says this", "keep size"),
        ("resolution: 4k\naspect: 4:1\nshots: [a]", 2, "aspect", "is not a size in pixels", "64 to 8192"),
        ("fps: 0\nshots: [a]", 1, "fps", "is not a frame rate", "write 24"),
        ("budget: 4 EUR\nshots: [a]", 1, "budget", "not an amount in US dollars", "4.00 USD"),
        ("seed: -1\nshots: [a]", 1, "seed", "-1 is not a whole number from 0", "write 1"),
        ("seed: 1.5\nshots: [a]", 1, "seed", "1.5 is not a whole number", "write 1"),
        ("shots: [{prompt: a, take: 0}]", 1, "shots[0].take", "0 is not a whole number from 1", "write 1"),
        ("fit: crops\nshots: [a]", 1, "fit", "'crops' is not a way to fit", "auto, crop, pad, fit"),
        ("transition: wipe\nshots: [a]", 1, "transition", "'wipe' is not a transition", "crossfade 0.5"),
        ("music: {file: a, gain: loud}\nshots: [a]", 1, "music.gain", "'loud' is not a gain", "-18 dB"),
        ("music: {gain: 0}\nshots: [a]", 1, "music.file", "is missing", "add `file:`"),
        ("model: [a, '']\nshots: [a]", 1, "model", "is empty", "fill it in"),
        ("shots: [{prompt: a, options: b}]", 1, "shots[0].options", "a group of keys belongs", "name: value"),
        ("cast: {keeper: {}}\nshots: [a]", 1, "cast.keeper", "says nothing of how it looks", "look or pictures"),
        ("cast: {the man: tall}\nshots: [a]", 1, "cast.the man", "can't be written @name", "use letters"),
        (
            "cast: {keeper: old}\nshots:\n  - '@keper waits'",
            3,
            "shots[0].prompt",
            "@keper is not in the cast",
            "@keeper?",
        ),
        ("title: a", 1, "shots", "is missing", "add `shots:`"),
        ("shots: []", 1, "shots", "there is no shot in it", "- prompt:"),
        ("shots: a", 1, "shots", "a list of shots belongs", "after a dash"),
        ("shots:\n  - a\n  -", 3, "shots[1]", "an empty shot", "remove the dash"),
        ("shots:\n  - a\n  - seconds: 3", 3, "shots[1]", "this shot says nothing", "give it a prompt"),
        ("shots:\n  - prompt: ' '", 2, "shots[0]", "this shot says nothing", "give it a prompt"),
        ("shots:\n  - continue: true", 2, "shots[0].continue", "the first shot can't continue", "remove it"),
        ("shots:\n  - a\n  - image: b\n    continue: true", 4, "shots[1].continue", "contradict", "leave one"),
        ("- a", 1, None, "a list stands where a group of keys belongs", "key: value"),
        ("", 1, None, "the file is empty", "begin with `shots:`"),
        ("shots: [a]\n---\nshots: [b]", 2, None, "a second document begins here", "remove the `---`"),
        ("shots:\n  - prompt: a\n\timage: b", 3, None, "a tab indents this line", "indent with spaces"),
        ("shots:\n\t- a", 2, None, "a tab indents this line", "indent with spaces"),
        ("shots:\n  - prompt: @keeper", 2, None, "this is not YAML", "put the text in quotes"),
        ("shots:\n  - prompt: a: b", 2, None, "this is not YAML", "put the text in quotes"),
        ("title: 'a\nshots: [a]", 1, None, "a quote opens here and never closes", "close it"),
        ("shots:\n    - a\n  - b", 3, None, "this is not YAML", "indentation"),
        ("title: !!python/name:os.system x\nshots: [a]", 1, None, "is not known here", "remove the word"),
        ("x: &a [*a]\nshots: [a]", 1, None, "*a is not defined above", "put &a before it"),
        ("title: a\0b\nshots: [a]", None, None, "this is not YAML", "UTF-8"),
        ("seed: 1e999\nshots: [a]", 1, None, "out of range", "smaller"),
        ("? [a]\n: b", 1, None, "a key must be a word", "key: value"),
    ],
)
def test_a_fault_is_told_with_line_field_and_remedy(
    text: str, line: int | None, field: str | None, message: str, hint: str
) -> None:
    found = refusal(text)
    assert (found.line, found.field) == (line, field)
    assert message in found.message
    assert hint in (found.hint or "")
    assert str(found).startswith(f"film.yaml:{line}: " if line else "film.yaml: ")


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    found = refusal("shots:\n  - prompt: a\n    seconds: x\n  - promt: b\nfps: fast\nsize: big\n")
    assert (found.line, found.value) == (3, "x")
    told = (found.hint or "").splitlines()
    assert [line.strip().split(":")[0] for line in told[2:]] == ["line 4", "line 5", "line 6"]
    assert "did you mean 'prompt'?" in told[2]


def test_values_without_a_file_have_no_line() -> None:
    with pytest.raises(StoryboardError) as caught:
        storyboard_from({"shots": [{"prompt": "a", "seconds": "x"}, {"prompt": True}]})
    assert (caught.value.file, caught.value.line, caught.value.field) == (None, None, "shots[0].seconds")
    assert "shots[1].prompt: True stands where a text belongs" in (caught.value.hint or "")


def test_bombs_are_refused() -> None:
    levels = "".join(
        f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "too many values" in refusal(f"a: &a [x, x, x, x, x, x, x, x, x]\n{levels}").message
    assert "nested too deeply" in refusal("a: " + "[" * 100_000).message
    assert "nested too deeply" in refusal('{"a": ' * 100_000).message
    assert "nested too deeply" in refusal("[" * 40 + "1" + "]" * 40).message
    assert "too many" in refusal("x" * 9_000_000).message
    deep = "".join(f"{name}: &{name} [[[[*{before}]]]]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    assert "nested too deeply" in refusal(f"a: &a [x]\n{deep}").message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9\nshots: [a]")
    for name, words in (("none.yaml", "is not there"), (".", "is a folder"), ("latin.yaml", "is not UTF-8")):
        with pytest.raises(StoryboardError, match=words) as caught:
            read_storyboard(tmp_path / name)
        assert caught.value.hint
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfshots: [a]")
    assert read_storyboard(tmp_path / "bom.yaml").shots[0].prompt == "a"


def test_the_published_schema_is_up_to_date() -> None:
    """Renew it with: python -c "from shotwright.story.boardfile import schema_text as s; print(s(), end='')"."""
    published = (Path(boardfile.__file__).parent / "film.schema.json").read_text(encoding="utf-8")
    assert published == schema_text()
    jsonschema.Draft202012Validator.check_schema(storyboard_schema())


def test_the_schema_accepts_and_refuses_as_the_reader_does() -> None:
    check = jsonschema.Draft202012Validator(storyboard_schema())
    assert check.is_valid(yaml.safe_load(WHALE))
    assert check.is_valid({"shots": ["a", {"prompt": "b", "model": "x/y"}], "music": "a.mp3"})
    refused: list[dict[str, object]] = [
        {},
        {"shots": []},
        {"shots": [{"promt": "a"}]},
        {"shots": ["a"], "fit": "x"},
        {"shots": [3]},
    ]
    for wrong in refused:
        assert not check.is_valid(wrong), wrong


def test_a_dump_reads_well() -> None:
    board = parse_storyboard(WHALE, base=Path("/films"))
    text = dump_storyboard(board, base=Path("/films"))
    assert text.startswith("# yaml-language-server: $schema=https://")
    assert "\nsize: 1920x1080\nfps: 30\n" in text
    assert "    image: photos/shore.jpg\n    seconds: 5\n" in text
    assert parse_storyboard(text, base=Path("/films")) == board
    two = dump_storyboard(Storyboard(shots=(Shot("one\ntwo"),)))
    assert "prompt: |-\n      one\n      two\n" in two


def test_bytes_and_paths_are_dumped_as_text() -> None:
    board = Storyboard(shots=(Shot(image=b"\xff\xd8"), Shot(image=Path("a.jpg"))))
    found = parse_storyboard(dump_storyboard(board))
    assert [shot.image for shot in found.shots] == ["data:application/octet-stream;base64,/9g=", "a.jpg"]


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
tricky = st.sampled_from(
    [
        "no",
        "on",
        "16:9",
        "0o7",
        "0x1f",
        "1_000",
        "~",
        "null",
        "1e3",
        "=",
        "<<",
        "2001-01-01",
        "@a",
        "- x",
        ": ",
        "#",
        " x ",
        "|",
        "a\n b\n",
        "\t",
        "\x85",
        "\u2028",
        "'\"",
        "true",
        "-0",
        "+1",
        "0b1",
        "1:30",
        ".5",
    ]
)
text_values = st.one_of(words, tricky)
lengths = st.fractions(min_value=Fraction(1, 10), max_value=100, max_denominator=1001)
transitions = st.one_of(st.just(Transition()), lengths.map(lambda length: Transition("crossfade", length)))
sources: st.SearchStrategy[Source] = st.sampled_from(
    ["a.jpg", "/b c/d.png", "https://x.org/a?b=c#d", "data:,x", "no", "1"]
)
plain_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    text_values,
)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
shots = st.builds(
    Shot,
    prompt=text_values.filter(str.strip),
    image=st.none() | sources,
    last=st.none() | sources,
    references=st.lists(sources, max_size=3),
    audio=st.none() | sources,
    seconds=st.none() | lengths,
    model=st.lists(st.sampled_from(["a/b", "c/d.1", "no", "12"]), max_size=2),
    negative=st.none() | text_values,
    seed=st.none() | st.integers(0, 2**63 - 1),
    fit=st.none() | st.sampled_from(["auto", "crop", "pad", "fit"]),
    caption=st.none() | text_values,
    transition=st.none() | transitions,
    take=st.integers(1, 99),
    options=st.dictionaries(text_values, st.one_of(plain_values, st.lists(plain_values, max_size=2)), max_size=3),
)
boards = st.builds(
    Storyboard,
    shots=st.lists(shots, min_size=1, max_size=3),
    title=text_values,
    size=st.sampled_from([Size(1920, 1080), Size(64, 8192)]),
    fps=st.sampled_from([FrameRate(Fraction(30)), FrameRate(Fraction(24000, 1001)), FrameRate(Fraction(25, 2))]),
    seconds=lengths,
    style=text_values,
    seed=st.none() | st.integers(0, 99),
    cast=st.dictionaries(
        names,
        st.builds(CastMember, look=text_values.filter(bool), pictures=st.lists(sources, max_size=2).map(tuple)),
        max_size=2,
    ),
    references=st.lists(sources, max_size=2),
    transition=transitions,
    music=st.none()
    | st.builds(Music, file=sources, gain=st.floats(-60, 12).map(lambda gain: round(gain, 3)), fade=lengths),
    sound=st.booleans(),
    budget=st.none() | st.integers(0, 10**12).map(Money),
)


@settings(max_examples=150, deadline=None)
@given(boards)
def test_writing_and_reading_are_one(board: Storyboard) -> None:
    text = dump_storyboard(board)
    assert parse_storyboard(text) == board
    jsonschema.Draft202012Validator(storyboard_schema()).validate(yaml.safe_load(text))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("shotsprompt: []{}-\n\t'\"&*!|>#@%\\ab0,é\0"), max_size=80))
def test_any_text_is_a_board_or_a_clear_refusal(text: str) -> None:
    try:
        board = parse_storyboard(text, file="film.yaml")
    except StoryboardError as found:
        assert found.hint
    else:
        assert board.shots


def test_importing_the_room_loads_no_heavy_library() -> None:
    code = (
        "import sys, shotwright.story, shotwright.story.boardfile\n"
        "print([name for name in ('pydantic', 'av', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"

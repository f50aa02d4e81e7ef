"""The command line before it is parsed: older spellings, and pictures with their own prompts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

OLDER = {
    "list-models": ("models",),
    "--list-models": ("models",),
    "list-jobs": ("jobs", "list"),
    "--list-jobs": ("jobs", "list"),
    "get-job": ("jobs", "show"),
    "--google-login": ("login", "google"),
}
"""Earlier spellings of commands and what they mean today."""

ALONE = {"jobs": "list", "assets": "list"}
"""What a command with subcommands does when none is named."""

END_OF_FLAGS = "--"
STDIN = "-"
STDIN_FLAG = "--stdin"
READS_STDIN = {"generate", "storyboard"}
"""Commands whose words may come from stdin; the parser takes a lone dash for a flag without a name."""
HELP_FLAGS = {"--help", "-h"}
PICTURE_FLAGS = ("-i", "--image", "--images", "--picture")
_PICTURE = re.compile(r"(?i)(^(https?|file)://)|(^data:)|(\.(jpe?g|png|webp|avif|hei[cf]|gif|bmp|tiff?)$)")


def normalised(argv: Sequence[str]) -> list[str]:
    """The same command in today's spelling, each picture followed by the words that stand beside it."""
    tokens = list(argv)
    if tokens and tokens[0] in OLDER:
        tokens[:1] = OLDER[tokens[0]]
    if tokens and tokens[0] in ALONE and (len(tokens) == 1 or _is_flag(tokens[1])) and not set(tokens) & HELP_FLAGS:
        tokens.insert(1, ALONE[tokens[0]])
    if tokens and tokens[0] in READS_STDIN:
        tokens = [STDIN_FLAG if token == STDIN else token for token in tokens]
    return _with_paired_pictures(tokens) if tokens[:1] == ["generate"] else tokens


def looks_like_a_picture(token: str) -> bool:
    """A link, a data URI, a name with a picture's ending, a comma list of those, or a file or folder that exists."""
    if token.startswith("data:"):
        return True
    parts = [part.strip() for part in token.split(",")]
    return all(part and (_PICTURE.search(part) is not None or _exists(part)) for part in parts)


def _exists(name: str) -> bool:
    try:
        return Path(name).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _with_paired_pictures(tokens: Sequence[str]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token == END_OF_FLAGS:
            return out + list(tokens[at:])
        flag, equals, value = token.partition("=")
        at += 1
        if flag not in PICTURE_FLAGS:
            out.append(token)
            continue
        run = [value] if equals else []
        while at < len(tokens) and not _is_flag(tokens[at]):
            run.append(tokens[at])
            at += 1
        out += _pairs(run) if run else [token]
    return out


def _is_flag(token: str) -> bool:
    return token.startswith("-")


def _pairs(run: Sequence[str]) -> list[str]:
    """`run` is a picture and what follows it up to the next flag: more pictures, or words for the one before."""
    pairs: list[tuple[str, list[str]]] = []
    for token in run:
        if not pairs or looks_like_a_picture(token):
            pairs.append((token, []))
        else:
            pairs[-1][1].append(token)
    return [part for picture, words in pairs for part in (f"--image={picture}", f"--image-words={' '.join(words)}")]

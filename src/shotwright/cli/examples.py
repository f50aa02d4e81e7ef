"""Two real command lines for each command. They end its help, and tests parse them."""

from __future__ import annotations

from shotwright.cli.faultwords import FAULTS

EXAMPLES: dict[str, tuple[str, str]] = {
    "generate": (
        """shotwright generate "slow push in" -i 'photos/*.jpg' -o my-film.mp4""",
        """shotwright generate -i a.jpg "pan left" -i b.jpg "push in" --max-cost 2""",
    ),
    "storyboard": (
        """shotwright storyboard "A harbour at dawn. Then rain." -o film.yaml""",
        """shotwright storyboard script.txt --max-shots 6 --seconds 30 -o film.yaml""",
    ),
    "plan": (
        "shotwright plan film.yaml",
        "shotwright plan film.yaml --only 3,5 --take new --json",
    ),
    "render": (
        "shotwright render film.yaml --draft -o preview.mp4",
        "shotwright render film.yaml --max-cost 4 -o film.mp4",
    ),
    "compare": (
        "shotwright compare 'slow push in' -i shore.jpg --models runway/gen4.5,google",
        "shotwright compare 'rain' --models animatic,runway --max-cost 2 -o grid.mp4",
    ),
    "stitch": (
        "shotwright stitch one.mp4 two.mp4 three.mp4 -o all.mp4",
        "shotwright stitch one.mp4 two.mp4 --transition crossfade:1 -o all.mp4",
    ),
    "frames": (
        "shotwright frames film.mp4 --last -o last.png",
        "shotwright frames film.mp4 --every 2 -o still.png",
    ),
    "probe": (
        "shotwright probe film.mp4",
        "shotwright probe one.mp4 two.mp4 --json",
    ),
    "contact-sheet": (
        "shotwright contact-sheet film.mp4",
        "shotwright contact-sheet film.mp4 -o stills.png",
    ),
    "models": (
        "shotwright models --provider runway",
        "shotwright models --alive --json",
    ),
    "jobs": (
        "shotwright jobs list --state running",
        "shotwright jobs resume j-7f3a",
    ),
    "jobs list": (
        "shotwright jobs list --state failed",
        "shotwright jobs list --limit 5 --json",
    ),
    "jobs show": (
        "shotwright jobs show j-7f3a",
        "shotwright jobs show j-7f3a --json",
    ),
    "jobs follow": (
        "shotwright jobs follow j-7f3a",
        "shotwright jobs follow j-7f3a --json",
    ),
    "jobs resume": (
        "shotwright jobs resume j-7f3a",
        "shotwright jobs resume j-7f3a --plain",
    ),
    "jobs retry": (
        "shotwright jobs retry j-7f3a 3",
        "shotwright jobs retry j-7f3a 3 --json",
    ),
    "jobs resolve": (
        "shotwright jobs resolve",
        "shotwright jobs resolve 3f9a1c --adopt video_68d1",
    ),
    "jobs cancel": (
        "shotwright jobs cancel j-7f3a",
        "shotwright jobs cancel j-7f3a --json",
    ),
    "jobs remove": (
        "shotwright jobs remove j-7f3a",
        "shotwright jobs remove j-7f3a --json",
    ),
    "assets list": (
        "shotwright assets list --kind clip",
        "shotwright assets list --limit 10 --json",
    ),
    "assets path": (
        "shotwright assets path 3f9a1c",
        "shotwright assets path 3f9a1c --json",
    ),
    "assets": (
        "shotwright assets list --kind film",
        "shotwright assets path 3f9a1c",
    ),
    "costs": (
        "shotwright costs --by day --chart",
        "shotwright costs --since 2026-11-01 --csv",
    ),
    "login": (
        "shotwright login google",
        "shotwright login google --no-browser",
    ),
    "worker": (
        "shotwright worker",
        "shotwright worker --verbose",
    ),
    "emulate": (
        "shotwright emulate openai --port 8700",
        "shotwright emulate runway --faults '429%10,drop-after@submit*1' --seed 7",
    ),
    "doctor": (
        "shotwright doctor",
        "shotwright doctor --json",
    ),
    "demo": (
        "shotwright demo",
        "shotwright demo -o my-demo",
    ),
}


BEFORE = {"emulate": FAULTS}
"""What stands above the examples."""


def epilogue(command: str) -> str:
    """The end of a command's help: examples that run as they stand."""
    above = [BEFORE[command], ""] if command in BEFORE else []
    return "\n".join([*above, "Examples:", *(f"  {line}" for line in EXAMPLES[command])])

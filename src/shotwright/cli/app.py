"""The commands by name. Each is imported only when it is called, so that asking for help costs nothing else."""

from __future__ import annotations

from cyclopts import App, Group

from shotwright import __version__
from shotwright.cli.examples import epilogue
from shotwright.cli.helppage import HelpPage

MAKE = Group("Make a film", sort_key=10)
FILES = Group("Work on files", sort_key=20)
LOOK = Group("Look around", sort_key=30)
SERVE = Group("Run in the background", sort_key=40)
REST = Group("More", sort_key=90)

SUMMARY = "Films from generative video models: pictures and words in, a finished film out, nothing paid twice."
EPILOGUE = """Begin with:  shotwright demo
Then yours:  shotwright generate "slow push in" -i 'photos/*.jpg' -o my-film.mp4
A command's own help, with examples:  shotwright COMMAND --help"""

MODULES = "shotwright.cli.commands."
COMMANDS = (
    ("generate", "generate:generate", MAKE, "Make a film from words and pictures."),
    ("storyboard", "storyboard:storyboard", MAKE, "Turn an idea or a script into film.yaml."),
    ("plan", "film:plan", MAKE, "Say what rendering would make, reuse and pay."),
    ("render", "film:render", MAKE, "Make the film of a film.yaml."),
    ("compare", "compare:compare", MAKE, "Make the same shot on several models, side by side."),
    ("demo", "demo:demo", MAKE, "Make an example film, free."),
    ("stitch", "clips:stitch", FILES, "Put clips in a row as one film."),
    ("frames", "clips:frames", FILES, "Take pictures out of a clip."),
    ("probe", "clips:probe", FILES, "Say what a media file is."),
    ("contact-sheet", "clips:contact_sheet", FILES, "One picture with stills of a whole film."),
    ("models", "models:models", LOOK, "List models: what they take and cost."),
    ("costs", "costs:costs", LOOK, "Say what was spent and what is at risk."),
    ("doctor", "doctor:doctor", LOOK, "Say what works on this machine."),
    ("login", "login:login", LOOK, "Log in to a provider by the browser."),
    ("worker", "worker:worker", SERVE, "Carry out what other processes asked for."),
    ("emulate", "emulate:emulate", SERVE, "Answer like a vendor, for free."),
)
JOBS = (
    ("list", "jobs:list_jobs", "List jobs, newest first (also without the word list)."),
    ("show", "jobs:show_job", "Show one job: its shots, its cost, its film, and what went wrong."),
    ("follow", "jobs:follow", "Print the events of a job until it ends."),
    ("resume", "jobs:resume", "Go on with a job that was stopped or failed."),
    ("retry", "jobs:retry", "Make another take of one shot, and the film with it."),
    ("resolve", "resolve:resolve", "Decide about takes that may or may not have been paid."),
    ("cancel", "jobs:cancel", "Stop a job for good."),
    ("remove", "jobs:remove", "Take a job off the list."),
)
ASSETS = (
    ("list", "assets:list_assets", "List stored media, newest first (also without the word list)."),
    ("path", "assets:path", "Print where a stored file is."),
)
USAGE = {
    "generate": "shotwright generate PROMPT [-i PICTURE [PROMPT]]... [OPTIONS]",
    "storyboard": "shotwright storyboard IDEA|FILE [OPTIONS]",
}
MORE = {
    "generate": "Each picture becomes a shot. The same command again reuses what is made and never pays twice.",
    "storyboard": "Without -o it is printed.",
    "plan": "Makes and spends nothing.",
    "render": "Only what changed since the last time is made; the rest is reused.",
    "demo": "Four shots from words alone, and what they would cost at paid models.",
    "stitch": "Clips that agree are joined without a new encode.",
    "compare": "One that fails is shown as failed; the others go on.",
    "frames": "As PNG. Several are numbered: frame.png becomes frame-001.png and so on.",
    "doctor": "What is missing, and how to get it. Spends nothing.",
    "costs": "Days are UTC. At risk is what is ordered and not settled, or unclear.",
    "login": "For Vertex AI without a key file; needs an OAuth client of your own project.",
    "worker": "Several machines share the work through one PostgreSQL database; each may run one.",
    "emulate": "Real clips, a bill, and faults on demand, on this machine alone, until Ctrl+C.",
    "jobs follow": "One line each, or one JSON object each. Ctrl+C leaves the job as it is.",
    "jobs resume": "What is made already is kept, and costs nothing again.",
    "jobs retry": "The model is asked anew: with a paid one this costs again.",
    "jobs resolve": "Without KEY: what is unclear, and the three choices. Orders nothing without being told.",
    "jobs cancel": "Nothing else is ordered. What was made stays stored.",
    "jobs remove": "Its films and clips stay where they are.",
}
"""Second paragraphs of help pages."""


def build() -> App:
    """The whole command, with nothing of it imported yet."""
    app = App(
        name="shotwright",
        help=SUMMARY,
        version=__version__,
        help_format="plaintext",
        help_formatter=HelpPage(),
        help_epilogue=EPILOGUE,
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    for name, where, group, summary in COMMANDS:
        _add(app, name, where, summary, group=group)
    app.command(_group("jobs", "List, follow, resume and cancel jobs.", JOBS))
    app.command(_group("assets", "List stored pictures, clips and films.", ASSETS))
    app.register_install_completion_command(help="Install tab completion for your shell.", group=REST)
    for flag, words in (("--help", "Show this page."), ("--version", "Show the version.")):
        app[flag].group = (REST,)
        app[flag].help = words
    return app


def _group(name: str, summary: str, commands: tuple[tuple[str, str, str], ...]) -> App:
    group = App(name=name, help=summary, group=LOOK, help_epilogue=epilogue(name))
    for command, where, words in commands:
        _add(group, command, where, words, under=f"{name} ")
    return group


def _add(app: App, name: str, where: str, summary: str, *, group: Group | None = None, under: str = "") -> None:
    full = under + name
    words = f"{summary}\n\n{MORE[full]}" if full in MORE else summary
    app.command(
        MODULES + where,
        name=name,
        help=words,
        help_epilogue=epilogue(full),
        usage=USAGE.get(full),
        group=group or "Commands",
    )

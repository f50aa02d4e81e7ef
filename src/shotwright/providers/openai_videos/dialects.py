"""How servers of the same protocol differ, as data. Read 2026-11-21 in their documents and sources."""

from __future__ import annotations

from dataclasses import dataclass

from shotwright.errors import SettingsError


@dataclass(frozen=True)
class Dialect:
    """`form`: a create call without a picture is a form, not JSON. `extras`: seed, negative prompt and fps are known.

    `exact_picture`: a first frame must have exactly the size of the film. `cancels`: DELETE also stops a running job.
    `lists_all`: the list shows every job of the account, so that one not in it was not accepted; false for servers
    that keep their jobs in memory. `idempotent_for`: seconds for which an Idempotency-Key is remembered.
    """

    name: str
    form: bool = True
    extras: bool = False
    exact_picture: bool = False
    cancels: bool = False
    lists_all: bool = True
    idempotent_for: float = 0.0


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect("openai", exact_picture=True),
        Dialect("azure", form=False, exact_picture=True),
        Dialect("vllm-omni", extras=True, cancels=True, lists_all=False),
        Dialect("sglang", form=False, extras=True, lists_all=False),
        Dialect("litellm", lists_all=False),
        Dialect("shotwright", extras=True, idempotent_for=86400.0),
    )
}


def dialect_named(name: str) -> Dialect:
    """Raises SettingsError naming the known ones."""
    if name not in DIALECTS:
        raise SettingsError(
            f"openai.dialect: {name!r} is not known", field="dialect", value=name, hint=f"one of {', '.join(DIALECTS)}"
        )
    return DIALECTS[name]

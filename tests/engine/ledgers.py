"""Small values for tests of the ledger."""

from __future__ import annotations

from fractions import Fraction

import sqlalchemy as sa

from shotwright.domain.order import Order, take_key
from shotwright.domain.storyboard import Transition
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.engine.jobs import Jobs
from shotwright.engine.ledger import Ledger
from shotwright.engine.progress import ProgressLog
from shotwright.engine.request import Candidate, FilmRequest, RequestShot
from shotwright.engine.rows import Want
from shotwright.storage.database import Database


class Starts:
    """A motor that notes what it was told to start."""

    def __init__(self) -> None:
        self.takes: list[tuple[str, int]] = []
        self.films: list[tuple[str, int]] = []

    def start_take(self, connection: sa.Connection, key: str, run: int, provider: str, credential: str) -> None:
        self.takes.append((key, run))

    def start_film(self, connection: sa.Connection, job: str, run: int) -> None:
        self.films.append((job, run))


class Desk:
    """Ledger and jobs over one fresh database, without an engine."""

    def __init__(self, url: str, *, window: float = 90.0) -> None:
        self.database = Database(url)
        self.database.migrate()
        self.progress = ProgressLog(self.database)
        self.ledger = Ledger(self.database, self.progress, window=window)
        self.jobs = Jobs(self.database, self.ledger, self.progress)
        self.starts = Starts()

    def running_job(self, *prompts: str, budgets: tuple[str, ...] = ("film b",)) -> str:
        request = film_request(*prompts, budgets=budgets)
        job = self.jobs.make(self.starts, request, attendant="me")
        assert self.jobs.load(job, 1) is not None
        return job

    def want(self, job: str, prompt: str, *, price: str = "1.00", budgets: tuple[str, ...] = ("film b",)) -> str:
        """One take wanted by the job; its key."""
        asked = wish(prompt, price=price, budgets=budgets)
        assert self.ledger.want(self.starts, job, 1, [asked]) is not None
        return asked.key


def order(prompt: str) -> Order:
    return Order("paid", "model", prompt, Fraction(5), Size(1280, 720), FrameRate(Fraction(24)))


def wish(prompt: str, *, price: str = "1.00", budgets: tuple[str, ...] = ("film b",), number: int = 1) -> Want:
    one = order(prompt)
    return Want(take_key("p", one, number), one, number, Money.usd(price), "account", budgets, (0,))


def film_request(*prompts: str, budgets: tuple[str, ...] = ()) -> FilmRequest:
    return FilmRequest(
        project="p",
        title="T",
        size=Size(1280, 720),
        fps=FrameRate(Fraction(24)),
        shots=tuple(
            RequestShot((Candidate(order(prompt), Money.usd("1.00"), "account"),), transition=Transition())
            for prompt in prompts or ("a",)
        ),
        budgets=budgets,
    )

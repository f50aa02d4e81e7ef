"""All tables of our own. Money in millionths of a US dollar, times in Unix seconds, documents as JSON text.

`submissions` is the only authority on money and on what a take came to; the workflow library's rows are its motor.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attendant", sa.Text),
    sa.Column("request_digest", sa.Text, nullable=False, index=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("created", sa.Float, nullable=False, index=True),
    sa.Column("began", sa.Float, nullable=False),
    sa.Column("updated", sa.Float, nullable=False),
)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("credential", sa.Text, nullable=False),
    sa.Column("order", sa.Text, nullable=False),
    sa.Column("order_digest", sa.Text, nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=False),
    sa.Column("budgets", sa.Text, nullable=False),
    sa.Column("ref", sa.Text),
    sa.Column("ticket", sa.Text),
    sa.Column("token", sa.Text),
    sa.Column("busy_until", sa.Float),
    sa.Column("began", sa.Float),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("stop", sa.Integer, nullable=False),
    sa.Column("late", sa.Integer, nullable=False),
    sa.Column("clip", sa.Text),
    sa.Column("probe", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("updated", sa.Float, nullable=False),
)

job_takes = sa.Table(
    "job_takes",
    metadata,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
    sa.Column("shots", sa.Text, nullable=False),
)

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("cap", sa.BigInteger),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("spent", sa.BigInteger, nullable=False),
)

strays = sa.Table(
    "strays",
    metadata,
    sa.Column("ticket", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
)

progress = sa.Table(
    "progress",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False, index=True),
    sa.Column("final", sa.Integer, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

executors = sa.Table(
    "executors",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("retired", sa.Integer, nullable=False),
)

assets = sa.Table(
    "assets",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False, index=True),
)

derived = sa.Table(
    "derived",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
)
"""What was made of what, so that it is not made again: a clip's last frame, a cut's film, an upright picture."""

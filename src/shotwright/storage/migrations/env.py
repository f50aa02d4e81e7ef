"""Alembic's entry: runs the migrations on the connection handed over in `config.attributes`."""

from alembic import context

from shotwright.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

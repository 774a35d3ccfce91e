"""Alembic's entry: runs on the connection that `hub.store.migrate` lends."""

from alembic import context

from hub.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

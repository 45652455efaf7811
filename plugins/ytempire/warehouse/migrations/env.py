"""Alembic's entry: runs revisions on the connection, and in the transaction, that it is handed."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="public",  # revision 0001 makes, and its downgrade drops, the others
)
with context.begin_transaction():
    context.run_migrations()

"""Copies a store of MLflow from SQLite to an empty database of PostgreSQL, table by table.

    python to_postgres.py FILE.db postgresql://user@host:port/database

The file must have the schema of the MLflow that is installed here (`mlflow db upgrade`); the tables of the other
database are made by that MLflow itself.
"""

import sqlite3
import sys

import sqlalchemy
from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

ROWS_AT_ONCE = 500


def main(file, uri):
    engine = create_sqlalchemy_engine(uri)
    _initialize_tables(engine)
    tables = sqlalchemy.MetaData()
    tables.reflect(engine)
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    versions = [place.execute(sqlalchemy.text("select version_num from alembic_version")).scalar()
                for place in [engine.connect()]]
    versions += source.execute("select version_num from alembic_version").fetchone()
    if versions[0] != versions[1]:
        raise SystemExit(f"{file} has the schema {versions[1]}, and this MLflow {versions[0]}")
    copied = 0
    with engine.begin() as to:
        # Rows are copied as they are, whatever leads from one to another.
        to.execute(sqlalchemy.text("set session_replication_role = replica"))
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            stored = {row[1] for row in source.execute(f'pragma table_xinfo("{table.name}")')}
            columns = [column for column in table.columns if column.name in stored and column.computed is None]
            to.execute(table.delete())
            rows = source.execute(
                f'select {", ".join(chr(34) + column.name + chr(34) for column in columns)} from "{table.name}"'
            )
            while some := rows.fetchmany(ROWS_AT_ONCE):
                to.execute(table.insert(), [
                    {column.name: value_of(column, value) for column, value in zip(columns, row)} for row in some
                ])
                copied += len(some)
    print(copied)


def value_of(column, value):
    """SQLite has no type of its own for what is true or false."""
    if value is not None and isinstance(column.type, sqlalchemy.Boolean):
        return bool(value)
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])

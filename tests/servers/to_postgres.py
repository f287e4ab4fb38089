"""Copies stores of MLflow from SQLite to databases of PostgreSQL that it makes for them, table by table.

    python to_postgres.py postgresql+psycopg2://user@host:port FILE.db NAME [FILE.db NAME …]

A file must have the schema of the MLflow that is installed here (`mlflow db upgrade`); the tables of its database are
made by that MLflow itself. How many rows were copied is printed for each.
"""

import sqlite3
import sys

import sqlalchemy
from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

ROWS_AT_ONCE = 500


def main(server, *stores):
    makes = create_sqlalchemy_engine(f"{server}/postgres").connect().execution_options(isolation_level="AUTOCOMMIT")
    for file, name in zip(stores[::2], stores[1::2]):
        makes.execute(sqlalchemy.text(f'create database "{name}"'))
        print(copied(file, create_sqlalchemy_engine(f"{server}/{name}")), flush=True)


def copied(file, engine):
    _initialize_tables(engine)
    tables = sqlalchemy.MetaData()
    tables.reflect(engine)
    source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    count = 0
    with engine.begin() as to:
        version = "select version_num from alembic_version"
        own, stored = to.execute(sqlalchemy.text(version)).scalar(), source.execute(version).fetchone()[0]
        if own != stored:
            raise SystemExit(f"{file} has the schema {stored}, and this MLflow {own}")
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
                count += len(some)
    return count


def value_of(column, value):
    """SQLite has no type of its own for what is true or false."""
    if value is not None and isinstance(column.type, sqlalchemy.Boolean):
        return bool(value)
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])

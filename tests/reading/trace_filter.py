"""Writes trace_filter.json: which traces random filters select in every recorded store.

    python3 tests/reading/trace_filter.py [--stores FOLDER --out FILE]

Nothing of dspyglass is used, and nothing but Python's own library: values come from plain SQL, spans from the table or
from traces.json. A filter is a tree that is written as text for dspyglass and evaluated here, by three-valued logic.
Of a store the file keeps every filter with the number of traces that pass and the SHA-256 of their sorted ids.
"""

import argparse
import hashlib
import json
import pathlib
import random
import sqlite3

import search

MASKED = ("key", "token", "secret", "password", "passwd", "auth", "credential")


def opened(database):
    db = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    tables = {row[0]: set() for row in db.execute("select name from sqlite_master where type = 'table'")}
    for table in tables:
        tables[table] = {row[1] for row in db.execute(f"pragma table_info({table})")}
    return db, tables


def usage(text):
    """A total of tokens as MLflow writes it."""
    told = search.decode(text) if isinstance(text, str) else text
    told = search.decode(told) if isinstance(told, str) else told
    if not isinstance(told, dict):
        return None
    number = lambda key: None if told.get(key) is None else int(float(told[key]))
    total, given, made = number("total_tokens"), number("input_tokens"), number("output_tokens")
    if total is None and given is not None and made is not None:
        total = given + made
    return None if total is None and given is None and made is None else (total,)


def derived(home, database):
    """By trace: names and types of spans, types of exceptions, tokens of the topmost spans that tell any."""
    by_trace = {}
    db, tables = opened(database)
    types = {}
    if "spans" in tables:
        types = {(trace, span): kind for trace, span, kind in db.execute("select trace_id, span_id, type from spans")}
    for trace, span, name, record in search.spans(home, database):
        attributes = record.get("attributes") or {}
        kind = types.get((trace, span)) or search.decode(attributes.get("mlflow.spanType") or '"UNKNOWN"')
        last = None
        for event in record.get("events") or []:
            said = event.get("attributes") or {}
            last = search.decode(said["exception.type"]) if said.get("exception.type") else last
        parent = record.get("parent_span_id") or record.get("parent_id")
        if parent:
            parent = search.span_id({"span_id": parent.removeprefix("0x")})
        told = usage(attributes.get("mlflow.chat.tokenUsage"))
        by_trace.setdefault(trace, {})[span] = (name, kind, last, parent, told)
    found = {}
    for trace, spans in by_trace.items():
        def is_counted_above(span):
            parent, seen = spans[span][3], set()
            while parent in spans and parent not in seen:
                if spans[parent][4]:
                    return True
                seen.add(parent)
                parent = spans[parent][3]
            return False
        top = [one[4][0] for span, one in spans.items() if one[4] and not is_counted_above(span)]
        total = None if not top or None in top else sum(top)
        found[trace] = {
            "span_name": sorted({one[0] for one in spans.values()}),
            "span_type": sorted({one[1] for one in spans.values() if one[1]}),
            "error": sorted({one[2] for one in spans.values() if one[2]}),
            "tokens": total,
        }
    return found


def json_text(text):
    value = json.loads(text)
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def traces(home, database):
    """By trace: what every key has for it: None, a number, a text, or a list of texts."""
    db, tables = opened(database)
    if "trace_info" not in tables:
        return {}
    has = tables["trace_info"]
    runs = dict(db.execute("select run_uuid, name from runs"))
    experiments = {str(number): name for number, name in db.execute("select experiment_id, name from experiments")}
    column = lambda name: name if name in has else "null"
    names = ["trace_name", "session_id", "request_preview", "response_preview", "total_tokens", "total_cost",
             "input_tokens", "output_tokens"]
    found = {}
    spans = derived(home, database)
    sql = f"select request_id, experiment_id, timestamp_ms, execution_time_ms, status, {', '.join(map(column, names))} from trace_info"
    for row in db.execute(sql).fetchall():
        trace, experiment, time, took, status, name, session, given, answered, total, cost, into, out = row
        tags = dict(db.execute("select key, value from trace_tags where request_id = ?", [trace]))
        metadata = dict(db.execute("select key, value from trace_request_metadata where request_id = ?", [trace]))
        run = metadata.get("mlflow.sourceRun")
        if not run and "entity_associations" in tables:
            linked = db.execute("select destination_id from entity_associations where source_type = 'trace' and "
                                "source_id = ? and destination_type = 'run'", [trace]).fetchone()
            run = linked and linked[0]
        session = session or metadata.get("mlflow.trace.session")
        if session and session.lstrip().startswith("["):
            session = [str(one) for one in json.loads(session)]
        if total is None and into is not None and out is not None:
            total = into + out
        if total is None and "mlflow.trace.tokenUsage" in metadata:
            total = (usage(metadata["mlflow.trace.tokenUsage"]) or (None,))[0]
        if total is None and "trace_metrics" in tables:
            told = db.execute("select value from trace_metrics where request_id = ? and key = 'total_tokens'", [trace]).fetchone()
            total = told and told[0]
        if cost is None and "mlflow.trace.cost" in metadata:
            cost = json.loads(metadata["mlflow.trace.cost"]).get("total_cost")
        first = lambda column, key: column if column is not None else metadata.get(key)
        one = {
            "id": trace, "status": status, "name": name if name is not None else tags.get("mlflow.traceName"),
            "run": [run] + [runs[run]] * bool(runs.get(run)) if run else [],
            "experiment": [str(experiment), experiments.get(str(experiment), "")],
            "session": ([session] if isinstance(session, str) else session) or [],
            "time": time or None, "latency_ms": took, "stored_tokens": total, "cost_usd": cost,
            "input": first(given, "mlflow.traceInputs") or None,
            "output": first(answered, "mlflow.traceOutputs") or None,
        }
        one |= {f"tags.{key}": value for key, value in tags.items()}
        one |= {f"metadata.{key}": value for key, value in metadata.items()}
        if "assessments" in tables:
            for name, kind, value, valid in db.execute(
                    "select name, assessment_type, value, valid from assessments where trace_id = ? "
                    "order by created_timestamp, rowid", [trace]):
                if valid and value != "null":
                    known = [f"{kind}.{name}"] * (kind in ("feedback", "expectation"))
                    for key in (f"assessments.{name}", *known):
                        one.setdefault(key, []).append(json_text(value))
        nothing = {"span_name": [], "span_type": [], "error": [], "tokens": None}
        found[trace] = one | spans.get(trace, nothing)
    return found


NUMBERS = {"time", "latency_ms", "stored_tokens", "cost_usd", "tokens"}


def as_number(text):
    try:
        return float(str(text).strip()) if "_" not in str(text) else None
    except ValueError:
        return None


def like(text, pattern):
    """SQL's LIKE by case."""
    import re
    parts = [".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def compared(actual, operator, wanted):
    if isinstance(wanted, (int, float)):
        actual = as_number(actual)
        if actual is None:
            return False
    elif isinstance(actual, (int, float)):
        return False
    return {"=": lambda: actual == wanted, "!=": lambda: actual != wanted, "<": lambda: actual < wanted,
            "<=": lambda: actual <= wanted, ">": lambda: actual > wanted, ">=": lambda: actual >= wanted,
            "~": lambda: wanted in actual, "LIKE": lambda: like(actual, wanted),
            "ILIKE": lambda: like(actual.lower(), wanted.lower())}[operator]()


def holds(tree, trace):
    kind = tree[0]
    if kind == "and":
        return all(holds(part, trace) for part in tree[1])
    if kind == "or":
        return any(holds(part, trace) for part in tree[1])
    if kind == "not":
        return not holds(tree[1], trace)
    actual = trace.get(tree[1])
    if kind == "null":
        return actual is None or actual == []
    if actual is None or actual == []:
        return False
    many = actual if isinstance(actual, list) else [actual]
    if kind == "in":
        return any(one in tree[2] for one in many) != tree[3]
    over = all if tree[2] == "!=" else any
    return over(compared(one, tree[2], tree[3]) for one in many)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def named(key):
    entity, dot, rest = key.partition(".")
    return f"{entity}.`{rest}`" if dot and "`" not in rest else key


def written(tree, top=True):
    kind = tree[0]
    if kind in ("and", "or"):
        text = f" {kind} ".join(written(part, False) for part in tree[1])
        return text if top else f"({text})"
    if kind == "not":
        return f"not {written(tree[1], False)}"
    if kind == "null":
        return f"{named(tree[1])} is null"
    if kind == "in":
        return f"{named(tree[1])} {'not in' if tree[3] else 'in'} ({', '.join(map(quoted, tree[2]))})"
    wanted = quoted(tree[3]) if isinstance(tree[3], str) else repr(tree[3])
    return f"{named(tree[1])} {tree[2]} {wanted}"


def leaf(chance, key, values):
    value = chance.choice(values)
    draw = chance.random()
    if draw < 0.08:
        return ("null", key)
    if key in NUMBERS:
        return ("is", key, chance.choice(["=", "!=", "<", "<=", ">", ">="]), value)
    number = as_number(value)
    if "." in key and number is not None and number == number and abs(number) < 1e15 and draw < 0.4:
        return ("is", key, chance.choice(["=", "!=", "<", ">="]), number)
    if draw < 0.25:
        return ("in", key, sorted(set(chance.choices(values, k=3))), chance.random() < 0.4)
    if draw < 0.6:
        start = chance.randrange(len(value))
        part = value[start:start + chance.randint(1, 12)]
        return chance.choice([("is", key, "~", part), ("is", key, "LIKE", f"%{part}%"),
                              ("is", key, "ILIKE", f"%{part.upper()}%" if part.isascii() else f"%{part}%")])
    return ("is", key, chance.choice(["=", "!=", "=", "<", ">="]), value)


def tree(chance, pool, depth=0):
    draw = chance.random()
    if depth < 3 and draw < 0.25 + 0.2 * (depth == 0):
        parts = [tree(chance, pool, depth + 1) for _ in range(chance.randint(2, 3))]
        return (chance.choice(["and", "or"]), parts)
    if depth < 3 and draw > 0.85:
        return ("not", tree(chance, pool, depth + 1))
    key = chance.choice(sorted(pool))
    return leaf(chance, key, pool[key])


def pool_of(found):
    pool = {}
    for trace in found.values():
        for key, value in trace.items():
            if "." in key and any(word in key.lower() for word in MASKED):
                continue
            for one in value if isinstance(value, list) else [value]:
                if one is None or one == "" or (isinstance(one, str) and "\0" in one):
                    continue
                pool.setdefault(key, set()).add(one)
    return {key: sorted(values) for key, values in pool.items()}


def main():
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--stores", type=pathlib.Path, default=here.parent / "stores")
    parser.add_argument("--out", type=pathlib.Path, default=here / "trace_filter.json")
    args = parser.parse_args()
    databases = [path for ending in ("db", "sqlite") for path in args.stores.glob(f"*/*.{ending}")]
    stores = {}
    for database in sorted(databases):
        found = traces(database.parent, database)
        if not found:
            continue
        pool, chance, rows = pool_of(found), random.Random(f"traces of {database.parent.name}"), []
        # Every key by itself, then any of them together.
        wanted = [leaf(chance, key, pool[key]) for key in sorted(pool)]
        wanted += [tree(chance, pool) for _ in range(120)]
        for one in wanted:
            ids = sorted(trace for trace, values in found.items() if holds(one, values))
            rows.append([written(one), len(ids), hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]])
        stores[database.parent.name] = rows
    lines = ",\n".join(
        f"{json.dumps(name)}:[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
        for name, rows in stores.items())
    args.out.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

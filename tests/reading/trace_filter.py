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
import re
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


def step(name, kind):
    """The adapter and the step of a span that is one: `ChatAdapter.format`, of MLflow 2 `ChatAdapter.format_1`."""
    adapter, _, last = name.rpartition(".")
    last = re.sub(r"_\d*$", "", last)
    return (adapter, last) if kind == "PARSER" and adapter and last in ("format", "parse") else None


def falls_back(children):
    """Whether among spans side by side one adapter follows another that got no usable answer."""
    before = None
    for name, kind, status in children:
        what = step(name, kind)
        if what and what[1] == "format":
            if before and before["adapter"] != what[0] and (
                    before["failed"] or before["called"] and not before["parsed"]):
                return True
            before = {"adapter": what[0], "failed": False, "called": False, "parsed": False}
        elif what and before and before["adapter"] == what[0]:
            before["failed" if status == "ERROR" else "parsed"] = True
        elif not what and before and kind == "CHAT_MODEL":
            before["called"] = True
            before["failed"] |= status == "ERROR"
    return False


def status_of(record, stored):
    """OK, ERROR or UNSET, as the table or the record of the span says it."""
    told = stored or record.get("status_code") or (record.get("status") or {}).get("code") or ""
    return told.rpartition("_")[2]


def hex_id(text):
    """The id of a span as the table has it; of what is none the text."""
    try:
        return search.span_id({"span_id": text})
    except ValueError:
        return text


def derived(home, database):
    """By trace: names and types of spans, types of exceptions, tokens of the topmost spans that tell any, models,
    adapters, and whether one of these followed another."""
    by_trace = {}
    db, tables = opened(database)
    types, stored = {}, {}
    if "spans" in tables:
        for trace, span, kind, status in db.execute("select trace_id, span_id, type, status from spans"):
            types[trace, span], stored[trace, span] = kind, status
    for trace, span, name, record in search.spans(home, database):
        attributes = record.get("attributes") or {}
        kind = types.get((trace, span)) or search.decode(attributes.get("mlflow.spanType") or '"UNKNOWN"')
        last = None
        for event in record.get("events") or []:
            said = event.get("attributes") or {}
            last = search.decode(said["exception.type"]) if said.get("exception.type") else last
        parent = record.get("parent_span_id") or record.get("parent_id")
        if parent:
            parent = hex_id(parent.removeprefix("0x"))
        told = usage(attributes.get("mlflow.chat.tokenUsage"))
        texts = [search.decode(attributes[key]) for key in ("model", "mlflow.llm.model") if key in attributes]
        model = next((text for text in texts if type(text) is str), None)
        start = int(record.get("start_time_unix_nano") or record.get("start_time") or 0)
        status = status_of(record, stored.get((trace, span)))
        by_trace.setdefault(trace, {})[span] = (name, kind, last, parent, told, model, start, status)
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
            "model": sorted({one[5] for one in spans.values() if one[5]}),
            "adapter": sorted({step(one[0], one[1])[0] for one in spans.values() if step(one[0], one[1])}),
            "parse_fallback": "yes" if any(map(falls_back, families(spans))) else "no",
        }
    return found


def families(spans):
    """The spans below each span, by start."""
    below = {}
    for name, kind, _, parent, _, _, start, status in spans.values():
        if parent in spans:
            below.setdefault(parent, []).append((start, name, kind, status))
    return [[one[1:] for one in sorted(children, key=lambda one: one[0])] for children in below.values()]


def above(db):
    """By run the ids and names of it and of all runs above it; evaluations that lost their parent belong to the
    optimization during which they began."""
    runs = {run: (name, str(experiment), start, end) for run, name, experiment, start, end in db.execute(
        "select run_uuid, name, experiment_id, start_time, end_time from runs")}
    parents = dict(db.execute("select run_uuid, value from tags where key = 'mlflow.parentRunId' and value <> ''"))
    adopting = [run for run in runs if run in parents.values() and run not in parents]
    for run, (name, experiment, start, _) in runs.items():
        if run in parents or not re.fullmatch(r"eval_full_\d+", name or "") or start is None:
            continue
        fit = [one for one in adopting if one != run and runs[one][1] == experiment and runs[one][2] is not None
               and runs[one][2] <= start <= (runs[one][3] if runs[one][3] is not None else start)]
        if fit:
            parents[run] = max(fit, key=lambda one: runs[one][2])
    found = {}
    for run in runs:
        chain = [run]
        while chain[-1] in parents and parents[chain[-1]] not in chain:
            chain.append(parents[chain[-1]])
        found[run] = [text for one in chain for text in (one, one in runs and runs[one][0]) if text]
    return found


QUICK = 5_000_000


def cached(db, tables):
    """By trace: no, partly, likely: told by the times of its calls, and by usage that is there or missing."""
    columns = tables["trace_info"]
    column = lambda name: f"t.{name}" if name in columns else "null"
    metadata = lambda key: f"(select value from trace_request_metadata m where m.request_id = t.request_id and m.key = '{key}')"
    metrics = "0" if "trace_metrics" not in tables else (
        "exists (select 1 from trace_metrics x where x.request_id = t.request_id and x.key like '%put_tokens' "
        "or x.request_id = t.request_id and x.key = 'total_tokens')")
    usage = " or ".join([*(f"{column(one)} is not null" for one in ("input_tokens", "output_tokens", "total_tokens")),
                         f"{metadata('mlflow.trace.tokenUsage')} is not null", metrics])
    tag = "(select value from trace_tags g where g.request_id = t.request_id and g.key = 'mlflow.traceName')"
    sql = (f"select t.request_id, t.status, coalesce({column('trace_name')}, {tag}), "
           f"coalesce({column('response_preview')}, {metadata('mlflow.traceOutputs')}), {usage} from trace_info t "
           "order by t.timestamp_ms desc, t.request_id desc")
    rows = db.execute(sql).fetchall()
    calls = {}
    if "spans" in tables:
        for trace, status, took, content in db.execute(
                "select trace_id, status, end_time_unix_nano - start_time_unix_nano, content from spans "
                "where type = 'CHAT_MODEL'"):
            attributes = search.decode(content).get("attributes") or {}
            model = search.decode(attributes.get("model") or attributes.get("mlflow.llm.model") or "null")
            calls.setdefault(trace, []).append((status == "OK", took, model))
    times = {}
    for trace in [row[0] for row in rows if row[4]][:200]:
        for ok, took, model in calls.get(trace, []):
            if ok and took and took > 0 and type(model) is str:
                times.setdefault(model, []).append(took)
    usual = {model: sorted(all_)[len(all_) // 2] for model, all_ in times.items() if len(all_) >= 5}
    found = {}
    for trace, status, name, output, has_usage in rows:
        is_missing = (not has_usage and status == "OK" and not (name or "").startswith("LM.__call__")
                      and (output or "").lstrip().startswith("{"))
        def is_quick(call):
            ok, took, model = call
            if not ok or took is None or took < 0:
                return False
            return took < QUICK or bool(is_missing and model in usual and took < usual[model] // 3)
        quick, of = sum(map(is_quick, calls.get(trace, []))), len(calls.get(trace, []))
        if 0 < quick < of:
            found[trace] = "partly"
        elif has_usage:
            found[trace] = "no"
        else:
            found[trace] = "likely" if quick else None
    return found


def root_values(home, database):
    """By trace what its root was given and gave back, by name."""
    found = {}
    for trace, _, _, record in search.spans(home, database):
        if record.get("parent_span_id") or record.get("parent_id"):
            continue
        attributes = record.get("attributes") or {}
        given, answered = (json.loads(attributes.get(key) or "null") for key in ("mlflow.spanInputs", "mlflow.spanOutputs"))
        if isinstance(given, dict) and set(given) <= {"args", "kwargs"} and isinstance(given.get("kwargs"), dict):
            given = given["kwargs"]
        found[trace] = (given, answered) if trace not in found else (None, None)
    return found


def scores(home, database):
    """By run the score of each of its traces, of those runs of whose rows and traces no two were given the same."""
    db, tables = opened(database)
    if "trace_info" not in tables:
        return {}
    values, found = root_values(home, database), {}
    by_run = {}
    for trace, run in db.execute("select request_id, value from trace_request_metadata where key = 'mlflow.sourceRun'"):
        by_run.setdefault(run, []).append(trace)
    for path in home.rglob("result_table.json"):
        run = path.parents[1].name
        table = json.loads(path.read_text(encoding="utf-8"))
        columns, traces = table["columns"], by_run.get(run, [])
        if not traces or any(not isinstance(values.get(one, (None,))[0], dict) for one in traces):
            continue
        names = {name for one in traces for name in values[one][0]}
        given = sorted(c for c in columns if c.startswith("example_") and c.removeprefix("example_") in names)
        text = lambda value: value if isinstance(value, str) else json.dumps(value)
        rows = [dict(zip(columns, row)) for row in table["data"]]
        of_row = [tuple(text(row[c]) for c in given) for row in rows]
        of_trace = {one: tuple(text(values[one][0].get(c.removeprefix("example_"))) for c in given) for one in traces}
        fits = lambda row, answered: isinstance(answered, dict) and all(
            text(row[c]) == text(answered[c.removeprefix("pred_")]) for c in columns
            if c.startswith("pred_") and row[c] is not None and c.removeprefix("pred_") in answered)
        row_of = dict(zip(of_row, rows))
        if not given or len(row_of) < len(rows) or len(set(of_trace.values())) < len(traces):
            continue
        if any(key not in row_of or not fits(row_of[key], values[one][1]) for one, key in of_trace.items()):
            continue
        score = lambda value: score(value.get("score")) if isinstance(value, dict) else value
        told = {one: score(row_of[key].get("score")) for one, key in of_trace.items()}
        found[run] = {one: float(value) for one, value in told.items() if isinstance(value, (bool, int, float))}
    return found


def scored(chance, found, traces):
    """Filters by scores, each within a run, as text, with the traces that pass."""
    rows = []
    for run in sorted(found):
        own = {trace: found[run].get(trace) for trace, one in traces.items() if run in one["run"]}
        value = chance.choice(sorted({one for one in own.values() if one is not None} or {1.0}))
        operator = chance.choice(["=", "!=", "<", "<=", ">", ">="])
        passing = [one for one, score in own.items() if score is not None and compared(score, operator, value)]
        rows.append((f"run = '{run}' and score {operator} {value!r}", passing))
        rows.append((f"score is null and run = '{run}'", [one for one, score in own.items() if score is None]))
    return rows


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
    spans, optimizations, sources = derived(home, database), above(db), cached(db, tables)
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
            "optimization": optimizations.get(run, [run]) if run else [],
            "cached": sources[trace],
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
        nothing = {"span_name": [], "span_type": [], "error": [], "tokens": None, "model": [], "adapter": [],
                   "parse_fallback": "no"}
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


def told(text, ids):
    return [text, len(ids), hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]]


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
            rows.append(told(written(one), ids))
        rows += [told(text, sorted(ids)) for text, ids in scored(chance, scores(database.parent, database), found)]
        stores[database.parent.name] = rows
    lines = ",\n".join(
        f"{json.dumps(name)}:[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
        for name, rows in stores.items())
    args.out.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Writes stats.json: what plain Python counts over the traces and spans of every recorded store.

    python3 tests/reading/stats.py [--stores FOLDER --out FILE]

Nothing of dspyglass is used. Of a store and a kind of row it keeps the rows as [key, count, errors, p50, p95, p99,
total tokens]: times in nanoseconds, percentiles by nearest rank, null where nothing tells. Which spans count for what
is written down in the help of `dspyglass stats`. How spans are read from tables and files is search.py's.
"""

import argparse
import json
import math
import pathlib
import sqlite3

import search


def number(value):
    return None if value is None else int(value)


def times(record):
    start = record.get("start_time_unix_nano", record.get("start_time"))
    end = record.get("end_time_unix_nano") or record.get("end_time")
    return number(start) or 0, number(end)


def parent_id(record):
    if "context" in record:
        parent = record.get("parent_id")
        return parent and parent.removeprefix("0x")
    stored = record.get("parent_span_id")
    if not stored:
        return None
    return search.span_id({"span_id": stored})


def has_failed(record):
    if times(record)[1] is None:
        return False
    status = record.get("status_code") or record.get("status")
    code = status.get("code") if isinstance(status, dict) else status
    return code in ("ERROR", "STATUS_CODE_ERROR", 2, "2")


class Span:
    def __init__(self, span, name, record):
        attributes = record.get("attributes") or {}
        decoded = lambda key: search.decode(attributes[key]) if type(attributes.get(key)) is str else attributes.get(key)
        text = lambda key: decoded(key) if isinstance(decoded(key), str) else None
        start, end = times(record)
        self.id, self.name, self.start = span, name, start
        self.parent = parent_id(record)
        self.kind = text("mlflow.spanType") or "UNKNOWN"
        self.failed = has_failed(record)
        self.time = None if end is None else max(end - start, 0)
        self.model = text("model") or text("mlflow.llm.model")
        self.signature = text("extended_signature") or text("signature")
        usage = decoded("mlflow.chat.tokenUsage")
        self.own = None
        if isinstance(usage, dict):
            total = usage.get("total_tokens")
            if total is None and usage.get("input_tokens") is not None and usage.get("output_tokens") is not None:
                total = int(usage["input_tokens"]) + int(usage["output_tokens"])
            self.own = number(total)
        self.exceptions = [event["attributes"]["exception.type"] for event in record.get("events") or []
                           if "exception.type" in (event.get("attributes") or {})]
        self.children = []
        self.above = None


def tree(spans):
    by_id = {}
    for span in spans:
        by_id.setdefault(span.id, span)
    for span in spans:
        above = by_id.get(span.parent)
        if above is not None and above is not span:
            span.above = above
            above.children.append(span)
    return [span for span in spans if span.above is None]


def chain(span):
    while span.above is not None:
        span = span.above
        yield span


def below(span):
    yield span
    for child in span.children:
        yield from below(child)


def total(span):
    """Its own usage, else the sum of what is known below it."""
    if span.own is not None:
        return span.own
    known = [one for one in map(total, span.children) if one is not None]
    return sum(known) if known else None


def is_predictor(span):
    return span.kind == "LLM" and span.signature is not None


def percentiles(known):
    known = sorted(known)
    return [known[math.ceil(len(known) * p / 100) - 1] if known else None for p in (50, 95, 99)]


class Tally:
    def __init__(self):
        self.count, self.errors, self.times, self.tokens = 0, 0, [], []

    def add(self, failed, time, tokens=None):
        self.count += 1
        self.errors += failed
        if time is not None:
            self.times.append(time)
        self.use(tokens)

    def use(self, tokens):
        if tokens is not None:
            self.tokens.append(tokens)

    def row(self, key):
        return [key, self.count, self.errors, *percentiles(self.times), sum(self.tokens) if self.tokens else None]


def traces(home, database):
    """Each trace as [id, status, time in ns, stored total tokens, run, session]."""
    db = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    tables = {row[0] for row in db.execute("select name from sqlite_master")}
    if "trace_info" not in tables:
        return
    columns = {row[1] for row in db.execute("pragma table_info(trace_info)")}
    metadata = {}
    for trace, key, value in db.execute("select request_id, key, value from trace_request_metadata"):
        metadata.setdefault(trace, {})[key] = value
    linked = {}
    if "entity_associations" in tables:
        for trace, run in db.execute("select source_id, destination_id from entity_associations "
                                     "where source_type = 'trace' and destination_type = 'run'"):
            linked.setdefault(trace, run)
    session = "session_id" if "session_id" in columns else "null"
    stored = "total_tokens" if "total_tokens" in columns else "null"
    for trace, status, time, column, tokens in db.execute(
            f"select request_id, status, execution_time_ms, {session}, {stored} from trace_info"):
        more = metadata.get(trace, {})
        if tokens is None and "mlflow.trace.tokenUsage" in more:
            tokens = json.loads(more["mlflow.trace.tokenUsage"]).get("total_tokens")
        name = column or more.get("mlflow.trace.session")
        if name and name.startswith("["):
            name = json.loads(name)[0]
        run = more.get("mlflow.sourceRun") or linked.get(trace)
        yield trace, status, None if time is None else time * 1_000_000, tokens, run, name


def count(home, database):
    by = {key: {} for key in ("span", "predictor", "model", "error", "run", "session")}
    at = lambda kind, key: by[kind].setdefault(key, Tally())
    spans = {}
    for trace, span, name, record in search.spans(home, database):
        spans.setdefault(trace, []).append(Span(span, name, record))
    for trace, status, time, stored, run, session in traces(home, database):
        own = sorted(spans.get(trace, []), key=lambda span: span.start)
        tree(own)
        carriers = [span for span in own if span.own is not None and all(one.own is None for one in chain(span))]
        tokens = sum(span.own for span in carriers) if carriers else (None if own else stored)
        for span in own:
            counts = all(one.name != span.name for one in chain(span))
            at("span", span.name).add(span.failed, span.time, total(span) if counts else None)
            if is_predictor(span):
                at("predictor", span.signature).add(span.failed, span.time)
            if span.kind == "CHAT_MODEL":
                at("model", span.model).add(span.failed, span.time)
        for carrier in carriers:
            calls = [span for span in below(carrier) if span.kind == "CHAT_MODEL"]
            if not calls and not carrier.children:
                calls = [carrier]
            models = {call.model for call in calls}
            asking = {next((one.signature for one in [call, *chain(call)] if is_predictor(one)), None) for call in calls}
            for kind, keys in (("model", models), ("predictor", asking)):
                if len(keys) == 1 and None not in keys:
                    at(kind, next(iter(keys))).use(carrier.own)
        failed = status == "ERROR"
        at("run", run).add(failed, time, tokens)
        at("session", session).add(failed, time, tokens)
        kinds = {span.exceptions[-1] for span in own if span.exceptions}
        for kind in kinds or ({None} if failed else ()):
            at("error", kind).add(failed, time, tokens)
    order = lambda row: (-row[1], row[0] is not None, row[0] or "")
    return {kind: sorted((tally.row(key) for key, tally in keyed.items()), key=order) for kind, keyed in by.items()}


def main():
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--stores", type=pathlib.Path, default=here.parent / "stores")
    parser.add_argument("--out", type=pathlib.Path, default=here / "stats.json")
    args = parser.parse_args()
    databases = [path for ending in ("db", "sqlite") for path in args.stores.glob(f"*/*.{ending}")]
    stores = {path.parent.name: count(path.parent, path) for path in sorted(databases)}
    lines = []
    for name, counted in stores.items():
        kinds = ",\n".join(f'"{kind}":{json.dumps(rows, separators=(",", ":"))}' for kind, rows in counted.items())
        lines.append(f"{json.dumps(name)}:{{\n{kinds}\n}}")
    args.out.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()

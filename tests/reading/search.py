"""Writes search.json: what a plain scan finds in the decoded text of every recorded store.

    python3 tests/reading/search.py [--stores FOLDER --out FILE]
    python3 tests/reading/search.py --show STORE NUMBER

Nothing of dspyglass is used, and nothing but Python's own library. Every span is decoded, the attributes once more,
and each text, key and number in it is held against each of the NEEDLES with Python's `re`. Of a store and a needle
search.json keeps how many fields it stands in and the SHA-256 of their sorted list, lines of "trace span field";
--show prints that list.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import re
import sqlite3


def needle(text, ignore_case=False, word=False, regex=False):
    return {"text": text, "ignore_case": ignore_case, "word": word, "regex": regex}


NEEDLES = [
    # Plain words, frequent and rare ones, and what is nowhere.
    needle("reasoning"), needle("Predict"), needle("the"), needle("e"), needle("exception"), needle("capital of"),
    needle("no such words anywhere"), needle("sea"), needle("completed"), needle("mlflow"),
    # Case and words.
    needle("REASONING"), needle("REASONING", ignore_case=True), needle("question", ignore_case=True),
    needle("the", word=True), needle("The", ignore_case=True, word=True), needle("an", word=True),
    needle("task", ignore_case=True), needle("error", ignore_case=True), needle("É", ignore_case=True),
    needle("answer:", word=True), needle("input", word=True),
    # What JSON escapes.
    needle('"'), needle('\\'), needle("\n"), needle('{"'), needle('": "'), needle("\n\n"), needle(".\n"),
    needle('"answer"'), needle("\\n"), needle("]]\n"), needle("[[ ## answer ## ]]\n"), needle("\t"), needle("/"),
    needle("'"), needle("don't"), needle("<"), needle("->"), needle(" = "), needle("&"), needle('\\"'),
    needle("json\n{"), needle("`answer`.\n"), needle('"}'), needle("}\n\n"),
    # Other writings, and signs beyond 16 bits.
    needle("谢谢"), needle("佐藤"), needle("佐藤", word=True), needle("Émile"), needle("émile", ignore_case=True),
    needle("ÉMILE", ignore_case=True, word=True), needle("«"), needle("–"), needle("”是怎么说的"), needle("…"),
    needle("🔔"), needle("🔔 pieces", ignore_case=True), needle("パスフレーズ"), needle("すべてのユーザID"), needle("或", word=True),
    needle("اليوم؟"), needle("“"), needle("€ to"), needle("€", word=True), needle("🦀"),
    # Numbers and ids.
    needle("42"), needle("0.7"), needle("1.0"), needle("2026", word=True),
    # Expressions.
    needle(r"\b(asked|told) \w+", regex=True), needle(r"[A-Z]{2,}-\d+", regex=True), needle(r"^In adhering to", regex=True),
    needle(r"\d+\.\d{2,}", regex=True), needle(r"answer(s|ed)?\b.{0,20}\n", regex=True),
    needle(r"(?i)gnupg|Émile", regex=True), needle(r"error|exception", regex=True, ignore_case=True),
    needle(r'"\w+": "', regex=True), needle(r"[^\x00-\x7f]", regex=True), needle(r"[\u4e00-\u9fff]{3,}", regex=True),
    needle(r"\\u[0-9a-f]{4}", regex=True), needle(r"\S+@\S+", regex=True), needle(r"x*o{2}", regex=True), needle(r"佐藤 \w+", regex=True), needle(r"[“«][^”»]{3,40}[”»]", regex=True),
    needle(r"summar(y|ies|ize)", regex=True, word=True), needle(r"\[\[ ## \w+ ## \]\]$", regex=True),
]

KNOWN = {"trace_id", "span_id", "parent_span_id", "context", "parent_id", "name", "start_time_unix_nano",
         "end_time_unix_nano", "start_time", "end_time", "status", "status_code", "status_message", "attributes",
         "events"}


class Number(str):
    """A number as it is written."""


def decode(text):
    """A text as JSON, or itself."""
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=str)
    except (ValueError, RecursionError):
        return text


def whole(text):
    """Halves of surrogate pairs are replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def texts(value):
    if isinstance(value, str):
        yield whole(value)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield whole(key)
            yield from texts(item)


def fields(name, record):
    """Each field of a span with its texts."""
    yield "name", [name]
    for key, value in (record.get("attributes") or {}).items():
        value = decode(value) if type(value) is str else value
        if key == "mlflow.spanInputs":
            yield "inputs", list(texts(value))
        elif key == "mlflow.spanOutputs":
            yield "outputs", list(texts(value))
        else:
            yield f"attributes.{key}", [key, *texts(value)]
    said = []
    for event in record.get("events") or []:
        for key, value in event.items():
            if key == "attributes":
                said.extend(texts(value))
            elif key == "name":
                said.append(whole(value))
            elif key not in ("time_unix_nano", "timestamp") and value is not None:
                said.extend([key, *texts(value)])
    yield "events", said
    status = record.get("status")
    message = record.get("status_message")
    if message is None and isinstance(status, dict):
        message = status.get("message")
    yield "status_message", [whole(message or "")]
    for key, value in record.items():
        if key not in KNOWN and value not in (None, []):
            yield f"other.{key}", [key, *texts(value)]


def span_id(record):
    if "context" in record:
        return record["context"]["span_id"].removeprefix("0x")
    stored = record["span_id"]
    return stored if re.fullmatch("[0-9a-f]{16}", stored) else base64.b64decode(stored).hex()


def spans(home, database):
    """Every span as (trace, span, name, record): those of the table, and those that are in files alone."""
    db = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    tables = {row[0] for row in db.execute("select name from sqlite_master")}
    in_table = {}
    if "spans" in tables:
        for trace, span, name, content in db.execute("select trace_id, span_id, name, content from spans"):
            in_table.setdefault(trace, set()).add(span)
            yield trace, span, name or "", decode(content)
    if "trace_info" not in tables:
        return
    promised = {}
    for trace, value in db.execute(
            "select request_id, value from trace_request_metadata where key = 'mlflow.trace.sizeStats'"):
        promised[trace] = json.loads(value).get("num_spans") or 0
    files = {path.parents[1].name: path for path in home.rglob("traces.json")}
    for (trace,) in db.execute("select request_id from trace_info"):
        known = in_table.get(trace, set())
        if trace in files and (not known or promised.get(trace, 0) > len(known)):
            for record in decode(files[trace].read_text(encoding="utf-8"))["spans"]:
                if span_id(record) not in known:
                    yield trace, span_id(record), record.get("name") or "", record


def expression(one):
    source = one["text"] if one["regex"] else re.escape(one["text"])
    if one["word"]:
        source = rf"(?<!\w)(?:{source})(?!\w)"
    return re.compile(source, re.MULTILINE | (re.IGNORECASE if one["ignore_case"] else 0))


def scan(home, database, needles):
    expressions = [expression(one) for one in needles]
    found = [[] for _ in needles]
    for trace, span, name, record in spans(home, database):
        for field, said in fields(name, record):
            for at, one in enumerate(expressions):
                if any(match.group() for text in said for match in one.finditer(text)):
                    found[at].append(f"{trace} {span} {field}")
    return [sorted(lines) for lines in found]


def main():
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--stores", type=pathlib.Path, default=here.parent / "stores")
    parser.add_argument("--out", type=pathlib.Path, default=here / "search.json")
    parser.add_argument("--show", nargs=2)
    args = parser.parse_args()
    databases = [path for ending in ("db", "sqlite") for path in args.stores.glob(f"*/*.{ending}")]
    stores = {}
    for database in sorted(databases):
        home = database.parent
        if args.show and home.name != args.show[0]:
            continue
        needles = [NEEDLES[int(args.show[1])]] if args.show else NEEDLES
        found = scan(home, database, needles)
        if args.show:
            print(needles[0], *found[0], sep="\n")
            continue
        stores[home.name] = [[len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()] for lines in found]
    if args.show:
        return
    rows = ",\n".join(f"{json.dumps(name)}:{json.dumps(found, separators=(',', ':'))}" for name, found in stores.items())
    needles = ",\n".join(json.dumps(one) for one in NEEDLES)
    args.out.write_text(f'{{"needles":[\n{needles}\n],"stores":{{\n{rows}\n}}}}\n')


if __name__ == "__main__":
    main()

"""Writes cost.json: what every recorded store cost, by plain Python and LiteLLM's own figures.

    python3 tests/reading/cost.py [--stores FOLDER --out FILE] [--prices FILE.json]

Nothing of dspyglass is used. Prices are those of assets/prices/litellm.json.gz, or of LiteLLM's whole table. Usage
counts where no span above it has any; it is of the calls at and below its span, each of which tells its model. What
is asked of one price by several models is shared out: input by how much text their calls were given, output by how
much they gave back. With --compare PROGRAM nothing is written: the answers of that program are held against these.
"""

import argparse
import gzip
import json
import math
import pathlib
import sqlite3
import subprocess
import sys

import search
import stats

HERE = pathlib.Path(__file__).resolve().parent
CACHED_FROM = {"openai": 1024, "azure": 1024, "text-completion-openai": 1024}


def table(path):
    if path is None:
        with gzip.open(HERE.parents[1] / "assets/prices/litellm.json.gz") as packed:
            return json.load(packed)
    return json.loads(path.read_text(encoding="utf-8"))


def price_of(prices, model):
    """The entry of a model: of its whole name, or of what follows its provider."""
    found = prices.get(model)
    if found is None and "/" in model:
        provider, name = model.split("/", 1)
        found = prices.get(name)
        if found is not None and found.get("litellm_provider") != provider:
            of = found.get("litellm_provider") or ""
            if not any(provider.startswith(one) and of.startswith(one) for one in ("vertex_ai", "fireworks_ai", "bedrock")):
                return None
    if not isinstance(found, dict) or found.get("mode") not in (None, "chat", "completion", "responses", "embedding"):
        return None
    if not found.get("input_cost_per_token") and not found.get("output_cost_per_token"):
        return None
    assert not any("_above_" in key and key.startswith("input_cost_per_token") for key in found), f"{model}: lengths"
    return found


def text_bytes(value):
    if isinstance(value, search.Number):
        return 0
    if isinstance(value, str):
        return len(search.whole(value).encode("utf-8"))
    if isinstance(value, list):
        return sum(map(text_bytes, value))
    return sum(map(text_bytes, value.values())) if isinstance(value, dict) else 0


class Node:
    def __init__(self, span, name, record):
        self.span = stats.Span(span, name, record)
        attributes = record.get("attributes") or {}
        decoded = lambda key: search.decode(attributes[key]) if type(attributes.get(key)) is str else attributes.get(key)
        usage = decoded("mlflow.chat.tokenUsage")
        usage = search.decode(usage) if type(usage) is str else usage
        number = lambda key: None if usage.get(key) is None else int(float(usage[key]))
        self.usage = None
        if isinstance(usage, dict) and any(usage.get(f"{one}_tokens") is not None for one in ("input", "output", "total")):
            self.usage = (number("input_tokens"), number("output_tokens"), number("cache_read_input_tokens"))
        self.tier = decoded("service_tier") if isinstance(decoded("service_tier"), str) else None
        self.given, self.gave = text_bytes(decoded("mlflow.spanInputs")), text_bytes(decoded("mlflow.spanOutputs"))
        self.children = []


def forest(records):
    nodes = [Node(*one) for one in records]
    by_id = {}
    for node in nodes:
        by_id.setdefault(node.span.id, node)
    roots = []
    for node in nodes:
        above = by_id.get(node.span.parent)
        (above.children if above is not None and above is not node else roots).append(node)
    return roots


def usages(node):
    """The topmost spans with usage."""
    if node.usage is not None:
        yield node
        return
    for child in node.children:
        yield from usages(child)


def calls_of(node, top):
    """The calls at and below a span; a call within a call is the same one."""
    if node.span.kind == "CHAT_MODEL" or node is top and not node.children:
        yield node
        return
    for child in node.children:
        yield from calls_of(child, top)


def untold(node):
    """Calls of no usage that took the time of one that is not answered from a cache."""
    if node.usage is not None:
        return 0
    if node.span.kind == "CHAT_MODEL":
        quick = not node.span.failed and node.span.time is not None and node.span.time < 5_000_000 and node.ok
        return 0 if quick else 1
    return sum(untold(child) for child in node.children)


def split(tokens, weights):
    if tokens is None:
        return [None] * len(weights)
    whole, so_far, before, shares = max(sum(weights), 1), 0, 0, []
    for weight in weights:
        so_far += weight
        up_to = tokens * so_far // whole
        shares.append(up_to - before)
        before = up_to
    return shares


def cost_of_usage(node, prices):
    """[(model, input, output, dollars or None, how sure)]"""
    groups = {}
    for call in calls_of(node, node):
        key = (call.span.model or "", call.tier or "")
        count, given, gave = groups.get(key, (0, 0, 0))
        groups[key] = (count + 1, given + call.given, gave + call.gave)
    groups = sorted(groups.items()) or [(("", ""), (1, 0, 0))]
    given, gave, cached = node.usage
    weights = lambda at: [one[at] for _, one in groups] if any(one[at] for _, one in groups) else [one[0] for _, one in groups]
    several = len(groups) > 1
    inputs, outputs = split(given, weights(1) if several else [1]), split(gave, weights(2) if several else [1])
    told = []
    for ((model, tier), _), into, out in zip(groups, inputs, outputs):
        price = price_of(prices, model) if model else None
        if not model or price is None or into is None or out is None:
            told.append((model or None, into, out, None, "no_price" if model and price is None else "no_model"))
            continue
        assert not tier, "no recorded call was asked to be served in another way"
        each, back = price["input_cost_per_token"], price.get("output_cost_per_token") or 0.0
        lower = price.get("cache_read_input_token_cost")
        sure, of_cache = "exact", 0
        if lower is not None and lower < each:
            if cached is not None and not several:
                of_cache = min(cached, into)
            elif into > 0 and into >= CACHED_FROM.get(price.get("litellm_provider"), 0):
                sure = "at_most"
        if price.get("off_peak_pricing") is not None:
            sure = both(sure, "at_most")
        dollars = (into - of_cache) * each + of_cache * (each if lower is None else lower) + out * back
        told.append((model, into, out, dollars, "estimate" if several else sure))
    return told


def both(a, b):
    return b if a == "exact" else a if b == "exact" or a == b else "estimate"


def of_store(home, database, prices):
    db = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    tables = {row[0]: {one[1] for one in db.execute(f"pragma table_info({row[0]})")}
              for row in db.execute("select name from sqlite_master where type = 'table'")}
    if "trace_info" not in tables:
        return None
    traces = {}
    for trace, span, name, record in search.spans(home, database):
        traces.setdefault(trace, []).append((span, name, record))
    total, sure, priced, unknown, models, runs, tokens = 0.0, None, 0, 0, {}, {}, 0
    for (trace,) in db.execute("select request_id from trace_info").fetchall():
        found = db.execute("select value from trace_request_metadata where request_id = ? and key = 'mlflow.sourceRun'", [trace]).fetchone()
        run = found[0] if found and found[0] else None
        if run is None and "entity_associations" in tables:
            linked = db.execute("select destination_id from entity_associations where source_type = 'trace' and "
                                "source_id = ? and destination_type = 'run'", [trace]).fetchone()
            run = linked and linked[0]
        roots = forest(traces.get(trace, []))
        for root in roots:
            mark_ok(root)
        shares = [share for root in roots for node in usages(root) for share in cost_of_usage(node, prices)]
        tokens += sum((into or 0) + (out or 0) for _, into, out, _, _ in shares)
        is_known = bool(shares) and all(share[3] is not None for share in shares)
        of_run = runs.setdefault(run or "", [None, 0, 0])
        for model in {share[0] for share in shares}:
            models.setdefault(model or "", [None, None, None, 0])[3] += 1
        for model, into, out, dollars, _ in shares:
            one = models[model or ""]
            for at, more in ((0, into), (1, out), (2, dollars if is_known else None)):
                one[at] = more if one[at] is None else one[at] if more is None else one[at] + more
        if is_known:
            spent = sum(share[3] for share in shares)
            of_trace = "exact"
            for share in shares:
                of_trace = both(of_trace, share[4])
            if sum(untold(root) for root in roots):
                of_trace = both(of_trace, "at_least")
            total, priced = total + spent, priced + 1
            sure = of_trace if sure is None else both(sure, of_trace)
            of_run[0], of_run[1] = (of_run[0] or 0.0) + spent, of_run[1] + 1
        else:
            unknown, of_run[2] = unknown + 1, of_run[2] + 1
    return {
        "total_usd": total if priced else None, "certainty": sure, "priced_traces": priced, "unknown_traces": unknown,
        "tokens": tokens,
        "by_model": {model: one for model, one in sorted(models.items())},
        "by_run": {run: one for run, one in sorted(runs.items())},
    }


def mark_ok(node):
    node.ok = not node.span.failed and node.span.time is not None
    for child in node.children:
        mark_ok(child)


def near(a, b):
    return a == b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15)


def differences(name, wanted, told):
    """What a program says otherwise."""
    for key in ("priced_traces", "unknown_traces", "certainty"):
        if told[key] != wanted[key]:
            yield f"{name}: {key}: {told[key]}, not {wanted[key]}"
    if not near(told["total_usd"], wanted["total_usd"]):
        yield f"{name}: total: {told['total_usd']}, not {wanted['total_usd']}"
    models = {one["model"] or "": [one["input"], one["output"], one["usd"], one["traces"]] for one in told["by_model"]}
    runs = {one["run_id"] or "": [one["usd"], one["priced_traces"], one["unknown_traces"]] for one in told["by_run"]}
    for what, said, known in (("model", models, wanted["by_model"]), ("run", runs, wanted["by_run"])):
        for key in sorted(said.keys() | known.keys()):
            a, b = said.get(key), known.get(key)
            if a is None or b is None or not all(map(near, a, b)):
                yield f"{name}: {what} {key}: {a}, not {b}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=pathlib.Path, default=HERE.parents[1] / "tests/stores")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "cost.json")
    parser.add_argument("--prices", type=pathlib.Path, help="LiteLLM's whole table in place of the packed one")
    parser.add_argument("--compare", help="a program whose answers are compared")
    arguments = parser.parse_args()
    prices, told, wrong = table(arguments.prices), {}, 0
    for database in sorted([*arguments.stores.glob("*/*.db"), *arguments.stores.glob("*/*.sqlite")]):
        name = database.parent.name
        found = of_store(database.parent, database, prices)
        if found is None:
            continue
        told[name] = found
        if arguments.compare:
            asked = subprocess.run([arguments.compare, "cost", str(database), "--json"], capture_output=True, check=True)
            for line in differences(name, found, json.loads(asked.stdout)):
                wrong += 1
                print(line)
            print(f"{name}: {found['total_usd']} dollars {found['certainty']}, {found['priced_traces']} + {found['unknown_traces']} traces, {found['tokens']} tokens")
    if arguments.compare:
        print(f"{wrong} differences")
        sys.exit(bool(wrong))
    arguments.out.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

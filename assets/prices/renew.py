#!/usr/bin/env python3
"""Renews litellm.json.gz: the published prices of LiteLLM, trimmed to what DSPy can call.

    pip download --no-deps litellm && python renew.py litellm-*.whl

takes the table out of the wheel (or, given a .json file and a version, out of that file) and writes it beside this
script, in LiteLLM's own format, so that the one reader of dspyglass reads this table and a user's file alike. The
first entry, "dspyglass:about", says what it is and where it comes from.

Kept are models that answer texts or embed them and have a price: a key is kept as it is written, a price that is 0
twice is not kept, since nobody but its user can say that a model is free.
"""

import argparse
import datetime
import gzip
import json
import pathlib
import re
import zipfile

TABLE = "litellm/model_prices_and_context_window_backup.json"
ABOUT = "dspyglass:about"
MODES = {"chat", "completion", "responses", "embedding", None}
PRICES = re.compile(
    r"(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)"
    r"(_above_\d+k_tokens)?(_batches|_flex|_priority)?$"
)
LICENCE = "MIT, Copyright (c) 2023 Berri AI; the text of it is in LICENSE beside this script"


def trimmed(table):
    """The entries that are of use, each with the keys that are."""
    kept = {}
    for name, entry in sorted(table.items()):
        if name == "sample_spec" or not isinstance(entry, dict) or entry.get("mode") not in MODES:
            continue
        prices = {key: value for key, value in entry.items() if PRICES.match(key) and isinstance(value, (int, float))}
        if isinstance(entry.get("tiered_pricing"), list):
            keys = ("range", "input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost")
            steps = [{key: step[key] for key in keys if key in step} for step in entry["tiered_pricing"]]
            prices["tiered_pricing"] = [step for step in steps if step.get("input_cost_per_token")]
        is_embedding = entry.get("mode") == "embedding"
        has_both = prices.get("input_cost_per_token") is not None and (is_embedding or prices.get("output_cost_per_token") is not None)
        is_free = not prices.get("input_cost_per_token") and not prices.get("output_cost_per_token")
        if not prices.get("tiered_pricing") and (is_free or not has_both):
            continue
        if entry.get("off_peak_pricing"):
            prices["off_peak_pricing"] = {}  # that it costs less at times is told, not when
        about = {"litellm_provider": entry.get("litellm_provider", "")}
        if is_embedding:
            about["mode"] = "embedding"  # nothing is paid for an output that there is not
        kept[name] = {**about, **dict(sorted(prices.items()))}
    return kept


def read(path, version):
    """The table, and of which version of LiteLLM and of which day it is."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            version = re.match(r"litellm-([^-]+)-", path.name)[1]
            return json.loads(wheel.read(TABLE)), version
    return json.loads(path.read_text(encoding="utf-8")), version


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path, help="a wheel of litellm, or its table of prices as .json")
    parser.add_argument("--version", default="unknown", help="of litellm, where the source does not say")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="the day it was taken")
    arguments = parser.parse_args()
    table, version = read(arguments.source, arguments.version)
    models = trimmed(table)
    about = {
        "source": "model_prices_and_context_window_backup.json of the Python package litellm",
        "version": version,
        "date": arguments.date,
        "entries": len(table),
        "kept": len(models),
        "licence": LICENCE,
    }
    text = json.dumps({ABOUT: about, **models}, separators=(",", ":"), ensure_ascii=False)
    place = pathlib.Path(__file__).with_name("litellm.json.gz")
    # No name and no time of its own: the same table makes the same file.
    with open(place, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode("utf-8"))
    print(f"{place}: {len(models)} of {len(table)} models, {place.stat().st_size} bytes, {len(text)} unpacked")


if __name__ == "__main__":
    main()

"""Writes statistics.json: 200 random tables of scores and what SciPy and statsmodels make of them.

    pip install scipy statsmodels
    python3 tests/reading/statistics.py

Nothing of dspyglass is used. Wilson's interval and McNemar's exact test are statsmodels';
Newcombe's interval is put together from statsmodels' Wilson intervals by his formula; means of
resampled examples are SciPy's. Beside these, the same draws as dspyglass makes (SplitMix64) are
made here with NumPy, so that their percentiles can be compared exactly.
"""

import json
import math
import pathlib
import random

import numpy as np
from scipy.stats import binomtest, bootstrap, norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

SEED = 20_240_117
ROUNDS_OF_SCORES, ROUNDS_OF_DIFFERENCES = 2_000, 10_000


def draws(count, rounds):
    """Places 0 <= place < count, `rounds` times `count`, from the halves of SplitMix64's numbers."""
    words_per_round = (count + 1) // 2
    total = words_per_round * rounds
    with np.errstate(over="ignore"):
        state = np.uint64(SEED) + np.arange(1, total + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        halves = np.stack([mixed >> np.uint64(32), mixed & np.uint64(0xFFFFFFFF)], axis=1)
        places = (halves * np.uint64(count)) >> np.uint64(32)
    return places.reshape(rounds, 2 * words_per_round)[:, :count].astype(np.int64)


def resampled(values, rounds):
    values = np.asarray(values, dtype=float)
    means = np.concatenate(
        [values[places].mean(axis=1) for places in np.array_split(draws(len(values), rounds), 20)]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    fewer = min((means <= 0).sum(), (means >= 0).sum())
    return {"low": low, "high": high, "p": min(1.0, 2 * (fewer + 1) / (rounds + 1))}


def by_scipy(values, at):
    if len(set(values)) < 2:
        return None
    result = bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", batch=500,
                       rng=np.random.default_rng(at))
    means = result.bootstrap_distribution
    return {
        "low": result.confidence_interval.low,
        "high": result.confidence_interval.high,
        "p": float(min(1.0, 2 * min((means <= 0).mean(), (means >= 0).mean()))),
        "error": float(np.std(values) / math.sqrt(len(values))),
    }


def wilson(right, n, alpha=0.05):
    low, high = proportion_confint(right, n, alpha=alpha, method="wilson")
    return float(low), float(high)


def newcombe(both, fixed, broken, n):
    neither = n - both - fixed - broken
    before, after = (both + broken) / n, (both + fixed) / n
    (low_b, high_b), (low_a, high_a) = wilson(both + broken, n), wilson(both + fixed, n)
    margins = (both + fixed) * (neither + broken) * (both + broken) * (neither + fixed)
    along = both * neither - fixed * broken
    if along > 0:
        along = max(along - n / 2, 0)
    phi = along / math.sqrt(margins) if margins else 0.0
    difference = after - before
    low = difference - math.sqrt((after - low_a) ** 2 - 2 * phi * (after - low_a) * (high_b - before)
                                 + (high_b - before) ** 2)
    high = difference + math.sqrt((before - low_b) ** 2 - 2 * phi * (before - low_b) * (high_a - after)
                                  + (high_a - after) ** 2)
    return [max(-1.0, low), min(1.0, high)]


def of_table(at, before, after, unit):
    n = len(before)
    b, a = [x / unit for x in before], [x / unit for x in after]
    d = [y - x for x, y in zip(b, a)]
    better, worse = sum(x > 0 for x in d), sum(x < 0 for x in d)
    found = {"n": n, "before": sum(b) / n, "after": sum(a) / n, "better": better, "worse": worse}
    right_or_wrong = [set(x) <= {0.0, 1.0} for x in (b, a)]
    if right_or_wrong[1]:
        found["score"] = list(wilson(int(sum(a)), n))
        found["score_of_13"] = list(wilson(int(sum(a)), n, 0.05 / 13))
    elif len(set(a)) > 1:
        found["score_resampled"] = resampled(a, ROUNDS_OF_SCORES)
        found["score_by_scipy"] = by_scipy(a, at)
    if all(right_or_wrong):
        both = sum(x == y == 1 for x, y in zip(b, a))
        table = [[both, worse], [better, n - both - better - worse]]
        found["p"] = float(mcnemar(table, exact=True).pvalue)
        if better + worse:
            assert math.isclose(found["p"], binomtest(better, better + worse).pvalue, rel_tol=1e-9)
        found["difference"] = newcombe(both, better, worse, n)
    elif better + worse:
        found["difference_resampled"] = resampled(d, ROUNDS_OF_DIFFERENCES)
        found["difference_by_scipy"] = by_scipy(d, at)
    mean = found["after"] - found["before"]
    variance = float(np.var(d))
    z = norm.ppf(0.975) + norm.ppf(0.8)
    if abs(mean) > 1e-12:
        wanted = max(z * z * variance / mean**2, 6 * n / (better + worse))
        found["wanted_examples"] = wanted
    return found


def main():
    rng = random.Random(7)
    tables = []
    sizes = [1, 1, 2, 2, 3, 3, 4, 5, 6, 2000, 2000]
    for at in range(200):
        kind = "binary" if at % 2 == 0 else "graded"
        n = sizes[at] if at < len(sizes) else int(math.exp(rng.uniform(0, math.log(600))))
        share, fixed, broken = rng.random(), rng.random() * 0.5, rng.random() * 0.3
        # Sixteenths and halves are exact as floats, so that ties are ties everywhere.
        unit = 1 if kind == "binary" else rng.choice([2, 4, 16])
        before, after = [], []
        for _ in range(n):
            old = int(rng.random() < share) if unit == 1 else rng.randint(0, unit)
            if unit == 1:
                changes = rng.random() < (broken if old else fixed)
                new = 1 - old if changes else old
            else:
                new = old if rng.random() < 0.3 else min(unit, max(0, old + rng.randint(-2, 3)))
            before.append(old)
            after.append(new)
        tables.append({"unit": unit, "before": before, "after": after,
                       "expected": of_table(at, before, after, unit)})
    import scipy
    import statsmodels

    lines = ",\n".join(json.dumps(table, separators=(",", ":")) for table in tables)
    header = json.dumps({"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                         "numpy": np.__version__})
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(f'{{"made_with":{header},"tables":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()

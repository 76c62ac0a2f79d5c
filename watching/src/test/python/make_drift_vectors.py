"""Makes vectors for the drift statistics with Evidently itself.

pip install 'evidently==0.7.23' 'pandas<3'
python make_drift_vectors.py > ../resources/drift/evidently.json
"""

import json
import sys

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import get_stattest
from evidently.legacy.calculations.stattests import chi_stat_test
from evidently.legacy.calculations.stattests import jensenshannon_stat_test
from evidently.legacy.calculations.stattests import ks_stat_test
from evidently.legacy.calculations.stattests import psi_stat_test
from evidently.legacy.calculations.stattests import wasserstein_stat_test
from evidently.legacy.core import ColumnType

NUMERIC = {
    "ks": ks_stat_test,
    "wasserstein": wasserstein_stat_test,
    "jensen-shannon": jensenshannon_stat_test,
    "psi": psi_stat_test,
}
CATEGORIES = {"chi-square": chi_stat_test, "jensen-shannon": jensenshannon_stat_test, "psi": psi_stat_test}


def case(name, kind, reference, current):
    column_type = ColumnType.Numerical if kind == "numeric" else ColumnType.Categorical
    reference, current = pd.Series(reference), pd.Series(current)
    chosen = get_stattest(reference, current, column_type, None)
    result = chosen(reference, current, column_type, None)
    tests = NUMERIC if kind == "numeric" else CATEGORIES
    scores = {key: float(test(reference, current, column_type, None).drift_score) for key, test in tests.items()}
    return {
        "name": name,
        "kind": kind,
        "reference": reference.tolist(),
        "current": current.tolist(),
        "chosen": chosen.name,
        "score": float(result.drift_score),
        "threshold": float(result.actual_threshold),
        "drifted": bool(result.drifted),
        "scores": scores,
    }


def main():
    rng = np.random.default_rng(7)
    cases = []

    def normal(n, mean=0.0, sd=1.0):
        return np.round(rng.normal(mean, sd, n), 3)

    def names(n, shares):
        return rng.choice([chr(ord("a") + i) for i in range(len(shares))], n, p=shares)

    for n, m in [(200, 150), (1000, 300), (1200, 900)]:
        cases.append(case(f"normal, same, {n}", "numeric", normal(n), normal(m)))
        cases.append(case(f"normal, shifted a little, {n}", "numeric", normal(n), normal(m, 0.15)))
        cases.append(case(f"normal, shifted, {n}", "numeric", normal(n), normal(m, 0.6)))
        cases.append(case(f"normal, wider, {n}", "numeric", normal(n), normal(m, 0, 1.6)))
        cases.append(case(f"skewed, same, {n}", "numeric", np.round(rng.exponential(2, n), 2), np.round(rng.exponential(2, m), 2)))
        cases.append(case(f"whole numbers, same, {n}", "numeric", rng.poisson(6, n).astype(float), rng.poisson(6, m).astype(float)))
        cases.append(case(f"few values, same, {n}", "numeric", rng.integers(0, 4, n).astype(float), rng.integers(0, 4, m).astype(float)))
        cases.append(case(f"categories, same, {n}", "category", names(n, [0.5, 0.3, 0.15, 0.05]), names(m, [0.5, 0.3, 0.15, 0.05])))
        cases.append(case(f"categories, moved, {n}", "category", names(n, [0.5, 0.3, 0.15, 0.05]), names(m, [0.3, 0.4, 0.2, 0.1])))
        cases.append(case(f"categories, a new one, {n}", "category", names(n, [0.5, 0.3, 0.2]), names(m, [0.45, 0.27, 0.18, 0.1])))
        cases.append(case(f"two categories, same, {n}", "category", names(n, [0.7, 0.3]), names(m, [0.7, 0.3])))
        cases.append(case(f"two categories, moved, {n}", "category", names(n, [0.7, 0.3]), names(m, [0.5, 0.5])))
    json.dump(cases, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


main()

"""Makes the forecasts of a training again with LightGBM itself, from the bundle's model.txt and what train --features-out wrote.

    pip install lightgbm duckdb
    python reproduce.py bundle features.parquet

Prints one JSON line: rows, orders, and the largest difference to a forecast of the bundle before calibration.
"""

import json
import math
import sys

import duckdb
import lightgbm
import numpy

bundle, features = sys.argv[1:]
booster = lightgbm.Booster(model_file=f"{bundle}/model.txt")
relation = duckdb.sql("SELECT * FROM read_parquet($file) ORDER BY row, from_day", params={"file": features})
table = relation.fetchnumpy()
rows = numpy.column_stack([table[name] for name in booster.feature_name()])
scores = booster.predict(rows, raw_score=True)
difference = 0.0
orders = 0
order = None
for each, score, forecast in zip(table["row"], scores, table["forecast"], strict=True):
    if each != order:
        order, survival = each, 1.0
        orders += 1
    survival *= 1 - 1 / (1 + math.exp(-score))
    # By the last day everything has come.
    if forecast != 1:
        difference = max(difference, abs(1 - survival - forecast))
print(json.dumps({"rows": len(rows), "orders": orders, "largestDifference": difference}))

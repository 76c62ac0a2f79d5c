"""Makes the files that OnnxForestTest reads: python3 make_vectors.py FOLDER. Needs lightgbm, onnxmltools, onnxruntime, scikit-learn, skl2onnx.

Models with their rows and the raw scores that their own makers give them: LightGBM's booster itself, and ONNX Runtime for scikit-learn.
"""
import json
import pathlib
import sys

import lightgbm
import numpy
import onnxmltools
import onnxruntime
import skl2onnx
import skl2onnx.common.data_types
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier

folder = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(7)
rows = numpy.column_stack(
    [random.normal(size=3000) * 10, random.integers(0, 6, 3000), random.integers(0, 40, 3000), random.normal(size=3000)]
).astype(numpy.float32)
labels = (numpy.sin(rows[:, 0]) + (rows[:, 2] % 3 == 0) + rows[:, 3] * 0.3 + random.normal(size=3000) * 0.3 > 0.7).astype(int)
types = [("features", FloatTensorType([None, 4]))]


def write(name, model, rows, scores):
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    vectors = [{"row": [None if numpy.isnan(v) else float(v) for v in row], "score": float(s)} for row, s in zip(rows, scores)]
    (folder / f"{name}.json").write_text(json.dumps(vectors))


missing = rows.copy()
missing[random.random(missing.shape) < 0.1] = numpy.nan
parameters = {"objective": "binary", "num_leaves": 9, "verbosity": -1, "categorical_feature": [2], "max_cat_to_onehot": 2}
booster = lightgbm.train(parameters, lightgbm.Dataset(missing, labels), 12)
write("lightgbm", onnxmltools.convert_lightgbm(booster, initial_types=types, zipmap=False), missing[:400],
      booster.predict(missing[:400], raw_score=True))

sklearn = GradientBoostingClassifier(n_estimators=12, max_depth=3, random_state=7).fit(rows, labels)
sklearn_types = [("features", skl2onnx.common.data_types.FloatTensorType([None, 4]))]
converted = skl2onnx.convert_sklearn(sklearn, initial_types=sklearn_types, options={"zipmap": False})
session = onnxruntime.InferenceSession(converted.SerializeToString())
probability = session.run(None, {"features": rows[:400]})[1][:, 1].astype(float)
write("sklearn", converted, rows[:400], numpy.log(probability / (1 - probability)))

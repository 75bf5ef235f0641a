# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "transformers", "accelerate", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Hugging Face's Trainer: a small BERT, made from its configuration, tells which library a docstring is from.

The sentences are those of the libraries that are installed here: nothing is fetched.

    make example NAME=transformers
"""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from sklearn.model_selection import train_test_split
from transformers import BertConfig, BertForSequenceClassification, EvalPrediction, Trainer, TrainingArguments, set_seed

import runwell
from runwell.integrations.transformers import Callback

LIBRARIES = ["numpy", "sklearn", "torch", "transformers"]
FILES, SENTENCES = 120, 600  # at most, of each library
VOCABULARY, LENGTH = 1500, 24  # words; 0 is padding, 1 any other word
SHAPE = {"hidden_size": 48, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 96}


def main() -> None:
    set_seed(0)
    told = [(text, label) for label, name in enumerate(LIBRARIES) for text in sentences(name)]
    texts, labels = [text for text, _ in told], [label for _, label in told]
    seen, held_out, y, y_val = train_test_split(texts, labels, test_size=0.25, random_state=0, stratify=labels)
    words = Counter(word for text in seen for word in split(text)).most_common(VOCABULARY - 2)
    ids = {word: place for place, (word, _) in enumerate(words, 2)}
    train, val = encode(seen, y, ids), encode(held_out, y_val, ids)
    model = BertForSequenceClassification(
        BertConfig(vocab_size=VOCABULARY, max_position_embeddings=LENGTH, num_labels=len(LIBRARIES), **SHAPE)
    )
    arguments = TrainingArguments(
        "checkpoints",
        num_train_epochs=6,
        per_device_train_batch_size=32,
        per_device_eval_batch_size=256,
        learning_rate=3e-3,
        lr_scheduler_type="cosine",
        warmup_steps=20,
        logging_steps=5,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="accuracy",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
    )
    with runwell.init(project="examples", name="transformers", config={"libraries": LIBRARIES}) as run:
        trainer = Trainer(
            model,
            arguments,
            train_dataset=train,
            eval_dataset=val,
            compute_metrics=accuracy,
            callbacks=[Callback(log_model=True, watch="gradients")],
        )
        trainer.train()
        scores = trainer.predict(val).predictions
        table = runwell.Table(columns=["sentence", "library", "said", "score"])
        for text, label, one in zip(held_out, y_val, scores, strict=True):
            table.add_data(text, LIBRARIES[label], LIBRARIES[one.argmax()], float(one.max()))
        run.log(
            {
                "predictions": table,
                "confusion": runwell.plot.confusion_matrix(
                    y_true=list(y_val), preds=scores.argmax(1).tolist(), class_names=LIBRARIES
                ),
            }
        )


def sentences(library: str) -> list[str]:
    """Give first sentences of a library's docstrings."""
    spec = find_spec(library)
    assert spec is not None and spec.origin is not None
    paths = [path for path in sorted(Path(spec.origin).parent.rglob("*.py")) if "test" not in str(path)]
    random.Random(0).shuffle(paths)
    found: set[str] = set()
    for path in paths[:FILES]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                text = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
                if len(text.split()) >= 4:
                    found.add(text)
    return sorted(found)[:: max(1, len(found) // SENTENCES)][:SENTENCES]


def split(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.lower())[:LENGTH]


def encode(texts: list[str], labels: list[int], ids: dict[str, int]) -> list[dict]:
    rows = []
    for text, label in zip(texts, labels, strict=True):
        known = [ids.get(word, 1) for word in split(text)]
        padding = [0] * (LENGTH - len(known))
        rows.append(
            {"input_ids": known + padding, "attention_mask": [1] * len(known) + padding, "labels": label},
        )
    return rows


def accuracy(predicted: EvalPrediction) -> dict[str, float]:
    return {"accuracy": float((predicted.predictions.argmax(1) == predicted.label_ids).mean())}


if __name__ == "__main__":
    main()

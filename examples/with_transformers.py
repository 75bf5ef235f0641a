# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "transformers", "accelerate", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Hugging Face's Trainer: a small BERT, made from its configuration, reads digits as 64 words, one a pixel.

make example NAME=transformers
"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from transformers import BertConfig, BertForSequenceClassification, EvalPrediction, Trainer, TrainingArguments, set_seed

import runwell
from runwell.integrations.transformers import Callback

GREYS = 17  # 0 to 16: the words of this language
SHAPE = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96}


def main() -> None:
    set_seed(0)
    pictures, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(pictures.astype(int), labels, random_state=0)
    model = BertForSequenceClassification(
        BertConfig(vocab_size=GREYS, max_position_embeddings=64, num_labels=10, **SHAPE)
    )
    arguments = TrainingArguments(
        "checkpoints",
        num_train_epochs=12,
        per_device_train_batch_size=64,
        per_device_eval_batch_size=256,
        learning_rate=4e-3,
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
    with runwell.init(project="examples", name="transformers") as run:
        trainer = Trainer(
            model,
            arguments,
            train_dataset=as_sentences(x, y),
            eval_dataset=as_sentences(x_val, y_val),
            compute_metrics=accuracy,
            callbacks=[Callback(log_model=True, watch="gradients")],
        )
        trainer.train()
        scores = trainer.predict(as_sentences(x_val[:100], y_val[:100])).predictions
        table = runwell.Table(columns=["picture", "digit", "said", "score"])
        for picture, digit, one in zip(x_val, y_val, scores, strict=False):
            table.add_data(runwell.Image(picture.reshape(8, 8) / 16), int(digit), int(one.argmax()), float(one.max()))
        run.log({"predictions": table})


def as_sentences(x: np.ndarray, y: np.ndarray) -> list[dict]:
    return [{"input_ids": words.tolist(), "labels": int(digit)} for words, digit in zip(x, y, strict=True)]


def accuracy(predicted: EvalPrediction) -> dict[str, float]:
    return {"accuracy": float((predicted.predictions.argmax(1) == predicted.label_ids).mean())}


if __name__ == "__main__":
    main()

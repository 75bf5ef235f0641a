"""A tiny causal language model learns to count modulo ten: ``Trainer(report_to="wandb")``, nothing else."""

import json

import ledger
import torch
import wandb
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments, set_seed

STEPS, SAVED_EVERY = 120, 60

set_seed(7)


class Counting(torch.utils.data.Dataset):
    """Sequences ``n, n+1, …`` modulo ten."""

    def __init__(self, count: int, start: int) -> None:
        self.rows = [torch.tensor([(start + i + j) % 10 for j in range(8)]) for i in range(count)]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> dict:
        return {"input_ids": self.rows[i], "labels": self.rows[i]}


model = GPT2LMHeadModel(
    GPT2Config(vocab_size=10, n_positions=8, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0)
)
arguments = TrainingArguments(
    output_dir="out",
    run_name="counting",
    report_to="wandb",
    max_steps=STEPS,
    per_device_train_batch_size=4,
    learning_rate=3e-3,
    logging_steps=10,
    eval_strategy="steps",
    eval_steps=40,
    save_strategy="steps",
    save_steps=SAVED_EVERY,
    use_cpu=True,
    disable_tqdm=True,
)
trainer = Trainer(model=model, args=arguments, train_dataset=Counting(64, 0), eval_dataset=Counting(16, 3))
model_config = model.config.to_dict()
trainer.train()
predicted = trainer.predict(Counting(8, 5)).metrics
checkpoints = {
    f"checkpoint-{step}": ledger.files(f"out/checkpoint-{step}") for step in range(SAVED_EVERY, STEPS + 1, SAVED_EVERY)
}
wandb.finish()

# The trainer's own record; what ends in the summary alone stands in its last entry.
ONCE = ("train_runtime", "train_samples_per_second", "train_steps_per_second", "train_loss", "total_flos")
rows, once = [], {}
for entry in trainer.state.log_history:
    once |= {key: value for key, value in entry.items() if key in ONCE}
    named = {
        "eval/" + key.removeprefix("eval_") if key.startswith("eval_") else f"train/{key}": value
        for key, value in entry.items()
        if key not in (*ONCE, "step")
    }
    rows.append({**named, "train/global_step": entry["step"]})
# The callback defines the step metric so that every row has it.
rows.append(
    {"test/" + key.removeprefix("test_"): value for key, value in predicted.items()} | {"train/global_step": STEPS}
)
config = {**model_config, **arguments.to_dict()}
ledger.close(
    rows=rows,
    summary=once,
    config=json.loads(json.dumps(config, default=str)) | {"model/num_parameters": model.num_parameters()},
    checkpoints=checkpoints,
    parameters=sorted(name for name, _ in model.named_parameters()),
)

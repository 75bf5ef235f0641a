"""A small perceptron learns scikit-learn's digits under Lightning's ``WandbLogger``, beside a logger of our own."""

import ledger
import lightning
import numpy as np
import torch
import wandb
from lightning.pytorch.callbacks import LearningRateMonitor, ModelCheckpoint
from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.loggers.logger import Logger
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset


class Witness(Logger):
    """Keeps every row that Lightning gives its loggers."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict] = []

    name, version = "witness", 0

    def log_metrics(self, metrics, step=None) -> None:
        self.rows.append({**metrics, "trainer/global_step": step})

    def log_hyperparams(self, params) -> None:
        self.hyperparameters = dict(params)


class Digits(lightning.LightningModule):
    """64 pixels to ten classes."""

    def __init__(self, hidden: int = 16, lr: float = 1e-2, betas: tuple = (0.9, 0.99)) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10))

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        loss = functional.cross_entropy(self(batch[0]), batch[1])
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch, index) -> None:
        logits = self(batch[0])
        self.log("val/loss", functional.cross_entropy(logits, batch[1]))
        self.log("val/acc", (logits.argmax(1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr, betas=self.hparams.betas)


lightning.seed_everything(3)
pixels, labels = load_digits(return_X_y=True)
data = TensorDataset(torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels))
train, val = torch.utils.data.random_split(data, [1400, len(data) - 1400])
witness = Witness()
logger = WandbLogger(name="digits", log_model="all", tags=["mlp"], group="lightning")
model = Digits()
logger.watch(model, log="all", log_freq=20)
checkpoints = ModelCheckpoint(dirpath="checkpoints", monitor="val/acc", mode="max", save_top_k=3)
trainer = lightning.Trainer(
    max_epochs=3,
    accelerator="cpu",
    logger=[logger, witness],
    log_every_n_steps=5,
    callbacks=[LearningRateMonitor("step"), checkpoints],
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(model, DataLoader(train, 64, shuffle=True), DataLoader(val, 256))
image = (pixels[0].reshape(8, 8) * 15).astype(np.uint8)
cells = [["seven", 7, 0.5], ["eight", 8, 0.25]]
logger.log_image("first digit", [image], caption=["a zero"])
logger.log_table("guesses", columns=["word", "digit", "share"], data=cells)
saved = ledger.files("checkpoints")
best = ledger.sha256(checkpoints.best_model_path)
wandb.finish()
ledger.close(
    rows=witness.rows,
    config=witness.hyperparameters,
    checkpoints=saved,
    best=best,
    best_score=float(checkpoints.best_model_score),
    image=image.ravel().tolist(),
    table=cells,
    parameters={name: list(p.shape) for name, p in model.named_parameters()},
)

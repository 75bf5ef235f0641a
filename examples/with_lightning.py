# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "lightning", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""PyTorch Lightning: the logger takes metrics, hyperparameters, pictures and the best checkpoint of a Trainer.

make example NAME=lightning
"""

from __future__ import annotations

import lightning
import torch
from lightning.pytorch.callbacks import LearningRateMonitor, ModelCheckpoint
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from runwell.integrations.lightning import Logger


class Digits(lightning.LightningModule):
    """64 pixels in, ten classes out."""

    def __init__(self, hidden: int = 64, dropout: float = 0.2, lr: float = 3e-3) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(64, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)

    def training_step(self, batch: tuple[torch.Tensor, torch.Tensor], index: int) -> torch.Tensor:
        x, y = batch
        loss = nn.functional.cross_entropy(self(x), y)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch: tuple[torch.Tensor, torch.Tensor], index: int) -> None:
        x, y = batch
        scores = self(x)
        self.log("val/loss", nn.functional.cross_entropy(scores, y), prog_bar=True)
        self.log("val/accuracy", (scores.argmax(1) == y).float().mean(), prog_bar=True)

    def configure_optimizers(self) -> dict:
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.hparams["lr"])
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, self.trainer.max_epochs or 1)
        return {"optimizer": optimizer, "lr_scheduler": schedule}


def main() -> None:
    lightning.seed_everything(0)
    pixels, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(
        torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels), random_state=0
    )
    logger = Logger(project="examples", name="lightning", log_model=True)
    model = Digits()
    logger.watch(model, log="gradients", log_freq=50)
    trainer = lightning.Trainer(
        max_epochs=10,
        accelerator="cpu",
        logger=logger,
        log_every_n_steps=5,
        callbacks=[
            LearningRateMonitor("epoch"),
            ModelCheckpoint("checkpoints", monitor="val/accuracy", mode="max", filename="digits-{epoch}"),
        ],
        enable_progress_bar=False,
    )
    trainer.fit(
        model,
        DataLoader(TensorDataset(x, y), 32, shuffle=True),
        DataLoader(TensorDataset(x_val, y_val), 256),
    )
    model.eval()
    said = model(x_val).argmax(1)
    wrong = (said != y_val).nonzero().flatten()[:12].tolist()
    logger.log_image(
        "val/mistakes",
        [x_val[n].reshape(8, 8) for n in wrong],
        caption=[f"{y_val[n]}, taken for {said[n]}" for n in wrong],
    )
    logger.experiment.finish()


if __name__ == "__main__":
    main()

"""A Hydra application: its composed config, with an override and an interpolation, becomes the run's config."""

import sys
from pathlib import Path

import hydra
import ledger
import numpy as np
import wandb
from omegaconf import DictConfig, OmegaConf

Path("conf/optim").mkdir(parents=True)
Path("conf/main.yaml").write_text(
    "defaults: [optim: sgd, _self_]\nseed: 3\nsizes: [8, 4]\nname: ${optim.name}-${seed}\n"
)
Path("conf/optim/sgd.yaml").write_text("name: sgd\nlr: 0.1\n")
Path("conf/optim/adam.yaml").write_text("name: adam\nlr: 0.001\nbetas: [0.9, 0.999]\n")
sys.argv[1:] = ["optim=adam", "seed=5"]


@hydra.main(version_base=None, config_path=str(Path("conf").resolve()), config_name="main")
def main(config: DictConfig) -> None:
    plain = OmegaConf.to_container(config, resolve=True)
    run = wandb.init(config=plain, name=config.name)
    rng, rows = np.random.default_rng(config.seed), []
    for _ in range(5):
        row = {"noise": rng.random()}
        run.log(row)
        rows.append(row)
    run.finish()
    ledger.close(rows=rows, config=plain, name=config.name)


main()

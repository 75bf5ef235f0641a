# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "stable-baselines3"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Stable-Baselines3: PPO learns to balance a pole; its metrics, the policy's gradients, and its models.

make example NAME=sb3
"""

from __future__ import annotations

from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy

import runwell
from runwell.integrations.sb3 import Callback

CONFIG = {"env": "CartPole-v1", "timesteps": 16_000, "envs": 8}


def main() -> None:
    with runwell.init(project="examples", name="sb3", config=CONFIG) as run:
        env = make_vec_env(CONFIG["env"], n_envs=CONFIG["envs"], seed=0)
        agent = PPO("MlpPolicy", env, n_steps=64, batch_size=256, gae_lambda=0.8, gamma=0.98, n_epochs=10, seed=0,
                    learning_rate=1e-3, device="cpu")  # fmt: skip
        agent.learn(CONFIG["timesteps"], callback=Callback(gradient_save_freq=500, model_save_path="models"))
        mean, spread = evaluate_policy(agent, env, n_eval_episodes=20)
        run.summary.update({"eval/mean_reward": float(mean), "eval/std_reward": float(spread)})
        print(f"after {CONFIG['timesteps']:,} steps it balances for {mean:.0f} ± {spread:.0f} steps (500 is the end)")


if __name__ == "__main__":
    main()

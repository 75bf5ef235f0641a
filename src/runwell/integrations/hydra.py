"""Hydra: a job's configuration, resolved, as a run's config.

from runwell.integrations.hydra import init
run = init(cfg, project="digits")
"""

from __future__ import annotations

from typing import Any

import runwell


def resolved(config: Any) -> dict[str, Any]:
    """Give a configuration of OmegaConf as plain data, every reference resolved.

    Raises:
        UsageError: it is no mapping.
    """
    from omegaconf import OmegaConf  # type: ignore[import-not-found]

    found = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    if not isinstance(found, dict):
        raise runwell.UsageError(f"a run's config is a mapping, not a {type(found).__name__}")
    return {str(name): value for name, value in found.items()}


def init(config: Any, **options: Any) -> Any:
    """Begin a run for a Hydra job: its configuration, its overrides, and, in a multirun, the sweep as group.

    Args:
        config: what Hydra gives the job.
        options: arguments of ``runwell.init``.
    """
    job: dict[str, Any] = {}
    try:
        from hydra.core.hydra_config import HydraConfig  # type: ignore[import-not-found]

        known = HydraConfig.get()
        job = {"name": known.job.name, "overrides": list(known.overrides.task)}
        if known.mode is not None and known.mode.name == "MULTIRUN":
            options.setdefault("group", f"{known.job.name}-{known.sweep.dir}")
            options.setdefault("name", f"{known.job.name}-{known.job.num}")
    except (ImportError, ValueError):  # outside of a job
        pass
    run = runwell.init(config=resolved(config), **options)
    if job:
        run.config.update({"hydra": job})
    return run

"""NVIDIA GPUs through NVML, the source of nvidia-smi. Without a driver there are none, and no error."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any


class Gpus:
    """The GPUs of this machine."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] = []
        try:
            if sys.platform != "win32":
                ctypes.CDLL("libnvidia-ml.so.1")  # the driver's: where there is none, NVML's large module isn't read
            import pynvml

            pynvml.nvmlInit()
            self._nvml = pynvml
            self._handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
        except Exception:  # no driver, no library, no permission: no GPUs
            self._handles = []

    def describe(self) -> dict[str, Any]:
        """Give the GPUs as ``wandb-metadata.json`` names them; empty without any."""
        if not self._handles:
            return {}
        nvml = self._nvml
        listed: list[dict[str, Any]] = []
        for handle in self._handles:
            one: dict[str, Any] = {"name": _text(self._ask(nvml.nvmlDeviceGetName, handle))}
            memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, handle)
            one["memoryTotal"] = str(memory.total) if memory is not None else None
            one["cudaCores"] = self._ask(nvml.nvmlDeviceGetNumGpuCores, handle)
            one["uuid"] = _text(self._ask(nvml.nvmlDeviceGetUUID, handle))
            listed.append({key: value for key, value in one.items() if value is not None})
        described: dict[str, Any] = {
            "gpu": listed[0].get("name", ""),
            "gpu_count": len(listed),
            "gpu_nvidia": listed,
        }
        version = self._ask(nvml.nvmlSystemGetCudaDriverVersion)
        if isinstance(version, int):
            described["cudaVersion"] = f"{version // 1000}.{version % 1000 // 10}"
        return described

    def read(self) -> dict[str, float]:
        """Give a sample of every GPU: utilisation and memory in percent, bytes, °C, watts, MHz."""
        row: dict[str, float] = {}
        nvml = self._nvml
        for index, handle in enumerate(self._handles):
            prefix = f"gpu.{index}."
            use = self._ask(nvml.nvmlDeviceGetUtilizationRates, handle)
            if use is not None:
                row[prefix + "gpu"], row[prefix + "memory"] = use.gpu, use.memory
            memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, handle)
            if memory is not None and memory.total:
                row[prefix + "memoryAllocated"] = 100.0 * memory.used / memory.total
                row[prefix + "memoryAllocatedBytes"] = memory.used
            self._put(row, prefix + "temp", nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU)
            self._put(row, prefix + "powerWatts", nvml.nvmlDeviceGetPowerUsage, handle, scale=1e-3)
            limit = prefix + "enforcedPowerLimitWatts"
            self._put(row, limit, nvml.nvmlDeviceGetEnforcedPowerLimit, handle, scale=1e-3)
            if row.get(limit) and prefix + "powerWatts" in row:
                row[prefix + "powerPercent"] = 100.0 * row[prefix + "powerWatts"] / row[limit]
            self._put(row, prefix + "smClock", nvml.nvmlDeviceGetClockInfo, handle, nvml.NVML_CLOCK_SM)
            self._put(row, prefix + "memoryClock", nvml.nvmlDeviceGetClockInfo, handle, nvml.NVML_CLOCK_MEM)
            self._put(row, prefix + "fanSpeed", nvml.nvmlDeviceGetFanSpeed, handle)
        return row

    def close(self) -> None:
        """Let go of the driver."""
        if self._nvml is not None:
            self._ask(self._nvml.nvmlShutdown)
            self._handles = []

    def _put(
        self, row: dict[str, float], key: str, question: Callable[..., Any], *arguments: Any, scale: float = 1
    ) -> None:
        value = self._ask(question, *arguments)
        if value is not None:
            row[key] = value * scale

    def _ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return question(*arguments)
        except Exception:  # many boards answer some questions with "not supported"
            return None


def _text(value: Any) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

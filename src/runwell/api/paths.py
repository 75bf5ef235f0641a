"""What users write to name a run or a project, taken apart. Pure."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten


def parse_run_path(text: str, entity: str) -> tuple[str, str, str]:
    """Give (entity, project, run id) of ``entity/project/id``, ``project/id`` or the address of a run's page.

    Args:
        entity: the caller's own, where the text names none.

    Raises:
        InvalidValue: it is none of these.
    """
    parts = _parts(text)
    if len(parts) == 4 and parts[2] == "runs":
        del parts[2]
    if len(parts) == 2:
        parts.insert(0, entity)
    if len(parts) != 3:
        raise InvalidValue(f"run path {shorten(text)} isn't entity/project/id or project/id")
    return names.entity_name(parts[0]), names.project_name(parts[1]), names.run_id(parts[2])


def parse_project_path(text: str, entity: str) -> tuple[str, str]:
    """Give (entity, project) of ``entity/project``, ``project`` or the address of a project's page.

    Raises:
        InvalidValue: it is none of these.
    """
    parts = _parts(text)
    if len(parts) == 3 and parts[2] in ("workspace", "table"):
        del parts[2]
    if len(parts) == 1:
        parts.insert(0, entity)
    if len(parts) != 2:
        raise InvalidValue(f"project path {shorten(text)} isn't entity/project or project")
    # Registries are found where projects are, though nobody may have that name.
    entity = parts[0] if parts[0] == names.REGISTRY_ENTITY else names.entity_name(parts[0])
    return entity, names.project_name(parts[1])


def project_route(entity: str, project: str) -> str:
    """Give the API route of a project."""
    return f"/api/projects/{quote(entity, safe='')}/{quote(project, safe='')}"


def run_route(entity: str, project: str, run: str) -> str:
    """Give the API route of a run."""
    return f"{project_route(entity, project)}/runs/{quote(run, safe='')}"


def sort_of(order: str) -> str:
    """Give the ``sort`` parameter of an order: ``-created_at``, ``+summary_metrics.loss,config.lr``."""
    keys: list[str] = []
    for part in order.split(","):
        key = part.strip()
        descending = key.startswith("-")
        key = key.lstrip("+-").strip()
        if key.startswith("summary_metrics."):
            key = f"summary.{key.removeprefix('summary_metrics.')}"
        if key:
            keys.append(f"-{key}" if descending else key)
    return ",".join(keys)


def _parts(text: str) -> list[str]:
    if not isinstance(text, str):
        raise InvalidValue(f"a path is text, not {shorten(text)}")
    if "://" in text:
        return [unquote(part) for part in urlsplit(text).path.split("/") if part]
    return [part for part in text.strip("/").split("/") if part]

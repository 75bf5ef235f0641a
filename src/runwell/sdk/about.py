"""What a run is called, where it is, and what it was told: the attributes that scripts and libraries read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from runwell.wire import names, records
from runwell.wire.errors import UsageError
from runwell.wire.foreign import items_of, text_of
from runwell.wire.limits import MAX_TAGS

from .farewell import read_status
from .journal import Journal
from .opening import Opening
from .settings import Settings
from .whose import likely_entity


class About:
    """The attributes of a run; ``name``, ``notes`` and ``tags`` may be set while it goes on."""

    _opening: Opening
    _journal: Journal
    _started_at: float

    @property
    def id(self) -> str:
        """The run's id, unique in its project."""
        return self._opening.run_id

    @property
    def name(self) -> str:
        """The display name; may be set."""
        return self._opening.display_name

    @name.setter
    def name(self, name: str) -> None:
        self._opening.display_name = names.display_name(name)
        self._record_run({"display_name": self._opening.display_name})

    @property
    def notes(self) -> str | None:
        """Free text; may be set."""
        return self._opening.notes

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._opening.notes = None if notes is None else text_of(notes)
        self._record_run({"notes": self._opening.notes or ""})

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags; may be set."""
        return self._opening.tags

    @tags.setter
    def tags(self, tags: Iterable[str] | str | None) -> None:
        self._opening.tags = read_tags(tags)
        self._record_run({"tags": list(self._opening.tags)})

    @property
    def project(self) -> str:
        """The project's name."""
        return self._opening.project

    @property
    def entity(self) -> str:
        """The entity's name; where the server decides: the user whose key is kept for it, else ``local``."""
        return self._known_entity() or names.DEFAULT_ENTITY

    @property
    def path(self) -> str:
        """``entity/project/id``."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def group(self) -> str | None:
        """The group that the run is in."""
        return self._opening.group

    @property
    def job_type(self) -> str | None:
        """What kind of job it is: train, eval, …"""
        return self._opening.job_type

    @property
    def url(self) -> str | None:
        """The address of the run's page; None offline, and while only the server knows whose key it is."""
        return self._page() if self._opening.settings.mode == "online" else None

    @property
    def project_url(self) -> str | None:
        """The address of the project's page; None where ``url`` is."""
        url = self.url
        return url.rpartition("/runs/")[0] if url else None

    def get_url(self) -> str | None:
        """Give ``url``; for old scripts."""
        return self.url

    def project_name(self) -> str:
        """Give ``project``; for old scripts."""
        return self.project

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """Give the run's page as a frame for a notebook; a note where there is no page.

        Args:
            height: of the frame, in pixels.
            hidden: show it behind a line to be opened.
        """
        from html import escape

        url = self.url
        if self.disabled:
            return f"<p>Run {escape(self._opening.display_name)} is disabled: nothing of it is kept</p>"
        if not url:
            return f"<p>Run {escape(self._opening.display_name)} is kept in <code>{escape(self.dir)}</code></p>"
        style = f"border:none;width:100%;height:{int(height)}px"
        frame = f'<iframe src="{escape(url)}" style="{style}" loading="lazy"></iframe>'
        return f"<details><summary>{escape(self._opening.display_name)}</summary>{frame}</details>" if hidden else frame

    def _repr_html_(self) -> str:
        """What a notebook shows of ``run`` at the end of a cell: a link to its page, and the page to be opened."""
        from html import escape

        url = self.url
        link = f'<p><a href="{escape(url)}" target="_blank">{escape(self.path)}</a></p>' if url else ""
        return link + self.to_html(hidden=bool(url))

    def display(self, height: int = 420, hidden: bool = False) -> bool:
        """Show the run's page in the notebook; False where there is none to show it in."""
        from .lifecycle import in_notebook

        if not in_notebook():
            return False
        from IPython.display import display  # type: ignore[import-not-found]

        display({"text/html": self.to_html(height, hidden), "text/plain": repr(self)}, raw=True)
        return True

    @property
    def dir(self) -> str:
        """The directory of the run's files: what a script puts there is kept with the run."""
        return os.path.join(self._opening.run_dir, records.FILES_DIR)

    @property
    def sync_dir(self) -> str:
        """The run directory, which ``runwell sync`` takes."""
        return self._opening.run_dir

    @property
    def starting_step(self) -> int:
        """The first step of this process: 0, or one past the last of a resumed run."""
        return self._opening.starting_step

    @property
    def start_time(self) -> float:
        """When the run began, seconds since the epoch."""
        return self._started_at

    @property
    def resumed(self) -> bool:
        """Whether the run continues an earlier one."""
        return self._opening.resumed

    @property
    def offline(self) -> bool:
        """Whether the run is only kept here."""
        return self._opening.settings.mode == "offline"

    @property
    def disabled(self) -> bool:
        """Whether nothing is recorded at all."""
        return False

    @property
    def settings(self) -> Settings:
        """What the run was told about how to behave."""
        return self._opening.settings

    @property
    def sweep_id(self) -> str | None:
        """The sweep that the run belongs to."""
        return self._opening.settings.sweep_id

    def _page(self) -> str | None:
        """Give the page's address as the server said it, else as it will be, None if that can't be known."""
        said = read_status(self._opening.run_dir).get("run_url")
        if isinstance(said, str) and said:
            return said
        opening, entity = self._opening, self._known_entity()
        return names.run_url(opening.settings.base_url, entity, opening.project, opening.run_id) if entity else None

    def _known_entity(self) -> str | None:
        opening = self._opening
        return opening.entity or likely_entity(opening.settings.base_url)

    def _record_run(self, changes: dict[str, Any]) -> None:
        self._journal.record(records.RUN, changes)


def read_tags(tags: Iterable[str] | str | None) -> tuple[str, ...]:
    """Check tags, leaving out repeats; raises InvalidValue or UsageError."""
    found = tuple(dict.fromkeys(names.tag(tag) for tag in items_of(tags, "tags")))
    if len(found) > MAX_TAGS:
        raise UsageError(f"{len(found):,} tags; a run takes at most {MAX_TAGS:,}")
    return found

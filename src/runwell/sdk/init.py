"""``init``: begins a run. It makes the directory, writes the first records, starts the companion, and returns.

It asks a server only where a run is to be resumed that isn't known here (``questions``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any

from runwell.wire import names
from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, text_of

from . import current, lifecycle, notices
from .about import read_tags
from .config import read_config, read_config_file
from .farewell import shorten_path
from .identity import new_display_name, new_run_id
from .journal import Journal
from .opening import Opening, journal_head
from .run import Run
from .settings import Settings, resolve
from .values import Tally

if TYPE_CHECKING:
    from .branch import Branch
    from .past import Past

_lock = RLock()
_REINIT = (None, True, False, "default", "return_previous", "finish_previous", "create_new")
# Arguments that releases of the official client have known, and that have no effect here.
_ACCEPTED = frozenset(
    {
        "force",
        "anonymous",
        "tensorboard",
        "magic",
        "sweep_id",
        "team",
        "http_proxy",
        "start_method",
        "telemetry",
        "allow_val_change",
        "notebook_name",
        "code_dir",
    }
)


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: str | None = None,  # noqa: A002 -- the field's word, as all of these
    id: str | None = None,  # noqa: A002
    name: str | None = None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
    config: Any = None,
    config_exclude_keys: Sequence[str] | None = None,
    config_include_keys: Sequence[str] | None = None,
    allow_val_change: bool | None = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    save_code: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    **others: Any,
) -> Run:
    """Begin a run, and make it the current one.

    Args:
        entity: user or team; without it the server takes the key's own.
        project: default ``uncategorized``.
        dir: the directory that holds ``runwell/``; default the current one.
        id: unique in the project; default 8 random characters.
        name: for people; default a random readable one.
        notes: free text.
        tags: labels.
        config: mapping, argparse Namespace, absl flags, dataclass, or the path of a YAML file.
        config_exclude_keys: keys of ``config`` to leave out.
        config_include_keys: the only keys of ``config`` to take.
        allow_val_change: lets config keys change later without asking.
        group: runs of one experiment have the same.
        job_type: train, eval, …
        mode: "online", "offline" (kept here until ``runwell sync``) or "disabled" (nothing is recorded).
        reinit: what to do if a run is current: "return_previous" (default; False), "finish_previous" (default in
            notebooks; True), "create_new" (both go on, the current one stays current).
        fork_from: "<run id>?_step=<step>": a new run that has that run's rows up to the step, its config and summary.
        resume_from: the same form: go on in that run itself from there; its rows after the step are dropped.
        resume: "allow" continues the run of this id if there is one, "must" and "never" insist, "auto" (True)
            continues the last run of this directory unless it finished.
        save_code: keep the code: True the commit, uncommitted changes and the main script, False none of them;
            without it the user's switch on the server decides, else commit and changes are kept.
        sync_tensorboard: log what TensorBoard's writers (torch, tensorboardX) write from now on.
        monitor_gym: log the videos that gymnasium's ``RecordVideo`` writes from now on.
        settings: a Settings or a mapping of its fields.
        others: further arguments of the official client; they have no effect.

    Returns:
        The run; also a context manager that ends it.

    Raises:
        UsageError: arguments that mean nothing, or a run that must (not) exist.
        InvalidValue: a name that can't be one.
        CommunicationError: ``resume="must"`` and no server answers.
        TypeError: an argument that no client knows.
    """
    _refuse_unknown(others)
    with _lock:
        chosen = resolve(
            settings,
            {
                "entity": entity,
                "project": project,
                "root_dir": dir,
                "run_id": id,
                "run_name": name,
                "run_notes": notes,
                "run_tags": tags,
                "run_group": group,
                "run_job_type": job_type,
                "mode": mode,
                "reinit": reinit,
                "resume": resume,
                "allow_val_change": allow_val_change,
                "save_code": save_code,
            },
        )
        branch = None
        if fork_from is not None or resume_from is not None:
            from .branch import read_branch

            branch = read_branch(fork_from, resume_from, chosen.run_id, chosen.resume)
        previous = _previous(chosen.reinit)
        if previous is not None:
            previous.config.update(config if config is not None else {}, allow_val_change=True)
            return previous
        as_current = current.get() is None
        unread = Tally()
        values = _gather_config(config, config_include_keys, config_exclude_keys, chosen.config_paths, unread)
        run = _begin(chosen, values, branch)
        run.tell(unread)
        current.live.append(run)
        if as_current or chosen.reinit != "create_new":
            current.make_current(run)
        lifecycle.install()
        if sync_tensorboard or others.get("tensorboard"):
            _listen("sync_tensorboard", run, lambda runwell: runwell.tensorboard.sync())
        if monitor_gym:
            _listen("monitor_gym", run, lambda runwell: runwell.gymnasium.monitor())
        return run


def _begin(settings: Settings, config: dict[str, Any], branch: Branch | None) -> Run:
    notices.forget()
    notices.be_quiet(settings.silent)
    for complaint in settings.complaints:
        notices.warn_once(complaint, complaint)
    project = names.project_name(_unless_empty(settings.project) or names.DEFAULT_PROJECT)
    entity = names.entity_name(settings.entity) if _unless_empty(settings.entity) else None
    past = None if settings.mode == "disabled" else _past(settings, project, entity, branch)
    run_id = (
        past.run_id
        if past
        else names.run_id(
            text_of(settings.run_id) if settings.run_id is not None and settings.run_id != "" else new_run_id()
        )
    )
    opening = Opening(
        settings=settings,
        run_id=run_id,
        project=project,
        entity=entity,
        display_name=names.display_name(
            _unless_empty(settings.run_name) or (past and past.display_name) or new_display_name()
        ),
    )
    opening.notes = _text(settings.run_notes) if settings.run_notes is not None or past is None else past.notes
    opening.tags = read_tags(settings.run_tags if settings.run_tags is not None or past is None else past.tags)
    opening.group = _text(settings.run_group)
    opening.job_type = _text(settings.run_job_type)
    if past is not None:
        opening.resumed = True
        opening.starting_step = past.starting_step
        opening.runtime_before = past.runtime
        opening.summary = past.summary
    if branch is not None:
        opening.branch = branch
        opening.starting_step = branch.step + 1
    if settings.mode == "disabled":
        from .disabled import DisabledRun

        run: Run = DisabledRun(opening)
        run.config.update(config)
        return run

    from . import rundir
    from .capture import environment

    minimal = settings.capture == "minimal"
    opening.facts = environment.describe(minimal, settings.program, settings.host)
    if not (minimal or settings.disable_git or settings.save_code is False):
        opening.head = environment.describe_head(opening.facts)
    if past is None and settings.run_id and not settings.resume and not settings.quiet:
        _say_if_added_to(settings.root_dir, run_id, project)
    opening.run_dir = rundir.make(settings.root_dir, run_id, settings.mode == "offline")
    if settings.symlink:
        rundir.point_latest(opening.run_dir)
    journal = Journal(rundir.main_journal(opening.run_dir), journal_head(opening))
    run = Run(opening, journal)
    run.record_opening()
    if past is not None:
        run.config.restore(past.config)
    run.config.update(config)
    opening.has_companion = run.start_companion()
    if not settings.quiet:
        where = shorten_path(opening.run_dir)
        verb = "continuing" if opening.resumed else "recording"
        url = run.url
        notices.say(f"{verb} run {opening.display_name} in {where}" + (f" · {url}" if url else ""))
        run.say_page_later(settings.mode == "online" and not url)
    return run


def _unless_empty(given: Any) -> Any:
    """Give a name as text, "" as None; what is no text is left for ``names`` to refuse."""
    if given is None:
        return None
    return str.__str__(given) or None if is_a(given, str) else names.display_name(given)


def _text(given: Any) -> str | None:
    return None if given is None else text_of(given)


def _listen(argument: str, run: Run, begin: Callable[[Any], None]) -> None:
    if run.disabled:
        return
    import runwell  # by its public name: this room knows no integration

    try:
        begin(runwell)
    except UsageError as error:  # not installed: the run goes on without
        notices.warn_once(argument, f"{argument}: {error}")


def _previous(reinit: Any) -> Run | None:
    """Give the current run if it is to be returned, having ended it if it is to end."""
    if isinstance(reinit, str) and reinit.lower() in ("true", "false", "1", "0"):
        reinit = reinit.lower() in ("true", "1")
    if reinit not in _REINIT:
        raise UsageError(f"reinit {shorten(reinit)} is none of True, False, {', '.join(map(repr, _REINIT[3:]))}")
    run = current.get()
    if run is None or reinit == "create_new":
        return None
    if run.began_elsewhere:  # a forked child that begins a run of its own; the parent's goes on there
        run.finish()
        return None
    if reinit in (True, "finish_previous") or (reinit in (None, "default") and lifecycle.in_notebook()):
        run.finish()
        return None
    return run


def _say_if_added_to(root_dir: str, run_id: str, project: str) -> None:
    from .past import is_known_here

    if is_known_here(root_dir, run_id, project):
        notices.say(
            f"run {run_id} of project {project} exists already: rows are added to it, from step 0 on. "
            "Say which is meant: resume='allow' or 'must' continues at its next step, resume='never' refuses"
        )


def _past(settings: Settings, project: str, entity: str | None, branch: Branch | None) -> Past | None:
    """Find the run that is to be continued, None for a new one; raises where ``must`` or ``never`` isn't met."""
    if branch is not None:
        return _rewound(settings, project, entity, branch) if branch.kind == "rewind" else None
    resume = settings.resume
    if isinstance(resume, str):
        resume = resume.lower()
        resume = {"true": "auto", "1": "auto", "false": None, "0": None, "": None}.get(resume, resume)
    resume = "auto" if resume is True else resume or None
    if resume is None:
        return None
    if resume not in ("allow", "never", "must", "auto"):
        raise UsageError(f"resume {shorten(resume)} is none of 'allow', 'never', 'must', 'auto', True")
    from .past import find_past, find_unfinished

    if resume == "auto" and not settings.run_id:
        return find_unfinished(settings.root_dir)
    if not settings.run_id:
        if resume == "must":
            raise UsageError("resume='must' needs the id of the run to continue: init(id=…, resume='must')")
        return None
    run_id = names.run_id(str(settings.run_id))
    past = find_past(settings.root_dir, run_id)
    if settings.mode == "online" and (past is None or resume == "never"):
        from . import questions

        past = questions.past_of(settings.base_url, entity, project, run_id, must=resume == "must") or past
    if past is None and resume == "must":
        raise UsageError(
            f"resume='must', but there is no run {run_id!r} in project {project!r}; resume='allow' makes one"
        )
    if past is not None and resume == "never":
        raise UsageError(f"resume='never', but run {run_id!r} exists in project {project!r}; choose another id")
    return past


def _rewound(settings: Settings, project: str, entity: str | None, branch: Branch) -> Past:
    """Find the run that is to go back; what it summed up of the rows that go is forgotten."""
    from runwell.wire.summary import SummaryFold

    from .past import find_past

    past = find_past(settings.root_dir, branch.run_id)
    if past is None and settings.mode == "online":
        from . import questions

        past = questions.past_of(settings.base_url, entity, project, branch.run_id, must=True)
    if past is None:
        raise UsageError(f"there is no run {branch.run_id!r} in project {project!r} to go back in")
    past.summary = SummaryFold()
    return past


def _gather_config(
    given: Any, include: Sequence[str] | None, exclude: Sequence[str] | None, paths: Any, unread: Tally
) -> dict[str, Any]:
    """Combine default files and the argument; the argument wins."""
    from os.path import exists

    if include and exclude:
        raise UsageError("config_include_keys and config_exclude_keys exclude each other; give one of them")
    found: dict[str, Any] = {}
    if exists("config-defaults.yaml"):
        found.update(read_config_file("config-defaults.yaml"))
    for path in paths.split(",") if isinstance(paths, str) else paths or ():
        found.update(read_config_file(path.strip()))
    values = read_config(given, unread) if given is not None else {}
    if include:
        values = {key: values[key] for key in include if key in values}
    elif exclude:
        values = {key: value for key, value in values.items() if key not in set(exclude)}
    found.update(values)
    return found


def _refuse_unknown(others: Mapping[str, Any]) -> None:
    for name in others:
        if name in _ACCEPTED:
            continue
        from difflib import get_close_matches

        known = [k for k in init.__annotations__ if k not in ("others", "return")]
        close = get_close_matches(name, known, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise TypeError(f"init() got an unexpected keyword argument {name!r}{hint}")

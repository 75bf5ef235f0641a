/** ⌘K: runs, metrics, projects and commands by a few letters. */
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { isDrawn, metricsQuery } from "../../net/metrics";
import { fetchRuns, type Place, placeKey, projectsQuery } from "../../net/projects";
import { registryCollectionsQuery } from "../../net/registries";
import { chooseThemeEverywhere } from "../../state/preferences";
import { say } from "../../state/toasts";
import { changeView, DEFAULT_VIEW } from "../../state/view";
import { t } from "../../texts";
import { artifactsAt, overviewAt, registriesAt, registryAt, runAt, tableAt, workspaceAt } from "../addresses";
import { copyText, Kbd } from "../parts/Controls";
import dialogs from "../parts/dialog.module.css";
import { useRested } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { State, Swatch } from "../parts/RunMarks";
import { bookOf } from "../workspace/runs";
import { openLayer } from "./layers";
import styles from "./palette.module.css";

interface Entry {
  id: string;
  group: string;
  name: string;
  icon: React.ReactNode;
  tail?: React.ReactNode;
  act: () => void;
}

const RUNS_SHOWN = 6;
const METRICS_SHOWN = 5;
const PROJECTS_SHOWN = 5;
const COLLECTIONS_SHOWN = 4;

export function Palette({ place, onClose }: { place?: Place; onClose: () => void }) {
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const commandsOnly = text.startsWith(">");
  const words = useMemo(() => text.replace(/^>/, "").toLowerCase().split(/\s+/).filter(Boolean), [text]);
  const asked = useRested(words.join(" "), 120);
  const projects = useQuery(projectsQuery).data ?? [];
  const pattern = asked
    .split(" ")
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const runs = useQuery({
    queryKey: [...(place ? placeKey(place) : []), "palette", pattern],
    queryFn: ({ signal }) => fetchRuns(place!, { q: pattern, limit: RUNS_SHOWN }, signal),
    enabled: place !== undefined && !commandsOnly,
    placeholderData: (before) => before,
  }).data;
  const metrics = useQuery({
    ...metricsQuery(place ?? { entity: "", project: "" }, "history"),
    enabled: place !== undefined,
  }).data?.metrics;

  const linked =
    useQuery({
      ...registryCollectionsQuery(undefined, asked, COLLECTIONS_SHOWN),
      enabled: asked !== "" && !commandsOnly,
      placeholderData: (before) => before,
    }).data?.collections ?? [];

  const hit = (name: string) => words.every((word) => name.toLowerCase().includes(word));
  const go = (address: string) => () => {
    onClose();
    navigate(address);
  };
  const does = (act: () => void) => () => {
    onClose();
    act();
  };
  const icon = (name: string) => <Icon name={name} size={14} />;
  const entries: Entry[] = [];
  if (!commandsOnly && place) {
    for (const run of runs?.runs ?? []) {
      entries.push({
        id: `run-${run.id}`,
        group: t.palette.runs,
        name: run.name,
        icon: <Swatch look={bookOf(place).look(run.id)} />,
        tail: <State state={run.state} />,
        act: go(runAt(place, run.id)),
      });
    }
    if (words.length > 0) {
      for (const metric of (metrics ?? []).filter((one) => isDrawn(one) && hit(one.key)).slice(0, METRICS_SHOWN)) {
        entries.push({
          id: `metric-${metric.key}`,
          group: t.palette.metrics,
          name: metric.key,
          icon: icon("fit"),
          tail: t.palette.showMetric,
          act: () => {
            onClose();
            navigate(`${workspaceAt(place)}?focus=${encodeURIComponent(metric.key)}`);
          },
        });
      }
    }
  }
  if (!commandsOnly) {
    for (const project of projects.filter((one) => hit(`${one.entity} ${one.name}`)).slice(0, PROJECTS_SHOWN)) {
      entries.push({
        id: `project-${project.entity}/${project.name}`,
        group: t.palette.projects,
        name: project.name,
        icon: icon("sidebar"),
        tail: t.runsCount(project.run_count),
        act: go(workspaceAt({ entity: project.entity, project: project.name })),
      });
    }
  }
  if (!commandsOnly) {
    for (const one of linked) {
      entries.push({
        id: `registry-${one.registry}/${one.name}`,
        group: t.registry.palette,
        name: one.name,
        icon: icon("link"),
        tail: [one.registry, ...one.aliases.slice(0, 1).map(({ alias, version }) => `${alias} ${version}`)].join(" · "),
        act: go(registryAt(one.registry, one.name)),
      });
    }
  }
  const commands: [string, string, () => void, string?][] = [
    ...(place
      ? ([
          [t.palette.goTo(t.bar.overview), "chevronRight", go(overviewAt(place))],
          [t.palette.goTo(t.bar.workspace), "chevronRight", go(workspaceAt(place))],
          [t.palette.goTo(t.bar.runs), "chevronRight", go(tableAt(place))],
          [t.palette.goTo(t.bar.artifacts), "chevronRight", go(artifactsAt(place))],
          [t.palette.resetView, "fit", does(() => changeView(DEFAULT_VIEW))],
        ] as [string, string, () => void][])
      : []),
    [t.palette.goTo(t.bar.home), "chevronRight", go("/")],
    [t.palette.goTo(t.bar.registry), "chevronRight", go(registriesAt)],
    [t.palette.goTo(t.bar.settings), "gear", go("/settings")],
    [t.palette.theme(t.themes.light), "contrast", does(() => chooseThemeEverywhere("light"))],
    [t.palette.theme(t.themes.dark), "contrast", does(() => chooseThemeEverywhere("dark"))],
    [t.palette.theme(t.themes.system), "contrast", does(() => chooseThemeEverywhere("system"))],
    [
      t.palette.copyLink,
      "link",
      does(() => void copyText(window.location.href).then((copied) => copied && say(t.linkCopied))),
    ],
    [t.keys.title, "help", does(() => setTimeout(() => openLayer("keys"))), "?"],
  ];
  for (const [name, glyph, act, key] of commands) {
    if (!hit(name)) continue;
    entries.push({
      id: `command-${name}`,
      group: t.palette.commands,
      name,
      icon: icon(glyph),
      tail: key && <Kbd>{key}</Kbd>,
      act,
    });
  }
  const current = Math.min(at, Math.max(entries.length - 1, 0));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen entry is kept in view.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current, entries.length]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      setAt((current + by + entries.length) % Math.max(entries.length, 1));
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      entries[current]?.act();
    }
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialogs.backdrop} style={{ zIndex: 30 }} />
        <Dialog.Popup
          className={`${dialogs.dialog} ${styles.palette}`}
          style={{ zIndex: 31 }}
          aria-label={t.palette.label}
        >
          <div className={styles.input}>
            <Icon name="search" />
            <input
              // biome-ignore lint/a11y/noAutofocus: a palette is its input.
              autoFocus
              role="combobox"
              aria-expanded="true"
              aria-controls="palette-results"
              aria-activedescendant={entries[current] && `palette-${current}`}
              aria-label={t.palette.input}
              placeholder={t.palette.input}
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setAt(0);
              }}
              onKeyDown={press}
            />
          </div>
          <div className={styles.results} id="palette-results" role="listbox" aria-label={t.palette.label} ref={list}>
            {entries.length === 0 && <div className={styles.groupTitle}>{t.palette.none}</div>}
            {entries.map((entry, i) => (
              <div key={entry.id} role="presentation">
                {entries[i - 1]?.group !== entry.group && (
                  <div className={styles.groupTitle} role="presentation">
                    {entry.group}
                  </div>
                )}
                <div
                  id={`palette-${i}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={i === current}
                  className={styles.item}
                  onMouseMove={() => setAt(i)}
                  onClick={entry.act}
                  onKeyDown={press}
                >
                  <span className={styles.itemIcon}>{entry.icon}</span>
                  <span className={styles.itemName}>
                    <Matched text={entry.name} words={words} />
                  </span>
                  {entry.tail && <span className={styles.tail}>{entry.tail}</span>}
                </div>
              </div>
            ))}
          </div>
          <div className={styles.foot}>
            <Kbd>↑</Kbd>
            <Kbd>↓</Kbd> {t.palette.move}
            <Kbd>↵</Kbd> {t.palette.go}
            <span>{t.palette.commandsOnly}</span>
            <span>
              {t.palette.results(entries.length)}
              {runs && runs.matched > RUNS_SHOWN && ` · ${t.palette.runs} ${t.home.of(RUNS_SHOWN, runs.matched)}`}
            </span>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** A name with the matching letters in bold. */
function Matched({ text, words }: { text: string; words: string[] }) {
  if (words.length === 0) return text;
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
  return text.split(pattern).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position.
    i % 2 === 1 ? <b key={i}>{part}</b> : part,
  );
}

/** The bar on every page: where one is, where one can go, what is live. */
import { onlineManager, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { useStore } from "zustand";
import { logOut, serverQuery } from "../../net/account";
import { type Place, projectQuery, projectsQuery } from "../../net/projects";
import { count } from "../../series/format";
import { lineStore, queryClient } from "../../state/live";
import { chooseThemeEverywhere } from "../../state/preferences";
import { keyOf, singleKeysStore } from "../../state/singleKeys";
import { type Theme, themeStore } from "../../state/theme";
import { viewStore, writeView } from "../../state/view";
import { t } from "../../texts";
import { artifactsAt, compareOf, overviewAt, registriesAt, tableAt, workspaceAt } from "../addresses";
import { IconButton } from "../parts/Controls";
import { useLater } from "../parts/hooks";
import { Icon, Mark } from "../parts/Icon";
import { KeyCaps } from "../parts/KeyCaps";
import { MENUS_ID, Menu, MenuItem, MenuRule, MenuTitle } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import { openLayer } from "./layers";
import styles from "./shell.module.css";

export type ProjectPage = "overview" | "workspace" | "table" | "compare" | "run" | "artifacts";
export type BarPage = ProjectPage | "registry";

/** What only the compare page has. */
const UNCOMPARED = { compared: [], metric: null };

const THEMES: Theme[] = ["system", "light", "dark"];

export function TopBar({ place, page }: { place?: Place; page?: BarPage }) {
  const [, navigate] = useLocation();
  const paletteKey = useStore(singleKeysStore, (state) => keyOf("palette", state.own));
  return (
    <header className={styles.bar}>
      <Link href="/" className={styles.home} aria-label={t.bar.home} title={t.bar.home}>
        <Mark />
      </Link>
      {place ? <Crumb place={place} /> : <strong style={{ fontWeight: 500 }}>{t.product}</strong>}
      {place && <ProjectTabs place={place} page={page} />}
      <div className={parts.divider} />
      <nav className={styles.tabs} data-of={place && "all"} aria-label={t.bar.everywhere}>
        <Link href={registriesAt} className={parts.tab} aria-current={page === "registry" ? "page" : undefined}>
          {t.bar.registry}
        </Link>
      </nav>
      <div className={styles.space} />
      <button type="button" className={styles.search} onClick={() => openLayer("palette")}>
        <Icon name="search" size={14} />
        <span className={styles.long}>{t.bar.search}</span>
        <span className={styles.short}>{t.bar.searchShort}</span>
        <KeyCaps of={paletteKey} />
      </button>
      <LiveCount place={place} />
      <ThemeMenu />
      <IconButton icon="help" label={t.bar.keys} onClick={() => openLayer("keys")} />
      <div id={MENUS_ID} className={styles.menus} />
      <AccountMenu onSettings={() => navigate("/settings")} />
    </header>
  );
}

function Crumb({ place }: { place: Place }) {
  const [, navigate] = useLocation();
  const isLater = useLater();
  const projects = useQuery({ ...projectsQuery, enabled: isLater }).data ?? [];
  const writable = useQuery({ ...projectQuery(place), enabled: isLater }).data?.writable;
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            className={styles.crumb}
            aria-label={`${place.entity} / ${place.project}, ${t.bar.switchProject}`}
          >
            <span>{place.entity} /</span>
            <strong title={place.project}>{place.project}</strong>
            <Icon name="chevronDown" size={14} />
          </button>
        }
      >
        <MenuTitle>{t.project.menu}</MenuTitle>
        {projects.slice(0, 12).map((project) => (
          <MenuItem
            key={`${project.entity}/${project.name}`}
            checked={project.entity === place.entity && project.name === place.project}
            tail={count(project.run_count)}
            onSelect={() => navigate(workspaceAt({ entity: project.entity, project: project.name }))}
          >
            {project.entity === place.entity ? project.name : `${project.entity} / ${project.name}`}
          </MenuItem>
        ))}
        <MenuRule />
        <MenuItem checked={false} onSelect={() => navigate("/")}>
          {t.project.all}
        </MenuItem>
        {writable && (
          <MenuItem checked={false} danger onSelect={() => openLayer("deleteProject")}>
            {t.project.delete}
          </MenuItem>
        )}
      </Menu>
      {writable === false && (
        <span className={styles.viewOnly} title={t.project.viewOnlyTitle}>
          {t.project.viewOnly}
        </span>
      )}
    </>
  );
}

function ProjectTabs({ place, page }: { place: Place; page?: BarPage }) {
  const project = useQuery({ ...projectQuery(place), enabled: useLater() }).data;
  const view = useStore(viewStore, (state) => writeView({ ...state, focus: null, ...UNCOMPARED }));
  const compared = useStore(viewStore, (state) => (page === "compare" ? state.compared : state.selected));
  // Pages of one run and of artifacts have addresses of their own; coming from them, the lists start afresh.
  const search = page === "run" || page === "artifacts" || page === "overview" ? "" : view;
  const runCount = project?.run_count;
  return (
    <>
      <div className={parts.divider} />
      <nav className={styles.tabs} aria-label={t.bar.pages}>
        <Link href={overviewAt(place)} className={parts.tab} aria-current={page === "overview" ? "page" : undefined}>
          {t.bar.overview}
        </Link>
        <Link
          href={workspaceAt(place) + search}
          className={parts.tab}
          aria-current={page === "workspace" ? "page" : undefined}
        >
          {t.bar.workspace}
        </Link>
        <Link
          href={tableAt(place) + search}
          className={parts.tab}
          aria-current={page === "table" || page === "run" ? "page" : undefined}
        >
          {t.bar.runs}
          {runCount !== undefined && <small>{count(runCount)}</small>}
        </Link>
        {(page === "compare" || compared.length > 1) && (
          <Link
            href={compareOf(place, compared)}
            className={parts.tab}
            aria-current={page === "compare" ? "page" : undefined}
          >
            {t.bar.compare}
          </Link>
        )}
        <Link href={artifactsAt(place)} className={parts.tab} aria-current={page === "artifacts" ? "page" : undefined}>
          {t.bar.artifacts}
        </Link>
      </nav>
    </>
  );
}

function LiveCount({ place }: { place?: Place }) {
  const projects = useQuery({ ...projectsQuery, enabled: useLater() }).data;
  const connected = useStore(lineStore, (state) => state.connected);
  const live = (projects ?? [])
    .filter((project) => !place || (project.entity === place.entity && project.name === place.project))
    .reduce((sum, project) => sum + (project.states?.running ?? 0), 0);
  if (connected === false) {
    return (
      <span className={styles.live} data-off="true" role="status" title={t.bar.offlineTitle}>
        <StateGlyph state="crashed" />
        {t.bar.offline}
      </span>
    );
  }
  // Nothing is said before it is known; its place is kept.
  return (
    <span className={styles.live} data-unknown={!projects} data-on={live > 0} title={t.bar.liveTitle(live)}>
      {live > 0 && <StateGlyph state="running" />}
      {t.bar.live(live)}
    </span>
  );
}

function ThemeMenu() {
  const theme = useStore(themeStore, (state) => state.theme);
  return (
    <Menu align="end" trigger={<IconButton icon="contrast" label={t.bar.theme(t.themes[theme])} />}>
      {THEMES.map((one) => (
        <MenuItem key={one} checked={one === theme} onSelect={() => chooseThemeEverywhere(one)}>
          {t.themes[one]}
        </MenuItem>
      ))}
    </Menu>
  );
}

function AccountMenu({ onSettings }: { onSettings: () => void }) {
  const user = useQuery({ ...serverQuery, enabled: useLater() }).data?.user;
  if (!user) return <span className={styles.avatar} style={{ visibility: "hidden" }} />;
  const initials = [...user].slice(0, 2).join("").toUpperCase();
  const leave = async () => {
    // What is still on its way, or comes before the page is left, would ask with a session that has ended.
    onlineManager.setOnline(false);
    await queryClient.cancelQueries();
    await logOut().catch(() => undefined);
    window.location.assign("/login");
  };
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className={styles.avatar}
          aria-label={`${initials}, ${t.bar.account}: ${user}`}
          title={user}
        >
          {initials}
        </button>
      }
    >
      <MenuTitle>{user}</MenuTitle>
      <MenuItem onSelect={onSettings}>{t.bar.settings}</MenuItem>
      <MenuItem onSelect={leave}>{t.bar.logOut}</MenuItem>
    </Menu>
  );
}

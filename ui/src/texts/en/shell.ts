/** The bar above every page, the palette and the project menu. */
import { count } from "../../series/format";
import { runs } from "./counts";

export const bar = {
  home: "All projects",
  pages: "Pages of the project",
  overview: "Overview",
  workspace: "Workspace",
  runs: "Runs",
  compare: "Compare",
  artifacts: "Artifacts",
  everywhere: "Of every project",
  registry: "Registry",
  search: "Search or run a command",
  searchShort: "Search",
  live: (n: number) => `${count(n)} live`,
  liveTitle: (n: number) => `${runs(n)} running now`,
  offline: "No connection",
  offlineTitle: "The server doesn't answer. This page tries again by itself.",
  theme: (now: string) => `Theme: ${now}. Change it`,
  keys: "Keyboard shortcuts",
  account: "Account",
  switchProject: "Switch project",
  settings: "Settings",
  logOut: "Log out",
};

export const themes = { system: "System", light: "Light", dark: "Dark" };

export const palette = {
  label: "Search and commands",
  input: "Search runs, metrics, projects, commands",
  runs: "Runs",
  projects: "Projects",
  metrics: "Metrics",
  commands: "Commands",
  none: "Nothing found.",
  move: "move",
  go: "open",
  commandsOnly: "type > for commands only",
  results: (n: number) => `${count(n)} ${n === 1 ? "result" : "results"}`,
  goTo: (page: string) => `Go to ${page}`,
  theme: (theme: string) => `Theme: ${theme}`,
  showMetric: "full screen",
  copyLink: "Copy the link to this view",
  resetView: "Reset this view",
};

export const project = {
  viewOnly: "View only",
  viewOnlyTitle: "You may look at this project, not change it. Ask its team to make you a member.",
  menu: "Projects",
  all: "All projects",
  delete: "Delete this project…",
  deleteTitle: (project: string) => `Delete ${project}`,
  deleteWhat: (n: number, versions: number) =>
    `${runs(n)} with metrics, files and consoles, ${count(versions)} ${versions === 1 ? "version" : "versions"} of artifacts, and the saved views leave every list.`,
  deleteMore:
    "The first page lists the project under “Deleted projects”, where it is restored, until a clean-up of the storage removes it for good.",
  deleteType: "Type the project's name to go on.",
  deleteNow: "Delete the project",
  deleted: (project: string) => `${project} is deleted`,
};

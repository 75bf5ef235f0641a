/** The list of projects, and how to start. */
import { count } from "../../series/format";

export const home = {
  title: "Projects",
  live: "Running now",
  projects: "Projects",
  name: "Project",
  runs: "Runs",
  states: "States",
  active: "Last active",
  description: "About",
  of: (shown: number, total: number) => `${count(shown)} of ${count(total)}`,
  filter: "Filter projects",
  none: "No project matches.",
  step: (step: string) => `step ${step}`,
  running: (time: string) => `for ${time}`,
};

export const start = {
  titleHome: "Runwell has no runs yet",
  titleProject: (project: string) => `${project} has no runs yet`,
  text: "Start one from any machine that reaches this server. This page opens it as soon as it is heard.",
  install: "Install",
  log: "Log something",
  watch: "Watch it here",
  tabs: { python: "Python", wandb: "Existing wandb script", shell: "Shell" },
  loginHint: (address: string) => [
    "Rather not in the code? Run ",
    `runwell login ${address}`,
    " once on each machine.",
  ],
  wandbHint: "The official client talks to this server as it is; two variables tell it where.",
  waiting: "Waiting for your first run…",
  arrived: (name: string) => `${name} is live`,
  listening: (time: string) => `listening for ${time}`,
  reachable: "Server reachable",
  keyFor: (user: string) => `Logged in as ${user}`,
  keyMore: "a key for other machines is in Settings",
  first: "First value",
  firstNone: "none received yet",
  moreTitle: "Runs made offline",
  moreText:
    "A run without a server is kept in its directory. Send it whenever you like; sending twice changes nothing.",
  moreLabel: "Send offline runs",
  demoTitle: "Just look around",
  demoText: "Trains eight small models on real digits and shows them live.",
  demoLabel: "In a checkout of Runwell",
};

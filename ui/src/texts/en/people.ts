/** The reader's profile, and the users and teams of the server. */
import { count } from "../../series/format";
import { counted } from "./counts";

export const profile = {
  title: "Profile",
  name: "Name",
  entity: "Entity",
  entityText: "Runs that name no other go there.",
  email: "Address",
  role: "Role",
  roles: { admin: "Administrator", user: "User" },
  since: "Since",
  teams: "Teams",
  noTeams: "None",
  projects: "Your projects",
  noProjects: "You have no projects yet. The first run makes one.",
  projectsOf: (shown: number, total: number) => `The ${count(shown)} busiest of ${count(total)}`,
  runs: "Your newest runs",
  runsText: "In the projects that were active last",
  noRuns: "None of your runs is in the projects that were active last.",
  start: "Start one",
};

export const people = {
  title: "Users",
  text: "Each has projects that others don't see; administrators see all.",
  mates: "You see those you share a team with; administrators see all and add, reset and remove users.",
  add: "New user",
  name: "Name of the user",
  nameHint: "addresses of the user's projects start with it",
  admin: "Administrator",
  create: "Make the user",
  shownOnce: " may log in with this key. Hand it over now, it will not be shown again:",
  head: { name: "Name", role: "Role", since: "Since", keys: "Keys", used: "Last used" },
  you: "you",
  more: (name: string) => `More about ${name}`,
  reset: "Reset the access…",
  resetSure: (name: string) =>
    `This ends every key, the password and the sessions of ${name}, and makes one new key. Scripts that use the old keys will be refused.`,
  resetNow: "Reset the access",
  remove: "Remove the user…",
  removeSure: (name: string) =>
    `This ends every key and the sessions of ${name}. Projects and runs stay; adding the name again brings them back.`,
  removeNow: "Remove the user",
  removed: (name: string) => `${name} is removed`,
  teams: "Teams",
  members: counted("1 member", "members"),
  team: "Team",
  memberNames: "Members",
  viewer: "may look only",
};

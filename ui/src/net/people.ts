/** Users and teams, and who the reader is. */
import { address, getJson, sendJson } from "./http";

export interface Profile {
  name: string;
  entity: string;
  email: string | null;
  is_admin: boolean;
  created_at: number;
  teams: string[];
}

export interface Person {
  name: string;
  /** Null: it isn't told. */
  is_admin: boolean | null;
  /** Told to administrators only, like what follows. */
  created_at?: number;
  keys?: number;
  last_used_at?: number | null;
}

export type Role = "member" | "viewer";

export interface Team {
  name: string;
  members: { name: string; role: Role }[];
}

export interface People {
  users: Person[];
  teams: Team[];
}

type Asked = { signal: AbortSignal };

export const profileQuery = {
  queryKey: ["profile"],
  queryFn: ({ signal }: Asked) => getJson<Profile>("/api/profile", signal),
};

export const peopleQuery = {
  queryKey: ["people"],
  queryFn: ({ signal }: Asked) => getJson<People>("/api/users", signal),
};

export interface UserKey {
  name: string;
  key: string;
}

const at = (name: string) => `/api/users/${encodeURIComponent(name)}`;

export const addUser = (name: string, is_admin: boolean) => sendJson<UserKey>("POST", "/api/users", { name, is_admin });
export const resetUser = (name: string) => sendJson<UserKey>("POST", `${at(name)}/reset`, {});
export const removeUser = (name: string) => sendJson<void>("DELETE", at(name));

const teamAt = (team: string, ...rest: string[]) => address(["api", "teams", team, ...rest]);

export const addTeam = (name: string) => sendJson<Team>("POST", "/api/teams", { name });
export const removeTeam = (team: string) => sendJson<void>("DELETE", teamAt(team));
export const setMember = (team: string, user: string, role: Role) =>
  sendJson<Team>("PUT", teamAt(team, "members", user), { role });
export const dropMember = (team: string, user: string) => sendJson<void>("DELETE", teamAt(team, "members", user));

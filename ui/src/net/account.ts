/** Session, keys, settings: who asks. */
import { getJson, sendJson } from "./http";
import type { ApiKey, NewApiKey, ServerInfo, Settings } from "./shapes";

export const serverQuery = {
  queryKey: ["server"],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<ServerInfo>("/api/server", signal),
  staleTime: 60_000,
};

/** Whether this browser has logged in: then pages ask for what they show, not first for who is there. */
export const isKnown = () => /(^|; )runwell_known=1(;|$)/.test(document.cookie);

export const keysQuery = {
  queryKey: ["keys"],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await getJson<{ keys: ApiKey[] }>("/api/keys", signal)).keys,
};

export const settingsQuery = {
  queryKey: ["settings"],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<Settings>("/api/settings", signal),
};

export type Credentials = { token: string } | { api_key: string } | { user: string; password: string };

export const logIn = (credentials: Credentials) => sendJson<ServerInfo>("POST", "/api/session", credentials);
export const logOut = () => sendJson<void>("DELETE", "/api/session");
export const makeKey = (name: string) => sendJson<NewApiKey>("POST", "/api/keys", { name });
export const revokeKey = (id: ApiKey["id"]) => sendJson<void>("DELETE", `/api/keys/${encodeURIComponent(String(id))}`);
export const changeSettings = (changes: Settings) => sendJson<Settings>("PATCH", "/api/settings", changes);

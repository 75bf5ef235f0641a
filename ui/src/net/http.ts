/** Asks the server: same origin, JSON in and out, one shape of error. */

/** An answer that isn't success, with the server's own sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Status of an `ApiError` when the server couldn't be reached at all. */
export const UNREACHABLE = 0;

/** Called whenever an answer says that nobody is logged in. */
let onUnauthenticated: () => void = () => {};
export function whenUnauthenticated(callback: () => void): void {
  onUnauthenticated = callback;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(UNREACHABLE, "unreachable", "");
  }
  if (response.ok) return response;
  let message = "";
  let code = String(response.status);
  try {
    const body = await response.json();
    message = String(body.error ?? "");
    code = String(body.code ?? code);
  } catch {
    // A proxy's page instead of the server's JSON: the status alone has to say it.
  }
  if (response.status === 401 && !path.startsWith("/api/session")) onUnauthenticated();
  throw new ApiError(response.status, code, message || response.statusText || code);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { signal });
  return response.status === 204 ? (undefined as T) : response.json();
}

/**
 * Gives a text, or its beginning.
 *
 * @param first how many bytes are enough; null: all of it. What a cut leaves of a last character is dropped.
 */
export async function getText(path: string, first: number | null, signal?: AbortSignal): Promise<string> {
  const response = await ask(path, { signal, headers: first === null ? {} : { Range: `bytes=0-${first - 1}` } });
  const bytes = await response.arrayBuffer();
  return new TextDecoder().decode(bytes.slice(0, first ?? undefined), { stream: true });
}

/** Sends a body (or nothing) and gives the JSON answer; undefined for an empty one. */
export async function sendJson<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await ask(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.status === 204 ? (undefined as T) : response.json();
}

/** Posts a question whose answer is binary. */
export async function postForBytes(path: string, body: unknown, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return response.arrayBuffer();
}

/** Encodes path segments and query parameters; parameters without a value are left out. */
export function address(segments: string[], query: Record<string, string | number | undefined | null> = {}): string {
  const path = segments.map(encodeURIComponent).join("/");
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `/${path}${text ? `?${text}` : ""}`;
}

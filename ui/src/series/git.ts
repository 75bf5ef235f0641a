/** Addresses of git remotes as pages that a browser can open. Only http and https come out of here. */

/** Gives the page of a remote (`git@host:owner/name.git`, `https://host/owner/name.git`), or null if it has none. */
export function pageOfRemote(remote: string): string | null {
  const short = /^(?:ssh:\/\/)?[\w.-]+@([\w.-]+)(?::\d+)?[:/](.+)$/.exec(remote);
  const text = short ? `https://${short[1]}/${short[2]}` : remote;
  try {
    const url = new URL(text);
    if (url.protocol !== "https:" && url.protocol !== "http:") return null;
    return `${url.origin}${url.pathname.replace(/\.git\/?$/, "").replace(/\/$/, "")}`;
  } catch {
    return null;
  }
}

/** Gives the page of a commit, in the path that GitHub, GitLab, Gitea and Forgejo share; null where there is none. */
export function pageOfCommit(remote: string, commit: string): string | null {
  const page = pageOfRemote(remote);
  return page && /^[0-9a-f]{7,64}$/i.test(commit) ? `${page}/commit/${commit}` : null;
}

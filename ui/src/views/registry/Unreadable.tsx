/** What stands in the place of a registry or collection that isn't there, or can't be read now. */
import { Link } from "wouter";
import { ApiError } from "../../net/http";
import { t } from "../../texts";
import { Button, Empty } from "../parts/Controls";
import parts from "../parts/parts.module.css";

/** Says whether a page has to say so: what was read before stays while the server is away. */
export const isUnreadable = (error: Error | null, known: unknown): error is Error =>
  error !== null && (error instanceof ApiError || known === undefined);

export function Unreadable({
  error,
  gone,
  up,
  onRetry,
}: {
  error: Error;
  /** What is said when it isn't there. */
  gone: string;
  /** Where one goes on from there. */
  up: { href: string; name: string };
  onRetry: () => void;
}) {
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Empty isPage title={gone}>
        <p>{t.errors.notFoundMore}</p>
        <Link href={up.href} className={parts.link}>
          {up.name}
        </Link>
      </Empty>
    );
  }
  return (
    <Empty isPage title={t.registry.loadFailed(error.message || t.errors.unreachable)}>
      <Button onClick={onRetry}>{t.actions.retry}</Button>
    </Empty>
  );
}

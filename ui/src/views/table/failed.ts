/** Says that an action failed, with the server's own sentence. */
import { say } from "../../state/toasts";
import { t } from "../../texts";

export function sayFailed(error: unknown): void {
  say(t.errors.failed((error as Error).message), { tone: "error" });
}

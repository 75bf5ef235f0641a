/** Changes to what a table of the settings lists. */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { say } from "../../state/toasts";
import { t } from "../../texts";

/** Gives what does a change and reads the list again, or says why it can't be. */
export function useAttempt(queryKey: QueryKey): (act: () => Promise<unknown>) => Promise<void> {
  const client = useQueryClient();
  return async (act) => {
    try {
      await act();
      await client.invalidateQueries({ queryKey });
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
}

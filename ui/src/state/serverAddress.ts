/** Where scripts reach the server: what it was told of itself, or what the browser came by. */
import { serverQuery } from "../net/account";
import { queryClient } from "./live";

export const serverAddress = (): string =>
  queryClient.getQueryData<{ base_url?: string | null }>(serverQuery.queryKey)?.base_url ?? window.location.origin;

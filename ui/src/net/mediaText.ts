/** Text and JSON of media files; an address names the bytes, so what was read stays. */
import type { Json } from "../series/tagged";
import { getText } from "./http";

export const mediaTextQuery = (address: string, most: number | null) => ({
  queryKey: ["media-text", address, most],
  queryFn: ({ signal }: { signal: AbortSignal }) => getText(address, most, signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60_000,
  retry: 1,
});

export const mediaJsonQuery = (address: string) => ({
  queryKey: ["media-json", address],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Json> => parse(await getText(address, null, signal)),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60_000,
  retry: false,
});

/** Python writes NaN and infinities into JSON as words, which JSON hasn't. */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(text.replace(/([[,:]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g, "$1null")) as Json;
  }
}

/** Says in words where a filter expression can't be read, and what should stand there. */
import type { FilterTrouble } from "../../series/filter";
import { t } from "../../texts";

export function filterMessage({ expected, at }: FilterTrouble): string {
  return t.filter.expected[expected](at + 1);
}

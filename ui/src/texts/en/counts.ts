/** Numbers with their nouns. */
import { count } from "../../series/format";

export const counted = (one: string, many: string) => (n: number) => (n === 1 ? one : `${count(n)} ${many}`);
export const runs = (n: number) => `${count(n)} ${n === 1 ? "run" : "runs"}`;

/** Numbers with their nouns: the counter follows the noun and never changes. */
import { count } from "../../series/format";

export const counted = (noun: string) => (n: number) => `${noun} ${count(n)}개`;
export const runs = counted("실행");
export const ofAll = (part: number, all: number) => `${count(all)}개 중 ${count(part)}개`;

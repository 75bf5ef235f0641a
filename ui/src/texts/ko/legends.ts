/** Legends and what names lines. */
import { count } from "../../series/format";
import type { Texts } from "../en";

export const legends: Texts["legends"] = {
  of: (title) => `${title}의 범례`,
  more: (n) => `외 ${count(n)}개`,
  place: "범례",
  places: { none: "표시 안 함", above: "위", below: "아래", right: "오른쪽" },
  legendText: "범례의 이름",
  tipText: "툴팁의 이름",
  plain: "실행 이름",
  insert: (what) => `필드 넣기: ${what}`,
  insertShort: "필드…",
  wrong: (fields) => `없는 필드: ${fields}`,
  help: `글자와 필드를 섞어 씁니다. 예: \${run.name} \${config.lr}. x와 y는 가리키는 점의 값입니다.`,
  all: "범례와 툴팁…",
  title: "모든 차트의 범례와 툴팁",
  lineFields: "선",
  runFields: "실행",
};

/** Marks on charts. */
import { count } from "../../series/format";
import type { Texts } from "../en";

export const marks: Texts["marks"] = {
  here: "이 위치에 표시…",
  add: "표시 추가",
  change: "표시 편집",
  text: "내용",
  at: "x 위치",
  save: "저장",
  remove: "표시 삭제",
  full: (n) => `차트 하나에 표시는 ${count(n)}개까지입니다. 먼저 하나를 지우세요.`,
  spoken: (axis, x) => `${axis} ${x}에 표시`,
};

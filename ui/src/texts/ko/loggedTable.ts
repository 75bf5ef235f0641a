/** Tables that a script logged. */
import { count } from "../../series/format";
import type { Texts } from "../en";

export const loggedTable: Texts["loggedTable"] = {
  label: "기록된 테이블",
  search: "행 검색",
  rows: (matched, total) =>
    matched === total ? [count(total), "행"] : [`${count(total)}행 중 ${count(matched)}`, "행"],
  empty: "이 테이블에는 행이 없습니다.",
  noneMatch: "조건에 맞는 행이 없습니다.",
  clear: "검색과 필터 지우기",
  filter: (column) => `필터: ${column}`,
  filterTitle: "다음 조건의 행만 표시",
  condition: "조건",
  value: "값",
  apply: "적용",
  removeFilter: (text) => `필터 제거: ${text}`,
  operators: {
    contains: "포함",
    "=": "같음",
    "!=": "같지 않음",
    "<": "미만",
    "<=": "이하",
    ">": "초과",
    ">=": "이상",
    empty: "비어 있음",
    given: "비어 있지 않음",
  },
  none: "없음",
  resize: (column) => `열 너비: ${column}`,
  cell: (column, row) => `${column}, ${count(row)}행`,
  row: "행",
  missing: "파일 없음",
  json: "테이블을 JSON으로 저장",
  csv: "이 행을 CSV로 저장",
  csvCut: (n) => `파일에는 처음 ${count(n)}행만 담깁니다. 전체는 JSON으로 받을 수 있습니다.`,
  keys: "Enter: 셀 열기, Ctrl C: 복사",
  failed: (why) => `테이블을 읽을 수 없습니다: ${why}`,
  open: (what) => `열기: ${what}`,
};

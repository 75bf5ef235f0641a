/** A run's log. */
import { count } from "../../series/format";
import type { Texts } from "../en";

export const logs: Texts["logs"] = {
  label: "로그",
  search: "로그 검색",
  hits: (at, n, more) => `${count(n)}${more ? "+" : ""}줄 중 ${count(at)}번째`,
  noHits: "결과 없음",
  previous: "이전 결과",
  next: "다음 결과",
  stderr: "err",
  regex: "정규식",
  wrap: "줄바꿈",
  time: "시각",
  follow: "따라가기",
  following: "따라가는 중",
  lines: (n) => `${count(n)}줄, 모두 보존됨`,
  selected: (n) => `${count(n)}번째 줄 선택됨`,
  copyLink: "링크 복사",
  none: "출력된 내용이 없습니다.",
  noneRunning: "아직 출력된 내용이 없습니다.",
  nextHit: "다음 결과",
  end: "끝",
  line: (n) => `${count(n)}번째 줄`,
};

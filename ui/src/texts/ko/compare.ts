/** The page that compares runs. */
import { count } from "../../series/format";
import type { Texts } from "../en";
import { runs } from "./counts";

export const compare: Texts["compare"] = {
  compared: (shown, asked) => (shown === asked ? runs(shown) : `${runs(asked)} 중 ${count(shown)}개`),
  baseline: "기준",
  isBaseline: "기준",
  makeBaseline: (name) => `기준으로 비교: ${name}`,
  remove: (name) => `제외: ${name}`,
  onlyDiffering: "다른 항목만",
  differ: (differing, all) => `키 ${count(all)}개 중 ${count(differing)}개가 다름`,
  keys: "실행별 키",
  key: "키",
  rooms: { summary: "Summary", config: "Config", meta: "환경" },
  ofKeys: (shown, all) => `${count(all)}개 중 ${count(shown)}개`,
  more: (n) => `${count(n)}개 더 보기`,
  hidden: (n) => `모두 같은 키 ${count(n)}개를 숨김`,
  nothing: "일치하는 키가 없습니다.",
  few: "비교할 실행을 두 개 이상 선택하세요",
  fewMore: "테이블에서 실행을 선택한 뒤 c 키를 누르세요.",
  toTable: "실행 테이블로 이동",
  parting: "갈라지는 지점",
  against: (metric, name) => `${metric}, ${name} 대비`,
  metric: "지표",
  noMetric: "이 실행들에는 그릴 지표가 없습니다.",
  partsAt: (step) => `${step}에서 갈라짐`,
  step: (step) => `스텝 ${step}`,
  together: "갈라지지 않음",
  lacking: "값 없음",
  not: (key, value, baseline) => `${key} ${value} (기준 ${baseline})`,
  only: (key, value) => `${key} ${value} (기준에 없음)`,
  without: (key, baseline) => `${key} 없음 (기준 ${baseline})`,
  andMore: (n) => `외 ${count(n)}개`,
  sameConfig: "config 같음",
  rule: (points, times) =>
    `갈라짐: 연속한 ${points}개 점이 이웃한 점 사이의 보통 변화의 ${times}배, 그리고 기준 범위의 1 %보다 멀리 떨어진 경우.`,
};

/** The lineage graph. */
import { count } from "../../series/format";
import type { Texts } from "../en";
import { ofAll } from "./counts";

export const lineage: Texts["lineage"] = {
  label: (name) => `${name}의 계보`,
  scope: "표시 범위",
  direct: "직접 연결",
  complete: "전체 경로",
  find: "그래프에서 찾기",
  found: (n) => (n === 0 ? "결과 없음" : `${count(n)}개 찾음`),
  drawn: (seen, all) => `노드 ${ofAll(seen, all)} 표시`,
  truncated: (n) => `더 많은 노드가 있습니다. 처음 ${count(n)}개만 표시합니다.`,
  zoomIn: "확대",
  zoomOut: "축소",
  fit: "전체 보기",
  openAll: "모두 펼치기",
  closeAll: "모두 접기",
  none: "이 버전의 출처를 알 수 없고, 아직 사용한 실행도 없습니다.",
  noneMore: "실행이 아티팩트를 기록하거나 사용하면 그래프가 자동으로 그려집니다.",
  cluster: (n, kind, group) =>
    kind === "run" ? `${group ? `${group} ` : ""}실행 ${count(n)}개` : `${group} ${count(n)}개`,
  shown: (n) => `${count(n)}개 표시`,
  open: "펼치기",
  close: "접기",
  findIn: (n) => `${count(n)}개 중에서 찾기`,
  showMore: (n) => `${count(n)}개 더 보기`,
  artifact: "아티팩트",
  run: "실행",
  path: (name) => `${name}의 출처`,
  alongEdges: "연결선을 따라",
  deleted: "삭제됨",
  artifactLabel: (type, name, more) => `${type} ${name}${more}`,
  laying: "배치하는 중…",
};

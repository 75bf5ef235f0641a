/** The bar above every page, the palette and the project menu. */
import { count } from "../../series/format";
import type { Texts } from "../en";
import { runs } from "./counts";

export const bar: Texts["bar"] = {
  home: "모든 프로젝트",
  pages: "프로젝트 페이지",
  overview: "개요",
  workspace: "워크스페이스",
  runs: "실행",
  compare: "비교",
  artifacts: "아티팩트",
  everywhere: "모든 프로젝트 공통",
  registry: "레지스트리",
  search: "검색 또는 명령 실행",
  searchShort: "검색",
  live: (n) => `${count(n)}개 진행 중`,
  liveTitle: (n) => `진행 중인 ${runs(n)}`,
  offline: "연결 끊김",
  offlineTitle: "서버가 응답하지 않습니다. 자동으로 다시 연결을 시도합니다.",
  theme: (now) => `테마: ${now}. 변경하기`,
  keys: "키보드 단축키",
  account: "계정",
  switchProject: "프로젝트 전환",
  settings: "설정",
  logOut: "로그아웃",
};

export const themes: Texts["themes"] = { system: "시스템", light: "라이트", dark: "다크" };

export const palette: Texts["palette"] = {
  label: "검색 및 명령",
  input: "실행, 지표, 프로젝트, 명령 검색",
  runs: "실행",
  projects: "프로젝트",
  metrics: "지표",
  commands: "명령",
  none: "결과가 없습니다.",
  move: "이동",
  go: "열기",
  commandsOnly: "> 입력 시 명령만 검색",
  results: (n) => `결과 ${count(n)}건`,
  goTo: (page) => `이동: ${page}`,
  theme: (theme) => `테마: ${theme}`,
  showMetric: "전체 화면",
  copyLink: "이 보기의 링크 복사",
  resetView: "이 보기 초기화",
};

export const project: Texts["project"] = {
  viewOnly: "보기 전용",
  viewOnlyTitle: "이 프로젝트는 볼 수만 있습니다. 변경하려면 팀의 멤버가 되어야 합니다.",
  menu: "프로젝트",
  all: "모든 프로젝트",
  delete: "이 프로젝트 삭제…",
  deleteTitle: (project) => `프로젝트 삭제: ${project}`,
  deleteWhat: (n, versions) =>
    `지표, 파일, 콘솔을 포함한 ${runs(n)}와 아티팩트 버전 ${count(versions)}개, 저장된 보기가 모든 목록에서 사라집니다.`,
  deleteMore:
    "프로젝트는 첫 페이지의 ‘삭제된 프로젝트’에 남으며, 저장 공간 정리로 완전히 제거되기 전까지 복원할 수 있습니다.",
  deleteType: "계속하려면 프로젝트 이름을 입력하세요.",
  deleteNow: "프로젝트 삭제",
  deleted: (project) => `프로젝트 삭제됨: ${project}`,
};

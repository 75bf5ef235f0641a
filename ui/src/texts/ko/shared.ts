/** Texts that several pages share. */
import { plain } from "../../series/format";
import type { Texts } from "../en";
import { runs } from "./counts";

export const day: Texts["day"] = (date) =>
  date.toLocaleDateString("ko-KR", { day: "numeric", month: "numeric", year: "numeric" });

export const dayAndTime: Texts["dayAndTime"] = (day, time) => `${day} ${time}`;

export const product: Texts["product"] = "Runwell";

export const title: Texts["title"] = (page) => `${page} · Runwell`;

export const states: Texts["states"] = {
  pending: "대기 중",
  running: "진행 중",
  finished: "완료",
  failed: "실패",
  crashed: "응답 없음",
  interrupted: "중단됨",
  preempted: "선점됨",
  killed: "중지됨",
};

/** 실행 목록처럼 자리가 좁은 곳에서 쓴다. */
export const stateNotes: Texts["stateNotes"] = {
  pending: "대기",
  running: "진행",
  finished: "",
  failed: "실패",
  crashed: "무응답",
  interrupted: "중단",
  preempted: "선점",
  killed: "중지",
};

export const stateHead: Texts["stateHead"] = (state, exitCode) =>
  exitCode !== null && exitCode !== 0 ? `${state}, 종료 코드 ${plain(exitCode)}` : state;

export const ago: Texts["ago"] = {
  never: "없음",
  now: "방금 전",
  minutes: (n) => `${n}분 전`,
  hours: (n) => `${n}시간 전`,
  days: (n) => `${n}일 전`,
};

export const actions: Texts["actions"] = {
  cancel: "취소",
  save: "저장",
  close: "닫기",
  copy: "복사",
  copied: "복사됨",
  undo: "되돌리기",
  clear: "지우기",
  remove: "제거",
  retry: "다시 시도",
  download: "다운로드",
  back: "뒤로",
  more: "더 보기",
};

export const errors: Texts["errors"] = {
  unreachable: "서버에 연결할 수 없습니다. 서버가 실행 중인지 확인하세요.",
  failed: (message) => `작업에 실패했습니다: ${message}`,
  notFound: "이 주소에는 아무것도 없습니다",
  notFoundMore: "삭제되었거나 다른 사용자의 것일 수 있습니다.",
  goHome: "모든 프로젝트",
  broken: "Runwell의 결함으로 이 페이지를 표시할 수 없습니다.",
  brokenMore: "기록된 데이터에는 영향이 없습니다. 새로고침하면 계속할 수 있습니다.",
  reload: "새로고침",
};

export const runsCount: Texts["runsCount"] = runs;

export const linkCopied: Texts["linkCopied"] = "링크를 복사했습니다";

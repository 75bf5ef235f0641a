/** A run's files. */
import { count } from "../../series/format";
import type { Texts } from "../en";

export const files: Texts["files"] = {
  none: "파일이 없습니다.",
  noneMore: "스크립트가 run.save()로 저장한 파일이 여기에 표시됩니다.",
  find: "파일 찾기",
  tree: "파일",
  choose: "파일을 선택하면 내용이 표시됩니다.",
  gone: (path) => `이 실행에 없는 파일입니다: ${path}`,
  open: "열기",
  delete: "삭제…",
  deleteLabel: (path) => `삭제: ${path}`,
  deleteTitle: "파일 삭제",
  deleteSure: (path) => `이 실행에서 다음 파일이 삭제됩니다: ${path}. 되돌릴 수 없습니다.`,
  deleteNow: "파일 삭제",
  deleted: (path) => `삭제됨: ${path}`,
  noPreview: "이 종류의 파일은 미리 볼 수 없습니다.",
  noMatch: "일치하는 파일이 없습니다.",
  empty: "빈 파일입니다.",
  first: (part, all) => `전체 ${all} 중 처음 ${part}입니다. 다운로드하면 전체를 받을 수 있습니다.`,
  linesOf: (shown, all) =>
    all === null ? `그중 처음 ${count(shown)}줄입니다.` : `${count(all)}줄 중 처음 ${count(shown)}줄입니다.`,
  rowsOf: (shown, all, cut) =>
    shown < all || cut
      ? `${count(all)}행${cut ? " 이상" : ""} 중 처음 ${count(shown)}행입니다.`
      : `${count(all)}행입니다.`,
  columnsOf: (shown, all) => `${count(all)}열 중 처음 ${count(shown)}열입니다.`,
  asText: "텍스트",
  asTable: "테이블",
  rendered: "렌더링",
  view: "파일 표시 방식",
  changed: (when) => `변경: ${when}`,
  listed: (shown, all) => `파일 ${count(all)}개 중 처음 ${count(shown)}개`,
  total: (n, size) => `파일 ${count(n)}개, ${size}`,
  download: (name) => `다운로드: ${name}`,
};

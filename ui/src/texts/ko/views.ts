/** Saved views of a project. */
import type { Texts } from "../en";

export const views: Texts["views"] = {
  label: "보기",
  own: "내 워크스페이스",
  ownMore: "자동으로 저장됨",
  changed: "저장한 뒤 변경됨",
  notKept: "저장되지 않음",
  isDefault: "기본",
  isShared: "공유됨",
  name: "보기 이름",
  save: "저장",
  saveChanges: "변경 사항 저장",
  discard: "변경 사항 버리기",
  saveAs: "새 보기로 저장…",
  rename: "이름 바꾸기…",
  share: "모두와 공유",
  unshare: "공유 중지",
  makeDefault: "처음 온 사람에게 먼저 열기",
  noDefault: "먼저 열지 않기",
  delete: "보기 삭제",
  reset: "내 워크스페이스 초기화",
};

/** The reader's profile, and the users and teams of the server. */
import { count } from "../../series/format";
import type { Texts } from "../en";
import { counted } from "./counts";

export const profile: Texts["profile"] = {
  title: "프로필",
  name: "이름",
  entity: "엔티티",
  entityText: "따로 지정하지 않은 실행이 저장되는 곳입니다.",
  email: "이메일",
  role: "역할",
  roles: { admin: "관리자", user: "사용자" },
  since: "가입",
  teams: "팀",
  noTeams: "없음",
  projects: "내 프로젝트",
  noProjects: "아직 프로젝트가 없습니다. 첫 실행을 시작하면 만들어집니다.",
  projectsOf: (shown, total) => `${count(total)}개 중 최근에 활동한 ${count(shown)}개`,
  runs: "내 최근 실행",
  runsText: "최근에 활동한 프로젝트 기준",
  noRuns: "최근에 활동한 프로젝트에 내 실행이 없습니다.",
  start: "실행 시작하기",
};

export const people: Texts["people"] = {
  title: "사용자",
  text: "사용자마다 자신의 프로젝트가 있습니다. 관리자는 모두 볼 수 있습니다.",
  mates: "같은 팀의 사용자만 표시됩니다. 관리자는 모든 사용자를 보고 추가, 초기화, 제거할 수 있습니다.",
  add: "새 사용자",
  name: "사용자 이름",
  nameHint: "이 사용자의 프로젝트 주소가 이 이름으로 시작합니다",
  admin: "관리자",
  create: "사용자 만들기",
  shownOnce: "사용자의 키입니다. 다시 표시되지 않으니 지금 전달하세요:",
  head: { name: "이름", role: "역할", since: "가입", keys: "키", used: "마지막 사용" },
  you: "나",
  more: (name) => `다른 작업: ${name}`,
  reset: "접근 초기화…",
  resetSure: (name) =>
    `${name} 사용자의 모든 키, 비밀번호, 세션을 끝내고 새 키를 하나 만듭니다. 기존 키를 쓰는 스크립트의 요청은 거부됩니다.`,
  resetNow: "접근 초기화",
  remove: "사용자 제거…",
  removeSure: (name) =>
    `${name} 사용자의 모든 키와 세션을 끝냅니다. 프로젝트와 실행은 남으며, 같은 이름으로 다시 추가하면 돌아옵니다.`,
  removeNow: "사용자 제거",
  removed: (name) => `사용자 제거됨: ${name}`,
  teams: "팀",
  members: counted("구성원"),
  team: "팀",
  memberNames: "구성원",
  viewer: "보기 전용",
};

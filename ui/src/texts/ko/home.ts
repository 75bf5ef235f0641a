/** The list of projects, and how to start. */
import type { Texts } from "../en";
import { ofAll } from "./counts";

export const home: Texts["home"] = {
  title: "프로젝트",
  live: "지금 진행 중",
  projects: "프로젝트",
  name: "프로젝트",
  runs: "실행",
  states: "상태",
  active: "최근 활동",
  description: "설명",
  of: ofAll,
  filter: "프로젝트 필터",
  none: "일치하는 프로젝트가 없습니다.",
  step: (step) => `스텝 ${step}`,
  running: (time) => `${time} 경과`,
};

export const start: Texts["start"] = {
  titleHome: "아직 실행이 없습니다",
  titleProject: (project) => `${project}: 아직 실행이 없습니다`,
  text: "이 서버에 연결할 수 있는 컴퓨터라면 어디서든 시작할 수 있습니다. 첫 데이터가 도착하면 해당 실행이 바로 열립니다.",
  install: "설치",
  log: "기록하기",
  watch: "여기서 확인",
  tabs: { python: "Python", wandb: "기존 wandb 스크립트", shell: "셸" },
  loginHint: (address) => [
    "코드에 쓰고 싶지 않다면 컴퓨터마다 한 번씩 ",
    `runwell login ${address}`,
    " 명령을 실행하세요.",
  ],
  wandbHint: "공식 클라이언트를 그대로 사용할 수 있습니다. 환경 변수 두 개로 서버 위치만 알려 주면 됩니다.",
  waiting: "첫 실행을 기다리는 중…",
  arrived: (name) => `${name} 진행 중`,
  listening: (time) => `${time}째 대기 중`,
  reachable: "서버 연결됨",
  keyFor: (user) => `로그인한 사용자: ${user}`,
  keyMore: "다른 컴퓨터용 키는 설정에서 만들 수 있습니다",
  first: "첫 번째 값",
  firstNone: "아직 받지 못함",
  moreTitle: "오프라인 실행",
  moreText: "서버 없이 진행한 실행은 해당 디렉터리에 보관됩니다. 언제든 전송할 수 있고, 두 번 보내도 결과는 같습니다.",
  moreLabel: "오프라인 실행 전송",
  demoTitle: "먼저 둘러보기",
  demoText: "실제 숫자 이미지로 작은 모델 8개를 학습하며 실시간으로 보여 줍니다.",
  demoLabel: "Runwell 소스 디렉터리에서",
};

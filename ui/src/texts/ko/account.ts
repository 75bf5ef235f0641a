/** Logging in, and the page that makes a key for a script. */
import type { Texts } from "../en";

export const login: Texts["login"] = {
  title: "로그인",
  key: "API 키",
  keyHint:
    "서버가 있는 컴퓨터에서 `runwell key` 명령으로 키를 확인할 수 있습니다. `runwell open` 명령은 키 없이 바로 로그인합니다.",
  submit: "로그인",
  usePassword: "이름과 비밀번호로 로그인",
  useKey: "API 키로 로그인",
  user: "이름",
  password: "비밀번호",
  opening: "로그인하는 중…",
  linkUsed: "이미 사용했거나 10분이 지난 로그인 링크입니다.",
  linkMore: "서버가 있는 컴퓨터에서 `runwell open` 명령으로 새 링크를 만들거나, 여기에 키를 붙여 넣으세요.",
};

export const authorize: Texts["authorize"] = {
  title: "스크립트용 키",
  text: "키를 만들어 복사한 뒤, 스크립트가 요청하는 곳에 붙여 넣으세요.",
  make: "키 만들기",
  name: "키 이름",
  defaultName: "이 페이지에서 만든 키",
  once: "지금 복사하세요. 다시 표시되지 않습니다.",
  done: "터미널에 붙여 넣으세요. 이 페이지는 닫아도 됩니다.",
};

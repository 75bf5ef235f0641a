/** Colours that a reader gives to runs. */
import type { Texts } from "../en";

export const colours: Texts["colours"] = {
  choose: (name) => `${name}의 색 고르기`,
  of: (name) => `${name}의 색`,
  palette: "팔레트",
  hue: (n) => `색 ${n}`,
  own: "다른 색",
  adjusted: "선이 잘 보이도록 여기서는 조금 더 어둡거나 밝게 표시합니다.",
  reset: "원래대로",
  resetAll: "모든 색 초기화",
  by: "색 기준",
  each: "실행마다 고유한 색",
  legend: (key) => `${key} 기준 색`,
  none: "값 없음",
  others: (n) => `그 밖의 ${n}개`,
};

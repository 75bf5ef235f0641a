/** Media: one of them, by kind. */
import { count } from "../../series/format";
import type { Texts } from "../en";
import { counted, ofAll } from "./counts";

export const media: Texts["media"] = {
  kinds: {
    image: counted("이미지"),
    video: counted("동영상"),
    audio: counted("오디오 클립"),
    html: counted("HTML 페이지"),
    table: counted("테이블"),
    plotly: counted("Plotly 차트"),
    bokeh: counted("Bokeh 차트"),
    object3D: counted("3D 객체"),
    molecule: counted("분자"),
    graph: counted("모델 그래프"),
    model: counted("모델"),
    artifact: counted("아티팩트"),
    histogram: (n) => `히스토그램, 구간 ${count(n)}개`,
  },
  other: (type) => type,
};

export const mediaViews: Texts["mediaViews"] = {
  page: (name) => `HTML 페이지 ${name}`,
  openPage: "새 탭에서 열기",
  sound: (name) => `오디오 ${name}`,
  video: (name) => `동영상 ${name}`,
  unplayable: "이 브라우저에서는 재생할 수 없습니다. 다운로드하여 확인하세요.",
  unreadable: (why) => `표시할 수 없습니다: ${why}`,
  loading: "불러오는 중",
  none: "내용이 없습니다.",
  points: counted("점"),
  pointsOf: (n, total) => `점 ${ofAll(n, total)}`,
  boxes: counted("박스"),
  vectors: counted("화살표"),
  faces: counted("면"),
  reset: "시점 초기화",
  scene: "3D 장면: 드래그로 회전, 휠로 확대, 오른쪽 드래그로 이동",
  noWebgl: "이 브라우저에서는 3D를 그릴 수 없습니다 (WebGL 꺼짐).",
  tooLarge: (bytes, most) => `크기가 ${bytes}입니다. 여기서는 ${most}까지만 표시합니다.`,
  not3d: (suffix) => `${suffix} 파일은 여기에 그릴 수 없습니다. 다운로드하여 확인하세요.`,
  figureText: (types) => `이 페이지에서 그릴 수 없는 Plotly 그림입니다: ${types}`,
  figurePart: (types) => `그릴 수 없어 제외한 부분: ${types}`,
  figureFile: "그림을 JSON으로 저장",
  layers: counted("레이어"),
  parameters: counted("파라미터"),
  layer: "레이어",
  layerType: "유형",
  outputShape: "출력 형태",
  parameterCount: "파라미터",
  lines: (shown, total) => `${count(total)}줄 중 ${count(shown)}줄`,
};

export const charts: Texts["charts"] = {
  unknown: (chart) => `알 수 없는 차트 명세입니다: ${chart}`,
  noTable: "이 차트의 테이블이 아직 도착하지 않았습니다.",
  failed: (why) => `차트를 그릴 수 없습니다: ${why}`,
  malformed: "Vega가 차트 명세를 읽을 수 없습니다",
  noLoading: "차트 명세가 외부 주소를 요청합니다. 차트는 외부 데이터를 불러오지 않습니다",
  cut: (drawn, total) => `${count(total)}행 중 ${count(drawn)}행을 그렸습니다`,
  label: (name) => `차트 ${name}`,
  save: "PNG로 저장",
};

/** Every text of the interface, in Korean, in the shape of the English catalogue. */
import type { Texts } from "../en";
import { authorize, login } from "./account";
import { arrange } from "./arrange";
import { artifactPages, artifacts } from "./artifacts";
import { colours } from "./colours";
import { compare } from "./compare";
import { files } from "./files";
import { filter } from "./filter";
import { home, start } from "./home";
import { keys } from "./keys";
import { legends } from "./legends";
import { lineage } from "./lineage";
import { list } from "./list";
import { loggedTable } from "./loggedTable";
import { marks } from "./marks";
import { charts, media, mediaViews } from "./media";
import { mediaPanels } from "./mediaPanels";
import { overview } from "./overview";
import { panelKinds } from "./panelKinds";
import { cursor, panels, tooltip, truth } from "./panels";
import { people, profile } from "./people";
import { registry } from "./registry";
import { run } from "./run";
import { settings } from "./settings";
import {
  actions,
  ago,
  day,
  dayAndTime,
  errors,
  linkCopied,
  product,
  runsCount,
  stateHead,
  stateNotes,
  states,
  title,
} from "./shared";
import { bar, palette, project, themes } from "./shell";
import { storage } from "./storage";
import { table } from "./table";
import { pictureCompare, tableCompare } from "./tableCompare";
import { views } from "./views";

export const ko: Texts = {
  day,
  dayAndTime,
  product,
  title,
  states,
  stateNotes,
  stateHead,
  ago,
  actions,
  errors,
  runsCount,
  linkCopied,
  bar,
  themes,
  palette,
  project,
  login,
  authorize,
  settings,
  profile,
  people,
  storage,
  keys,
  home,
  start,
  list,
  filter,
  panels,
  panelKinds,
  arrange,
  tooltip,
  truth,
  cursor,
  loggedTable,
  media,
  mediaViews,
  charts,
  mediaPanels,
  table,
  views,
  tableCompare,
  pictureCompare,
  compare,
  colours,
  legends,
  marks,
  run,
  files,
  artifacts,
  artifactPages,
  overview,
  lineage,
  registry,
};

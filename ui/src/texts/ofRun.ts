/** Texts of the run page alone, in the language of the page. They come with its code: the first load is full. */
import { wearLanguage } from "../state/language";
import { logs as enLogs, type LogTexts } from "./en/logs";
import { record as enRecord, type RecordTexts } from "./en/record";
import { system as enSystem, type SystemTexts } from "./en/system";
import { logs as koLogs } from "./ko/logs";
import { record as koRecord } from "./ko/record";
import { system as koSystem } from "./ko/system";

const isKorean = wearLanguage() === "ko";

export const logText: LogTexts = isKorean ? koLogs : enLogs;
export const recordText: RecordTexts = isKorean ? koRecord : enRecord;
export const systemText: SystemTexts = isKorean ? koSystem : enSystem;

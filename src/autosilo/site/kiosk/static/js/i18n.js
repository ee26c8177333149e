/** Words in the visitor's language, and times in the site's zone. */

const LANGUAGES = ["en", "zh-hans"];
const tables = {};
let current = "en";
let zone;
let siteNow = new Date();

export async function load() {
  for (const language of LANGUAGES) tables[language] = await (await fetch(`/static/i18n/${language}.json`)).json();
}

/** The kiosk's own language: `?lang=`, else the browser's. */
export function defaultLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (LANGUAGES.includes(asked)) return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-hans" : "en";
}

export function setLanguage(language) {
  current = LANGUAGES.includes(language) ? language : "en";
  document.documentElement.lang = current === "zh-hans" ? "zh-Hans" : "en";
  return current;
}

export const language = () => current;
export const other = () => (current === "en" ? "zh-hans" : "en");
export const setZone = (name) => (zone = name);
export const has = (key) => key in tables[current];

/** The words of `key` with `{name}` filled in. */
export function t(key, values = {}) {
  const text = tables[current]?.[key] ?? tables.en?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const locale = () => (current === "zh-hans" ? "zh-CN" : "en-GB");

/** The site's clock, which a demonstration may have moved forward; answers it as text. */
export function setNow(iso) {
  siteNow = new Date(iso);
  return when(iso);
}

/** "14:30", with the day when it is not today at the site. */
export function when(iso) {
  const at = new Date(iso);
  const day = (date) => date.toLocaleDateString("en-CA", { timeZone: zone });
  const options = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  if (day(at) !== day(siteNow)) Object.assign(options, { weekday: "short", day: "numeric", month: "short" });
  return at.toLocaleString(locale(), options);
}

/** "about a minute", rounded so that it does not flicker. */
export function duration(seconds) {
  if (seconds < 55) return t("time.seconds", { n: Math.max(5, Math.ceil(seconds / 5) * 5) });
  const minutes = Math.round(seconds / 60);
  return minutes <= 1 ? t("time.minute") : t("time.minutes", { n: minutes });
}

/** "usually 1–4 minutes": an interval, rounded outwards; empty when both ends are the same to a human being. */
export function between(low, high) {
  if (high < 55) {
    const [from, to] = [Math.floor(low / 5) * 5, Math.max(5, Math.ceil(high / 5) * 5)];
    return to - from <= 5 ? "" : t("coming.range", { range: t("time.range_seconds", { from, to }) });
  }
  const [from, to] = [Math.floor(low / 60), Math.ceil(high / 60)];
  if (from === 0) return t("coming.at_most", { time: to === 1 ? t("time.minute") : t("time.minutes", { n: to }) });
  return to - from < 1 ? "" : t("coming.range", { range: t("time.range_minutes", { from, to }) });
}

export const number = (value) => Math.round(value).toLocaleString(locale());

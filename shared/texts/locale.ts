/** The language of a meeting that names none. */
export const DEFAULT_LOCALE = "en";

/** The languages that there are texts of. A new one is a file of this folder, and its code also in texts.ts and private.is_locale. */
const LANGUAGES = ["de", "en"] as const;

/** ISO 639 code of a language that there are texts of. */
export type Language = typeof LANGUAGES[number];

/** Language, script and region of BCP 47 (RFC 5646): "de", "de-AT", "en-Latn-GB". The database has the same form. */
const LOCALE = /^([a-z]{2})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?$/i;

/** What to send instead of a locale that there are no texts in. */
export const EXPECTED_LOCALE =
  "Expected a BCP 47 locale in English or German, e.g. en, en-GB or de";

/** Whether texts exist in the language of a BCP 47 locale. */
export function isLocale(locale: string): boolean {
  return languageOf(locale) !== undefined;
}

/** The locale of a stored row; English where it has none, or one without texts, which its error says. */
export function storedLocale(locale: string | null): string {
  return locale !== null && isLocale(locale) ? locale : DEFAULT_LOCALE;
}

/** The language of a locale; undefined: it is none, or there are no texts in it. */
export function languageOf(locale: string): Language | undefined {
  const code = LOCALE.exec(locale)?.[1]?.toLowerCase();
  return LANGUAGES.find((language) => language === code);
}

import { german } from "./de.ts";
import { english } from "./en.ts";

/** All texts for people in one language; times are wall times in minutes since 1970. */
export type Texts = ReturnType<typeof english>;

/** The language of a meeting that names none. */
export const DEFAULT_LOCALE = "en";

/** The languages that there are texts of. A new one is a file here, and its code in private.is_locale. */
const LANGUAGES = new Map([["de", german], ["en", english]]);

/** Language, script and region of BCP 47 (RFC 5646): "de", "de-AT", "en-Latn-GB". The database has the same form. */
const LOCALE = /^([a-z]{2})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?$/i;

let usual: Texts | undefined;

/** Whether texts exist in the language of a BCP 47 locale. */
export function isLocale(locale: string): boolean {
  return languageOf(locale) !== undefined;
}

/** What to send instead of a locale that there are no texts in. */
export const EXPECTED_LOCALE =
  "Expected a BCP 47 locale in English or German, e.g. en, en-GB or de";

/** The texts of a locale; its region decides the form of names and numbers. Throws RangeError for a locale without texts. */
export function textsOf(locale: string): Texts {
  if (locale === DEFAULT_LOCALE) return usual ??= english();
  const language = languageOf(locale);
  if (language === undefined) throw new RangeError(`No texts for the locale "${locale}"`);
  return language(locale);
}

/** The locale of a stored row; English where it has none, or one without texts, which its error says. */
export function storedLocale(locale: string | null): string {
  return locale !== null && isLocale(locale) ? locale : DEFAULT_LOCALE;
}

function languageOf(locale: string): ((locale: string) => Texts) | undefined {
  const language = LOCALE.exec(locale)?.[1];
  return language === undefined ? undefined : LANGUAGES.get(language.toLowerCase());
}

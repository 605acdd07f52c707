import { german } from "./de.ts";
import { english } from "./en.ts";
import { DEFAULT_LOCALE, type Language, languageOf } from "./locale.ts";

/** All texts for people in one language; times are wall times in minutes since 1970. */
export type Texts = ReturnType<typeof english>;

const TEXTS: Readonly<Record<Language, (locale: string) => Texts>> = { de: german, en: english };

let usual: Texts | undefined;

/** The texts of a locale; its region decides the form of names and numbers. Throws RangeError for a locale without texts. */
export function textsOf(locale: string): Texts {
  if (locale === DEFAULT_LOCALE) return usual ??= english();
  const language = languageOf(locale);
  if (language === undefined) throw new RangeError(`No texts for the locale "${locale}"`);
  return TEXTS[language](locale);
}

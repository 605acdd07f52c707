/** Instants are minutes since 1970-01-01T00:00Z in here, days are whole days since 1970-01-01. */
export const MINUTES_PER_DAY = 1440;

const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Large enough that no arithmetic on the other fields brings a bad digit back into a valid range. */
const BAD_DIGITS = -1_000_000;

/**
 * Minutes since 1970 of an RFC 3339 date-time with offset, with seconds as a fraction; NaN if it is none.
 * No regular expression, and the fixed forms of Google, "2030-01-07T09:00:00Z" and the same with "+01:00", and of
 * JavaScript, "2030-01-07T09:00:00.000Z", first: reading busy time is most of the work of a search.
 */
export function parseInstant(text: string): number {
  const length = text.length;
  if (
    length === 20 && text.charCodeAt(19) === 90 && text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 && text.charCodeAt(10) === 84
  ) {
    return fixedFormMinutes(text);
  }
  if (
    length === 25 && text.charCodeAt(22) === 58 && text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 && text.charCodeAt(10) === 84
  ) {
    return fixedFormMinutes(text) - offsetMinutes(text, 19);
  }
  if (
    length === 24 && text.charCodeAt(23) === 90 && text.charCodeAt(19) === 46 &&
    text.charCodeAt(13) === 58 && text.charCodeAt(16) === 58 && text.charCodeAt(10) === 84 &&
    text.charCodeAt(20) === 48 && text.charCodeAt(21) === 48 && text.charCodeAt(22) === 48
  ) {
    return fixedFormMinutes(text);
  }
  return anyFormMinutes(text);
}

/** Days since 1970 of a date "YYYY-MM-DD"; NaN if it is none. */
export function parseDate(text: string): number {
  return text.length === 10 ? dateAt(text) : NaN;
}

/** RFC 3339 of an instant as seen with an offset in minutes; "Z" for offset 0. */
export function formatInstant(minute: number, offset_minutes: number): string {
  // Seconds are fractions of minutes, which are not exact.
  const wall = new Date(Math.round((minute + offset_minutes) * 60_000)).toISOString().slice(0, 19);
  if (offset_minutes === 0) return `${wall}Z`;
  const size = Math.abs(offset_minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, "0");
  return `${wall}${offset_minutes < 0 ? "-" : "+"}${hours}:${String(size % 60).padStart(2, "0")}`;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : BAD_DIGITS;
}

function dateAt(text: string): number {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (year < 1 || month < 1 || month > 12 || day < 1) return NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > DAYS_IN_MONTH[month]! + (leap && month === 2 ? 1 : 0)) return NaN;
  const before = year - 1;
  const leaps = ((before / 4) | 0) - ((before / 100) | 0) + ((before / 400) | 0);
  const day_of_year = DAYS_BEFORE_MONTH[month]! + (leap && month > 2 ? 1 : 0) + day - 1;
  return before * 365 + leaps + day_of_year - DAYS_FROM_YEAR_1_TO_1970;
}

const DAYS_FROM_YEAR_1_TO_1970 = 719_162;

function fixedFormMinutes(text: string): number {
  const hours = twoDigits(text, 11);
  const minutes = twoDigits(text, 14);
  const seconds = twoDigits(text, 17);
  if (
    hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60
  ) return NaN;
  const minute = dateAt(text) * MINUTES_PER_DAY + hours * 60 + minutes;
  return seconds === 0 ? minute : minute + seconds / 60;
}

/** Also with a fraction of a second and with letters in lower case (RFC 3339 section 5.6). */
function anyFormMinutes(text: string): number {
  const t = text.charCodeAt(10);
  if ((t !== 84 && t !== 116) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) {
    return NaN;
  }
  let at = 19;
  let fraction = 0;
  if (text.charCodeAt(at) === 46) {
    const from = at++;
    while (isDigit(text.charCodeAt(at))) at += 1;
    if (at === from + 1) return NaN;
    fraction = Number(text.slice(from, at)) / 60;
  }
  const zone = text.charCodeAt(at);
  if (zone === 90 || zone === 122) {
    return text.length === at + 1 ? fixedFormMinutes(text) + fraction : NaN;
  }
  if (text.length !== at + 6 || text.charCodeAt(at + 3) !== 58) return NaN;
  return fixedFormMinutes(text) + fraction - offsetMinutes(text, at);
}

/** Of "+01:00" at this place; NaN if it is none. */
function offsetMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return NaN;
  if (sign === 43) return hours * 60 + minutes;
  return sign === 45 ? -(hours * 60 + minutes) : NaN;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

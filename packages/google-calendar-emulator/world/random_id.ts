const base32hex = "0123456789abcdefghijklmnopqrstuv";

/** Random characters of Google's event id alphabet (a-v, 0-9); server-made event ids have 26 of
 * them. */
export function randomId(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => base32hex[byte & 31]).join("");
}

/** Random lowercase letters, as in Meet codes. */
export function randomLetters(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => String.fromCharCode(97 + (byte % 26))).join("");
}

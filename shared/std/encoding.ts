import * as base64 from "@std/encoding/base64.js";
import * as base64url from "@std/encoding/base64url.js";
import * as hex from "@std/encoding/hex.js";

// Deno's standard library as npm has it carries no types; these are those of its documentation.

type Encode = (data: Uint8Array | ArrayBuffer | string) => string;
/** Uint8Array<ArrayBuffer>, which the edge runtime's compiler cannot write yet. */
type Bytes = ReturnType<typeof Uint8Array.from>;
/** Throws TypeError or RangeError for text in another alphabet or of an impossible length. */
type Decode = (text: string) => Bytes;

/** Standard base64 with padding (RFC 4648, 4). */
export const encodeBase64: Encode = base64.encodeBase64;
export const decodeBase64: Decode = base64.decodeBase64;

/** The alphabet for URLs and JSON Web Tokens, without padding (RFC 4648, 5). */
export const encodeBase64Url: Encode = base64url.encodeBase64Url;
export const decodeBase64Url: Decode = base64url.decodeBase64Url;

/** Lower-case hex digits, two a byte. */
export const encodeHex: Encode = hex.encodeHex;

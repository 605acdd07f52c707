/** The header of a response, and of a request that brings its own id. */
export const REQUEST_ID_HEADER = "x-request-id";

/** Supabase's gateway names each request; its own logs have the same id. */
const GIVEN_IN = ["sb-request-id", REQUEST_ID_HEADER];

/** Nothing else is stored or logged: a caller could send an address, or a token. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id that a request came with, in lower case, otherwise a new one. */
export function requestIdOf({ headers }: Request): string {
  for (const name of GIVEN_IN) {
    const given = headers.get(name);
    if (given !== null && UUID.test(given)) return given.toLowerCase();
  }
  return crypto.randomUUID();
}

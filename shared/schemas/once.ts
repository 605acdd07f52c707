import * as z from "zod/mini";

/** A check of an object: two spellings of one field say it once. */
export function once(one: string, other: string) {
  return z.refine(
    (body) => !(isGiven(body, one) && isGiven(body, other)),
    { path: [other], error: `Expected either ${one} or ${other}` },
  );
}

function isGiven(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null &&
    Object.entries(body).some(([key, value]) => key === name && value !== undefined);
}

import * as z from "zod/mini";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

/**
 * The length of a text once & < > are written as &amp; &lt; &gt;, in UTF-16 code units (private.escaped_length). Google
 * names neither a limit nor its unit; Nylas reports 8,192, and of the likely units this one counts most.
 */
export function escapedLength(text: string): number {
  let length = text.length;
  for (const [character] of text.matchAll(/[&<>]/g)) length += character === "&" ? 4 : 3;
  return length;
}

/** The description of an event, refused where Google would cut it. */
export const DESCRIPTION = ofKind(
  { type: "description" },
  withJsonSchema(
    z.string("Expected a text").check(
      z.refine(
        (text) => escapedLength(text) <= LIMITS.description_characters,
        `Expected at most ${LIMITS.description_characters} characters, with & counting as 5, < and > as 4, an emoji as 2`,
      ),
    ),
    {
      type: "string",
      maxLength: LIMITS.description_characters,
      description: "& counts as 5 characters, < and > as 4, an emoji as 2.",
    },
  ),
);

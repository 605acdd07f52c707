import * as z from "zod/mini";
import { withJsonSchema } from "@shared/schemas/json_schema.ts";

export const INSTANT = withJsonSchema(z.string(), { type: "string", format: "date-time" });

export const DAY = withJsonSchema(z.string(), { type: "string", format: "date" });

export const UUID = withJsonSchema(z.string(), { type: "string", format: "uuid" });

export const URL_TEXT = withJsonSchema(z.string(), { type: "string", format: "uri" });

export const COUNT = withJsonSchema(z.number(), { type: "integer", minimum: 0 });

/** From 0 to `most`, perhaps fractional. */
export const upTo = (most: number) =>
  withJsonSchema(z.number(), { type: "number", minimum: 0, maximum: most });

/** A value whose fields are Google's or the application's. */
export const ANY_OBJECT = z.looseObject({});

/** The times of something, with the offset of its zone. */
export const TIMES = { start_time: INSTANT, end_time: INSTANT };

import type * as z from "zod/mini";
import { CODES, statusOf } from "@shared/failures/codes.ts";
import type { ResponseCode } from "@shared/failures/codes.ts";
import { HEADERS_OF_ALL } from "./headers.ts";
import type { JsonSchema, JsonSchemas } from "./json_schema.ts";
import type { Errors } from "./operation.ts";
import { ALL_CODES, ERROR } from "./responses/errors.ts";

const RETRY_AFTER = {
  "Retry-After": {
    description: "Seconds after which repeating the request makes sense.",
    schema: { type: "integer", minimum: 1 },
  },
};

/** The error responses of a route by their status, with the codes that they can have. */
export function errorResponses(
  errors: readonly Errors[],
  schemas: JsonSchemas,
): [status: string, JsonSchema][] {
  const statuses = new Set(errors.flatMap(({ codes }) => codes.map(statusOf)));
  return [...statuses].sort((a, b) => a - b).map((status) => {
    const bodies = new Map<z.ZodMiniType, Set<ResponseCode>>();
    for (const { body, codes } of errors) {
      const here = codes.filter((code) => statusOf(code) === status);
      if (here.length > 0) bodies.set(body, new Set([...bodies.get(body) ?? [], ...here]));
    }
    return [String(status), responseWith(bodies, schemas)];
  });
}

/** `components.responses`: for each code the response with the fields of every error, to which routes refer. */
export function sharedErrorResponses(schemas: JsonSchemas): Record<string, JsonSchema> {
  return Object.fromEntries(
    ALL_CODES.map((code) => [code, response(new Map([[ERROR, new Set([code])]]), schemas)]),
  );
}

function responseWith(
  bodies: ReadonlyMap<z.ZodMiniType, ReadonlySet<ResponseCode>>,
  schemas: JsonSchemas,
): JsonSchema {
  const [code, ...others] = bodies.get(ERROR) ?? [];
  return code !== undefined && others.length === 0 && bodies.size === 1
    ? { $ref: `#/components/responses/${code}` }
    : response(bodies, schemas);
}

function response(
  bodies: ReadonlyMap<z.ZodMiniType, ReadonlySet<ResponseCode>>,
  schemas: JsonSchemas,
): JsonSchema {
  const variants = [...bodies].map(([body, codes]) => ({
    allOf: [
      schemas.of(body, "output"),
      { properties: { error: { enum: [...codes].sort() } } },
    ],
  }));
  const codes = [...new Set([...bodies.values()].flatMap((some) => [...some]))].sort();
  const is_repeatable = codes.some((code) => ["defer", "retry"].includes(CODES[code].verdict));
  return {
    description: codes.map((code) => `\`${code}\`: ${CODES[code].message}`).join("\n\n"),
    headers: { ...(is_repeatable ? RETRY_AFTER : {}), ...HEADERS_OF_ALL },
    content: {
      "application/json": { schema: variants.length === 1 ? variants[0] : { anyOf: variants } },
    },
  };
}

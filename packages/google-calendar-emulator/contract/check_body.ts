import type { Schema } from "./discovery.ts";
import { GoogleError } from "./google_error.ts";
import { resolveSchema, type SchemaName, type Shape } from "./schemas.ts";

interface Checking {
  strict: boolean;
}

/** Checks a JSON body against a schema: wrong types are 400 always, unknown fields only when
 * strict. Unknown fields are otherwise left out of the result, as Google ignores them. */
export function checkBody<Name extends SchemaName>(
  name: Name,
  body: unknown,
  checking: Checking,
): Shape<Name> {
  return checkObject({ $ref: name }, body, "", checking) as Shape<Name>;
}

function checkObject(
  schema: Schema,
  value: unknown,
  path: string,
  checking: Checking,
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(path === "" ? "the request body" : path, "an object");
  }
  const { properties = {}, additionalProperties } = resolveSchema(schema);
  const checked: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const expected = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    const member_path = path === "" ? key : `${path}.${key}`;
    if (expected === undefined) {
      if (!checking.strict) continue;
      throw new GoogleError("badRequest", {
        message: `Invalid JSON payload received. Unknown name "${key}" at '${
          path === "" ? "resource" : path
        }': Cannot find field.`,
        location: member_path,
      });
    }
    checked[key] = member === null ? null : checkValue(expected, member, member_path, checking);
  }
  return checked;
}

function checkValue(given: Schema, value: unknown, path: string, checking: Checking): unknown {
  const { type, format, items } = resolveSchema(given);
  switch (type) {
    case "any":
      return value;
    case "array":
      if (!Array.isArray(value)) throw wrongType(path, "a list");
      return value.map((item, index) =>
        checkValue(items ?? { type: "any" }, item, `${path}[${index}]`, checking)
      );
    case "boolean":
      if (typeof value !== "boolean") throw wrongType(path, "a boolean");
      return value;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) {
        throw wrongType(path, "an integer");
      }
      return value;
    case "number":
      if (typeof value !== "number") throw wrongType(path, "a number");
      return value;
    case "string":
      if (format === "int64") return checkInt64(value, path);
      if (typeof value !== "string") throw wrongType(path, "a string");
      return value;
    default:
      return checkObject(given, value, path, checking);
  }
}

/** A 64-bit number is a string in Google's JSON; clients send either. */
function checkInt64(value: unknown, path: string): string {
  if (typeof value === "number" && Number.isInteger(value)) return String(value);
  if (typeof value !== "string" || !/^-?\d+$/.test(value)) throw wrongType(path, "an integer");
  return value;
}

function wrongType(path: string, expected: string): GoogleError {
  return new GoogleError("invalid", {
    message: `Invalid value for ${path}: expected ${expected}.`,
    location: path,
  });
}

import { GoogleError } from "../google_error.ts";
import { type SchemaName, schemas } from "./schemas.ts";
import type { Shape } from "./shape.ts";

type Expression = string | readonly [Expression] | { readonly [name: string]: Expression };

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
  return checkObject(schemas[name], body, "", checking) as Shape<Name>;
}

function checkObject(
  shape: { readonly [name: string]: Expression },
  value: unknown,
  path: string,
  checking: Checking,
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(path === "" ? "the request body" : path, "an object");
  }
  const any_key = shape["*"];
  const checked: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const expression = any_key ?? (Object.hasOwn(shape, key) ? shape[key] : undefined);
    const member_path = path === "" ? key : `${path}.${key}`;
    if (expression === undefined) {
      if (!checking.strict) continue;
      throw new GoogleError("badRequest", {
        message: `Invalid JSON payload received. Unknown name "${key}" at '${
          path === "" ? "resource" : path
        }': Cannot find field.`,
        location: member_path,
      });
    }
    checked[key] = member === null ? null : checkValue(expression, member, member_path, checking);
  }
  return checked;
}

function checkValue(
  expression: Expression,
  value: unknown,
  path: string,
  checking: Checking,
): unknown {
  if (typeof expression !== "string") {
    if (!isList(expression)) return checkObject(expression, value, path, checking);
    if (!Array.isArray(value)) throw wrongType(path, "a list");
    return value.map((item, index) =>
      checkValue(expression[0], item, `${path}[${index}]`, checking)
    );
  }
  if (expression.startsWith("@")) {
    return checkObject(schemas[expression.slice(1) as SchemaName], value, path, checking);
  }
  switch (expression) {
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
    case "int64":
      // A 64-bit number is a string in Google's JSON; clients send either.
      if (typeof value === "number" && Number.isInteger(value)) return String(value);
      if (typeof value !== "string" || !/^-?\d+$/.test(value)) throw wrongType(path, "an integer");
      return value;
    default:
      if (typeof value !== "string") throw wrongType(path, "a string");
      return value;
  }
}

function isList(
  expression: Exclude<Expression, string>,
): expression is readonly [Expression] {
  return Array.isArray(expression);
}

function wrongType(path: string, expected: string): GoogleError {
  return new GoogleError("invalid", {
    message: `Invalid value for ${path}: expected ${expected}.`,
    location: path,
  });
}

import assert from "node:assert/strict";
import { type MethodContract, methods } from "../../local/google/contract/methods.ts";
import { schemas } from "../../local/google/contract/schemas.ts";
import { member } from "./google_client.ts";

const scope_prefix = "https://www.googleapis.com/auth/";
const discovery = readDiscovery();

/** What a reader of the test output must know where the document is missing. */
const skipped = discovery === null ? " (skipped: ../shared is not at hand)" : "";

function readDiscovery(): unknown {
  const file = new URL("../../../shared/google/calendar-v3.discovery.json", import.meta.url);
  try {
    return JSON.parse(Deno.readTextFileSync(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** A discovery schema in the compact form that the emulator uses. */
function compact(schema: unknown): unknown {
  const reference = member(schema, "$ref");
  if (reference !== undefined) return `@${reference}`;
  const type = member(schema, "type");
  if (type === "array") return [compact(member(schema, "items"))];
  if (type === "object") {
    const any_key = member(schema, "additionalProperties");
    if (any_key !== undefined) return { "*": compact(any_key) };
    return Object.fromEntries(
      entries(member(schema, "properties")).map(([name, value]) => [name, compact(value)]),
    );
  }
  const format = member(schema, "format");
  return type === "string" && ["date", "date-time", "int64"].includes(String(format))
    ? format
    : type;
}

function compactParameter(parameter: unknown): string {
  const type = String(member(parameter, "type"));
  const allowed = member(parameter, "enum");
  const lowest = member(parameter, "minimum");
  const highest = member(parameter, "maximum");
  let text = type;
  if (Array.isArray(allowed)) text = allowed.join("|");
  else if (member(parameter, "format") === "date-time") text = "date-time";
  else if (type === "integer" && (lowest !== undefined || highest !== undefined)) {
    text = `integer ${lowest ?? ""}..${highest ?? ""}`;
  }
  return (member(parameter, "repeated") ? "repeated " : "") +
    (member(parameter, "required") ? "required " : "") + text;
}

function compactMethod(method: unknown): MethodContract {
  const text = (name: string) => String(member(method, name));
  const request = member(member(method, "request"), "$ref");
  const response = member(member(method, "response"), "$ref");
  const scopes = member(method, "scopes");
  const query = entries(member(method, "parameters"))
    .filter(([, parameter]) => member(parameter, "location") === "query")
    .map(([name, parameter]) => [name, compactParameter(parameter)]);
  return Object.assign(
    {
      http: text("httpMethod"),
      path: text("path"),
      query: Object.fromEntries(query),
      scopes: Array.isArray(scopes)
        ? scopes.map((scope) => String(scope).replace(scope_prefix, "")).sort()
        : [],
    },
    request === undefined ? {} : { request },
    response === undefined ? {} : { response },
  ) as MethodContract;
}

Deno.test({
  name: `methods, parameters and scopes are those of Google's discovery document${skipped}`,
  ignore: discovery === null,
  fn() {
    for (const [name, contract] of Object.entries(methods)) {
      const [resource = "", method = ""] = name.split(".");
      const theirs = member(
        member(member(member(discovery, "resources"), resource), "methods"),
        method,
      );
      assert.notEqual(theirs, undefined, name);
      const ours = { ...contract, scopes: [...contract.scopes].sort() };
      assert.deepEqual(ours, compactMethod(theirs), name);
    }
  },
});

Deno.test({
  name: `schemas are those of Google's discovery document${skipped}`,
  ignore: discovery === null,
  fn() {
    for (const [name, shape] of Object.entries(schemas)) {
      const theirs = member(member(discovery, "schemas"), name);
      assert.deepEqual(shape, compact(theirs), name);
    }
  },
});

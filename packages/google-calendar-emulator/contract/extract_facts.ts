import * as z from "zod/mini";
import type { DiscoveryFacts, Method, Parameter, Schema } from "./discovery.ts";

const SOURCE = "https://www.googleapis.com/discovery/v1/apis/calendar/v3/rest";
const SCOPE_PREFIX = "https://www.googleapis.com/auth/";

// Strict below the document's head: a kind of fact that is new at Google stops the extraction
// instead of getting lost. What is left out by name is prose, or said elsewhere in the document.
const text = z.optional(z.string());
const texts = z.optional(z.array(z.string()));
const flag = z.optional(z.boolean());

const schema = z.strictObject({
  $ref: text,
  type: z.optional(
    z.enum(["any", "array", "boolean", "integer", "number", "object", "string"]),
  ),
  format: text,
  default: text,
  enum: texts,
  annotations: z.optional(z.strictObject({ required: z.array(z.string()) })),
  get items() {
    return z.optional(schema);
  },
  get properties() {
    return z.optional(z.record(z.string(), schema));
  },
  get additionalProperties() {
    return z.optional(schema);
  },
  id: text,
  description: text,
  enumDescriptions: texts,
});

const parameter = z.strictObject({
  location: z.enum(["path", "query"]),
  type: z.enum(["boolean", "integer", "string"]),
  format: text,
  default: text,
  enum: texts,
  minimum: text,
  maximum: text,
  required: flag,
  repeated: flag,
  description: text,
  enumDescriptions: texts,
});

const reference = z.optional(z.strictObject({ $ref: z.string(), parameterName: text }));

const method = z.strictObject({
  id: z.string(),
  httpMethod: z.enum(["DELETE", "GET", "PATCH", "POST", "PUT"]),
  path: z.string(),
  parameters: z.optional(z.record(z.string(), parameter)),
  request: reference,
  response: reference,
  scopes: z.array(z.string()),
  supportsSubscription: flag,
  description: text,
  parameterOrder: texts,
});

const document = z.object({
  name: z.literal("calendar"),
  version: z.literal("v3"),
  revision: z.string(),
  baseUrl: z.string(),
  parameters: z.record(z.string(), parameter),
  resources: z.record(
    z.string(),
    z.strictObject({ methods: z.record(z.string(), method) }),
  ),
  schemas: z.record(z.string(), schema),
});

/** Reads the facts of a discovery document, its text as Google serves it; an Error names the path
 * of what is missing or unknown. */
export async function extractFacts(json: string): Promise<DiscoveryFacts> {
  const result = document.safeParse(JSON.parse(json));
  if (!result.success) {
    const issues = result.error.issues.map((issue) =>
      `${issue.path.join(".")}: ${issue.code} ${"keys" in issue ? issue.keys : ""}`.trimEnd()
    );
    throw new Error(`Not a discovery document of Calendar v3 as known: ${issues.join("; ")}`);
  }
  const { revision, baseUrl, parameters, resources, schemas } = result.data;
  const methods = Object.values(resources).flatMap((resource) => Object.values(resource.methods));
  return {
    source: SOURCE,
    sha256: await sha256(json),
    revision,
    base_url: baseUrl,
    scope_prefix: SCOPE_PREFIX,
    parameters: mapValues(parameters, parameterFacts),
    methods: Object.fromEntries(
      methods.map((one) => [one.id.replace(/^calendar\./, ""), methodFacts(one)]),
    ),
    schemas: mapValues(schemas, schemaFacts),
  };
}

function methodFacts(given: z.infer<typeof method>): Method {
  const { id: _id, description: _prose, parameterOrder: _order, ...facts } = given;
  return present({
    ...facts,
    parameters: mapValues(given.parameters ?? {}, parameterFacts),
    request: given.request?.$ref,
    response: given.response?.$ref,
    scopes: given.scopes.map((scope) => scope.replace(SCOPE_PREFIX, "")).sort(),
  });
}

function parameterFacts(given: z.infer<typeof parameter>): Parameter {
  const { description: _prose, enumDescriptions: _more_prose, ...facts } = given;
  return present(facts);
}

function schemaFacts(given: z.infer<typeof schema>): Schema {
  const { id: _id, description: _prose, enumDescriptions: _more_prose, ...facts } = given;
  return present({
    ...facts,
    items: given.items && schemaFacts(given.items),
    properties: given.properties && mapValues(given.properties, schemaFacts),
    additionalProperties: given.additionalProperties && schemaFacts(given.additionalProperties),
  });
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same members without those that are undefined. */
function present<T extends object>(facts: T): Present<T> {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}

async function sha256(content: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
  return new Uint8Array(digest).toHex();
}

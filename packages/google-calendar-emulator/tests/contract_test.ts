import assert from "node:assert/strict";
import type { Method, Parameter, Schema } from "../contract/discovery.ts";
import { extractFacts } from "../contract/extract_facts.ts";
import { facts } from "../contract/facts.ts";
import { left_out, served } from "../http/routes.ts";
import { ana, openTeam } from "./lab.ts";

/** Every schema with those inside it. */
function schemasWithin(schema: Schema): Schema[] {
  const { items, additionalProperties, properties = {} } = schema;
  const inner = [items, additionalProperties, ...Object.values(properties)]
    .filter((one) => one !== undefined);
  return [schema, ...inner.flatMap(schemasWithin)];
}

Deno.test("the facts are one revision of Google's document: methods, parameters, schemas, scopes", () => {
  assert.match(facts.revision, /^20\d{6}$/);
  assert.match(facts.sha256, /^[0-9a-f]{64}$/);
  assert.match(facts.source, /^https:\/\/www\.googleapis\.com\/discovery\//);
  const methods: Method[] = Object.values(facts.methods);
  const parameters: Parameter[] = methods.flatMap((method) => Object.values(method.parameters));
  const schemas = Object.values<Schema>(facts.schemas).flatMap(schemasWithin);
  const count = (holds: (schema: Schema) => unknown) => schemas.filter(holds).length;
  // The numbers of the document of this revision; `deno task facts` on a newer one changes them.
  assert.deepEqual(
    {
      revision: facts.revision,
      methods: methods.length,
      scopes: new Set(methods.flatMap(({ scopes }) => scopes)).size,
      parameters: parameters.length,
      required: parameters.filter(({ required }) => required).length,
      repeated: parameters.filter(({ repeated }) => repeated).length,
      parameter_enums: parameters.filter((parameter) => parameter.enum).length,
      minimums: parameters.filter(({ minimum }) => minimum).length,
      maximums: parameters.filter(({ maximum }) => maximum).length,
      schemas: Object.keys(facts.schemas).length,
      types: count(({ type }) => type),
      formats: count(({ format }) => format),
      references: count(({ $ref }) => $ref),
      required_members: count(({ annotations }) => annotations),
    },
    {
      revision: "20260708",
      methods: 38,
      scopes: 17,
      parameters: 154,
      required: 43,
      repeated: 6,
      parameter_enums: 12,
      minimums: 24,
      maximums: 8,
      schemas: 39,
      types: 275,
      formats: 20,
      references: 38,
      required_members: 8,
    },
  );
});

Deno.test("every name that the facts refer to is among them", () => {
  const names = Object.keys(facts.schemas);
  for (const schema of Object.values<Schema>(facts.schemas).flatMap(schemasWithin)) {
    if (schema.$ref !== undefined) assert.ok(names.includes(schema.$ref), schema.$ref);
    assert.ok(schema.$ref ?? schema.type, `neither a type nor a reference: ${[...names]}`);
    for (const method of schema.annotations?.required ?? []) {
      assert.ok(Object.hasOwn(facts.methods, method.replace(/^calendar\./, "")), method);
    }
  }
  for (const [name, method] of Object.entries<Method>(facts.methods)) {
    for (const schema of [method.request, method.response]) {
      if (schema !== undefined) assert.ok(names.includes(schema), `${name}: ${schema}`);
    }
    const in_path = [...method.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const declared = Object.keys(method.parameters)
      .filter((parameter) => method.parameters[parameter]?.location === "path");
    assert.deepEqual(in_path.toSorted(), declared.toSorted(), name);
  }
});

Deno.test("every method of Google's is served, or is one of those that the emulator leaves out", () => {
  assert.equal(served.length + left_out.length, Object.keys(facts.methods).length);
  assert.equal(served.length, 27);
  assert.deepEqual(left_out, [
    "acl.delete",
    "acl.get",
    "acl.insert",
    "acl.list",
    "acl.patch",
    "acl.update",
    "acl.watch",
    "calendarList.watch",
    "calendars.transferOwnership",
    "colors.get",
    "settings.watch",
  ]);
});

Deno.test("a method that is left out answers so, and no other path does", async () => {
  await using lab = await openTeam();
  for (const name of left_out) {
    const { httpMethod, path } = facts.methods[name];
    const { status } = await lab.raw({
      method: httpMethod,
      path: path.replaceAll(/\{\w+\}/g, "x"),
      email: ana,
    });
    assert.equal(status, 501, name);
  }
  const { status } = await lab.raw({ method: "GET", path: "colours", email: ana });
  assert.equal(status, 404);
});

/** A discovery document with one of each kind of fact, and prose wherever Google has prose. */
const made_up = {
  name: "calendar",
  version: "v3",
  revision: "20300101",
  baseUrl: "https://calendar.example/v3/",
  title: "PROSE",
  description: "PROSE",
  parameters: { fields: { type: "string", location: "query", description: "PROSE" } },
  resources: {
    events: {
      methods: {
        list: {
          id: "calendar.events.list",
          description: "PROSE",
          httpMethod: "GET",
          path: "calendars/{calendarId}/events",
          parameterOrder: ["calendarId"],
          parameters: {
            calendarId: { type: "string", location: "path", required: true, description: "PROSE" },
            kinds: {
              type: "string",
              location: "query",
              repeated: true,
              enum: ["one", "two"],
              enumDescriptions: ["PROSE", "PROSE"],
            },
            size: { type: "integer", format: "int32", location: "query", minimum: "1" },
          },
          response: { $ref: "Event" },
          scopes: ["https://www.googleapis.com/auth/calendar", "https://mail.example/"],
          supportsSubscription: true,
        },
      },
    },
  },
  schemas: {
    Event: {
      id: "Event",
      type: "object",
      description: "PROSE",
      properties: {
        // A member may be called as the prose is.
        description: { type: "string", description: "PROSE" },
        id: { type: "string", annotations: { required: ["calendar.events.list"] } },
        guests: { type: "array", items: { $ref: "Event" } },
        labels: { type: "object", additionalProperties: { type: "string", default: "x" } },
      },
    },
  },
};

Deno.test("extractFacts() keeps every fact of a discovery document and no prose", async () => {
  const found = await extractFacts(JSON.stringify(made_up));
  assert.doesNotMatch(JSON.stringify(found), /PROSE/);
  assert.equal(found.revision, "20300101");
  assert.deepEqual(found.methods, {
    "events.list": {
      httpMethod: "GET",
      path: "calendars/{calendarId}/events",
      parameters: {
        calendarId: { type: "string", location: "path", required: true },
        kinds: { type: "string", location: "query", repeated: true, enum: ["one", "two"] },
        size: { type: "integer", format: "int32", location: "query", minimum: "1" },
      },
      response: "Event",
      scopes: ["calendar", "https://mail.example/"],
      supportsSubscription: true,
    },
  });
  assert.deepEqual(found.schemas, {
    Event: {
      type: "object",
      properties: {
        description: { type: "string" },
        id: { type: "string", annotations: { required: ["calendar.events.list"] } },
        guests: { type: "array", items: { $ref: "Event" } },
        labels: { type: "object", additionalProperties: { type: "string", default: "x" } },
      },
    },
  });
});

Deno.test("extractFacts() stops at a kind of fact that it does not know", async () => {
  const newer = structuredClone(made_up);
  Object.assign(newer.schemas.Event.properties.id, { pattern: "^[a-v0-9]+$" });
  await assert.rejects(
    extractFacts(JSON.stringify(newer)),
    /schemas\.Event\.properties\.id: .*pattern/,
  );
  await assert.rejects(extractFacts(JSON.stringify({ name: "gmail" })), /name/);
});

Deno.test("a body's member of any type is taken as it is", async () => {
  await using lab = await openTeam();
  const day = { date: "2026-11-30" };
  const { status } = await lab.raw({
    path: "calendars/primary/events",
    email: ana,
    body: {
      start: day,
      end: { date: "2026-12-01" },
      workingLocationProperties: { type: "homeOffice", homeOffice: {} },
    },
  });
  assert.equal(status, 200);
});

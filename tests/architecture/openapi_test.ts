import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { OPENAPI_DOCUMENT, openApiFiles } from "../../local/tasks/openapi_files.ts";
import { ACCESS_REQUESTS } from "../support/access/function_requests.ts";
import type { Json } from "../support/contract/validators.ts";

async function contract(): Promise<Json> {
  return JSON.parse(await Deno.readTextFile(OPENAPI_DOCUMENT));
}

Deno.test("docs/openapi.json and its module are what `deno task docs:openapi` writes", async () => {
  for (const [path, text] of await openApiFiles()) {
    assert.equal(await Deno.readTextFile(path), text, path);
  }
});

Deno.test("docs/openapi.json is an OpenAPI 3.1 document", async () => {
  const { valid, errors } = await new Validator().validate(await contract());
  assert.ok(valid, JSON.stringify(errors, null, 2));
});

Deno.test("the contract has every path and method of the functions, and no other", async () => {
  const { paths } = await contract() as { paths: Record<string, Json> };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );
  // mcp speaks a protocol that describes itself.
  const requested = ACCESS_REQUESTS.filter(({ function: name }) => name !== "mcp")
    .map(({ function: name, method, path }) => `${method} /${name}${path === "/" ? "" : path}`);
  assert.deepEqual(described.sort(), [...new Set(requested)].sort());
});

Deno.test("every call of the contract has a name of its own", async () => {
  const { paths } = await contract() as { paths: Record<string, Record<string, Json>> };
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId)
  );
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => /^[a-z][A-Za-z]+$/.test(String(id))), ids.join(" "));
});

Deno.test("no object of ours in a response has fields that the contract does not name, but errors' details", async () => {
  const { components } = await contract() as { components: { schemas: Record<string, Json> } };
  const open = Object.entries(components.schemas).filter(([, { type, additionalProperties }]) =>
    type === "object" && additionalProperties !== false
  ).map(([name]) => name);
  // What Supabase's database webhooks post has more than Convene reads.
  assert.deepEqual(open.sort(), ["ErrorDetails", "MeetingWebhook"]);
});

import assert from "node:assert/strict";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { promise, type Stack } from "../support/stack.ts";

promise("the contract", {
  "is served without credentials as docs/openapi.json has it, to pages of any origin": async (
    stack,
  ) => {
    const response = await contract(stack);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.equal(response.headers.get("cache-control"), "public, max-age=300");
    const committed = new URL("../../docs/openapi.json", import.meta.url);
    assert.deepEqual(await response.json(), JSON.parse(await Deno.readTextFile(committed)));
  },

  "a caller who has it receives no body again": async (stack) => {
    const etag = (await contract(stack)).headers.get("etag") ?? "";
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await contract(stack, { headers: { "if-none-match": known } });
      assert.equal(response.status, 304, known);
      assert.equal(response.headers.get("etag"), etag);
      assert.equal(await response.text(), "");
    }
    const changed = await contract(stack, { headers: { "if-none-match": '"other"' } });
    assert.equal(changed.status, 200);
  },

  "is only read": async (stack) => {
    const response = await contract(stack, { method: "POST", body: "{}" });
    assert.equal(response.status, 405);
    assert.equal((await response.json()).error, "method_not_allowed");
  },
}, { databases: "both" });

function contract({ platform }: Stack, init: RequestInit = {}): Promise<Response> {
  return fetchFunction(`${platform.functions_url}/status/openapi.json`, init);
}

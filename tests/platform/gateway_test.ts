import assert from "node:assert/strict";
import { startGateway } from "../../local/gateway.ts";
import { userTokens } from "../../local/user_tokens.ts";

Deno.test("startGateway() answers 503 until its backends are set", async () => {
  const gateway = startGateway({ port: 0, tokens: await userTokens("secret") });
  try {
    for (const path of ["/rest/v1/notes", "/auth/v1/health", "/functions/v1/echo"]) {
      assert.equal((await get(gateway.url + path)).status, 503, path);
    }
    gateway.setApi((request) => Promise.resolve(new Response(new URL(request.url).pathname)));
    assert.deepEqual(await get(`${gateway.url}/rest/v1/notes`), {
      status: 200,
      text: "/rest/v1/notes",
    });
    assert.equal((await get(`${gateway.url}/rest/v10/notes`)).status, 404);
    assert.equal((await get(`${gateway.url}/workers/1/functions/v1/echo`)).status, 503);
  } finally {
    await gateway.stop();
  }
});

Deno.test("startGateway() shows the code, or the refusal, with which Google's consent page returns", async () => {
  const gateway = startGateway({ port: 0, tokens: await userTokens("secret") });
  try {
    assert.match((await get(`${gateway.url}/app?convene_code=abc123`)).text, /"code": "abc123"/);
    assert.match(
      (await get(`${gateway.url}/app?convene_error=access_denied`)).text,
      /access_denied/,
    );
  } finally {
    await gateway.stop();
  }
});

async function get(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

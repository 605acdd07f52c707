import assert from "node:assert/strict";
import { HttpFault } from "@shared/http/fault.ts";
import { functionCalls } from "../../../supabase/functions/mcp/function_calls.ts";
import { meetingKey } from "../../../supabase/functions/mcp/tools/meeting_key.ts";

/** Calls that a server answers in this way, and the last request that it got. */
function answering(answer: () => Promise<Response> | Response) {
  const requests: Request[] = [];
  const calls = functionCalls({
    functions_url: "https://project.example/functions/v1",
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      return await answer();
    },
    credentials: new Headers({ authorization: "Bearer t", cookie: "c", apikey: "k" }),
  });
  return { calls, requests };
}

Deno.test("functionCalls() sends the caller's credentials and nothing else of the request", async () => {
  const { calls, requests } = answering(() => Response.json({ success: true }));
  await calls.send("DELETE meetings", {
    query: { meeting_id: "a b", expected_version: undefined },
  });
  const [request] = requests;
  assert.equal(request?.url, "https://project.example/functions/v1/meetings?meeting_id=a+b");
  assert.deepEqual([...request!.headers.keys()], ["apikey", "authorization", "content-type"]);
});

Deno.test("functionCalls() throws what a function refuses, with code, details and wait", async () => {
  const refused = { error: "rate_limited", message: "Slow down.", details: { meeting_id: "a" } };
  const { calls } = answering(() =>
    Response.json(refused, { status: 429, headers: { "retry-after": "7" } })
  );
  await assert.rejects(() => calls.send("POST schedule"), (thrown) => {
    assert.ok(thrown instanceof HttpFault);
    assert.deepEqual(
      [thrown.code, thrown.message, thrown.details, thrown.retry_after_seconds],
      ["rate_limited", "Slow down.", { meeting_id: "a" }, 7],
    );
    return true;
  });
});

Deno.test("functionCalls() takes 202 for in_progress, not for a result", async () => {
  const { calls } = answering(() =>
    Response.json({ success: false, status: "pending", message: "Wait." }, {
      status: 202,
      headers: { "retry-after": "3" },
    })
  );
  await assert.rejects(
    () => calls.send("POST write-back"),
    (thrown) =>
      thrown instanceof HttpFault && thrown.code === "in_progress" &&
      thrown.retry_after_seconds === 3,
  );
});

Deno.test("functionCalls() says busy where Supabase limits calls between functions", async () => {
  const { calls } = answering(() => {
    throw Object.assign(new Error("Rate limit exceeded for trace"), {
      name: "RateLimitError",
      retryAfterMs: 4500,
    });
  });
  await assert.rejects(
    () => calls.send("GET status"),
    (thrown) =>
      thrown instanceof HttpFault && thrown.code === "busy" && thrown.retry_after_seconds === 4.5,
  );
});

Deno.test("functionCalls() takes no other server's answer for a function's", async () => {
  for (
    const response of [
      new Response("<h1>Bad gateway</h1>", { status: 502 }),
      Response.json({ error: "boot_error", message: "x" }, { status: 503 }),
      Response.json([]),
    ]
  ) {
    const { calls } = answering(() => response);
    await assert.rejects(
      () => calls.send("GET status"),
      (thrown) => !(thrown instanceof HttpFault) && /A function answered/.test(String(thrown)),
    );
  }
});

Deno.test("meetingKey() is the same for the same request of the same user, in any order of fields", async () => {
  const key = await meetingKey("u", { a: [{ b: 1, c: undefined, d: 2 }], e: "x" });
  assert.match(key, /^mcp-[A-Za-z0-9_-]{24}$/);
  assert.equal(await meetingKey("u", { e: "x", a: [{ d: 2, b: 1 }] }), key);
  assert.notEqual(await meetingKey("v", { e: "x", a: [{ d: 2, b: 1 }] }), key);
  assert.notEqual(await meetingKey("u", { e: "x", a: [{ d: 1, b: 2 }] }), key);
  assert.notEqual(
    await meetingKey("u", { e: "x", a: [1, 2] }),
    await meetingKey("u", { e: "x", a: [2, 1] }),
  );
});

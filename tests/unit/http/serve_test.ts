import assert from "node:assert/strict";
import { requireOwnPath, routePath } from "@shared/http/route_path.ts";
import { serve } from "@shared/http/serve.ts";

// The check of callers needs its project, also for routes without credentials.
Deno.env.set("SUPABASE_URL", "http://127.0.0.1:1");
Deno.env.set("SUPABASE_SECRET_KEYS", '{"automations":"sb_secret_of_this_test"}');

/** What supabase-js and its clients for tracing and retries send. */
const SENT_BY_CLIENTS = [
  "authorization",
  "apikey",
  "content-type",
  "x-client-info",
  "x-retry-count",
  "traceparent",
  "tracestate",
  "baggage",
  "x-region",
];

Deno.test("serve() allows every header that supabase-js sends", async () => {
  const answer = serve(["secret:*"], () => new Response());
  const preflight = await answer(
    new Request("http://localhost/status", { method: "OPTIONS" }),
  );
  const allowed = preflight.headers.get("access-control-allow-headers")?.split(", ") ?? [];
  assert.deepEqual(SENT_BY_CLIENTS.filter((name) => !allowed.includes(name)), []);
});

Deno.test("serve() keeps forceFunctionRegion from every handler", async () => {
  const answer = serve(["none"], (request) => new Response(request.url));
  const response = await answer(
    new Request("http://localhost/status?a=1&forceFunctionRegion=eu-west-1&b=2", {
      method: "POST",
      body: "{}",
    }),
  );
  assert.equal(await response.text(), "http://localhost/status?a=1&b=2");
});

Deno.test("serve() knows a secret key in either header, also beside another key", async () => {
  const answer = serve(["user", "secret:*"], (_request, caller) => Response.json(caller));
  const secret = "sb_secret_of_this_test";
  for (
    const headers of [
      { apikey: secret },
      { authorization: `Bearer ${secret}` },
      { authorization: `bearer ${secret}`, apikey: secret },
      { authorization: `Bearer ${secret}`, apikey: "sb_publishable_x" },
    ]
  ) {
    const response = await answer(new Request("http://localhost/status", { headers }));
    assert.deepEqual(await response.json(), { kind: "key", name: "automations" });
  }
  const wrong = { authorization: "Bearer sb_secret_other" };
  const response = await answer(new Request("http://localhost/status", { headers: wrong }));
  assert.equal(response.status, 401);
});

Deno.test("serve() lets any origin read a redirect, whose own headers cannot be changed", async () => {
  const answer = serve(["none"], () => Response.redirect("https://app.example/connected", 303));
  const response = await answer(new Request("http://localhost/google-auth/callback"));
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "https://app.example/connected");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});

Deno.test("serve() answers what a handler throws without a word of it", async () => {
  const answer = serve(["none"], () => {
    throw new TypeError("secret detail");
  });
  const response = await answer(new Request("http://localhost/status"));
  assert.equal(response.status, 500);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.ok(!(await response.text()).includes("secret"));
});

Deno.test("routePath() is what follows the function, whatever gateways leave before it", () => {
  const cases: [string, string][] = [
    ["/functions/v1/schedule", "/"],
    ["/functions/v1/schedule/", "/"],
    ["/schedule", "/"],
    ["/", "/"],
    ["/schedule/alternatives", "/alternatives"],
    ["/functions/v1/schedule/alternatives/", "/alternatives"],
    ["/alternatives", "/alternatives"],
    ["/schedules", "/schedules"],
    ["/schedule/a/b", "/a/b"],
  ];
  for (const [path, expected] of cases) {
    assert.equal(routePath(new Request(`http://localhost${path}`), "schedule"), expected, path);
  }
  assert.throws(
    () => requireOwnPath(new Request("http://localhost/status/x"), "status"),
    { code: "not_found" },
  );
});

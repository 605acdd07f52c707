import assert from "node:assert/strict";
import { requireOwnPath, routePath } from "@shared/http/route_path.ts";
import { serve } from "@shared/http/serve.ts";

// The check of callers needs its project, also for routes without credentials.
Deno.env.set("SUPABASE_URL", "http://127.0.0.1:1");

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

import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import type { Platform } from "../../local/platform.ts";
import { onBothDatabases, rest, startFixture } from "./fixture_platform.ts";

onBothDatabases(
  "supabase-js signs in, writes, reads and calls with the keys of the platform",
  async (database) => {
    await using platform = await startFixture({ database });
    const ann = client(platform, platform.publishable_key);
    const signed = await ann.auth.signUp({ email: "ann@acme.example", password: "long enough" });
    const { error } = await ann.from("notes").insert({ body: "hello", tags: [{ a: 1 }] });
    assert.equal(error, null);
    const notes = await ann.from("notes").select("id, body, tags");
    assert.deepEqual(notes.data, [{ id: 1, body: "hello", tags: [{ a: 1 }] }]);
    const whoami = await ann.rpc("whoami", { p_tags: [{ a: 1 }] });
    assert.deepEqual(whoami.data, {
      role: "authenticated",
      user_id: signed.data.user?.id,
      tags: "array",
    });

    const bob = client(platform, platform.publishable_key);
    await bob.auth.signUp({ email: "bob@acme.example", password: "long enough" });
    assert.deepEqual((await bob.from("notes").select("id")).data, [], "another user's row");

    for (const key of [platform.secret_key, platform.automations_key]) {
      const service = client(platform, key);
      assert.deepEqual((await service.from("notes").select("body")).data, [{ body: "hello" }]);
      assert.equal((await service.rpc("whoami")).data?.role, "service_role");
    }
  },
);

onBothDatabases("/rest/v1 keeps callers apart that come at the same time", async (database) => {
  await using platform = await startFixture({ database });
  const ann = await platform.createUser("ann@acme.example");
  const bob = await platform.createUser("bob@acme.example");
  const callers = [
    { request: rest(platform, platform.publishable_key), role: undefined, user_id: undefined },
    ...[ann, bob].map(({ user_id, access_token }) => ({
      request: rest(platform, platform.publishable_key, access_token),
      role: "authenticated",
      user_id,
    })),
    { request: rest(platform, platform.secret_key), role: "service_role", user_id: null },
  ];
  // More at a time than there are connections to the server.
  const answers = Array.from({ length: 120 }, async (_, index) => {
    const caller = callers[index % callers.length];
    assert.ok(caller);
    const { body, code } = await caller.request("rpc/whoami", { method: "POST", body: "{}" });
    const { role, user_id } = body as { role?: string; user_id?: string | null };
    assert.equal(role, caller.role);
    assert.equal(user_id, caller.user_id);
    assert.equal(code, caller.role === undefined ? "42501" : undefined);
  });
  const sql = Array.from({ length: 40 }, async () => {
    const [row] = await platform.sql("select current_user = session_user as owner");
    assert.equal(row?.owner, true);
  });
  await Promise.all([...answers, ...sql]);
});

onBothDatabases(
  "sql() returns timestamps as text, numbers as numbers and JSON as values on both databases",
  async (database) => {
    await using platform = await startFixture({ database });
    const rows = await platform.sql(
      `select timestamptz '2026-11-20 10:00:00+01' as at, $1::jsonb as json, $2::text[] as texts,
         7::bigint as big, 1.5::numeric as number, null as nothing, $3::boolean as yes`,
      [{ a: [1] }, ["x", "y"], true],
    );
    assert.deepEqual(rows, [{
      at: "2026-11-20 09:00:00+00",
      json: { a: [1] },
      texts: ["x", "y"],
      big: 7,
      number: 1.5,
      nothing: null,
      yes: true,
    }]);
    await assert.rejects(platform.sql("select 1 / $1::int", [0]), { code: "22012" });
  },
);

onBothDatabases("/rest/v1 answers numerics as numbers, also whole ones", async (database) => {
  await using platform = await startFixture({ database });
  await platform.sql("create table public.scores (score numeric(4, 1))");
  await platform.sql("insert into public.scores values (90), (87.5), (null)");
  await platform.sql("grant select on public.scores to service_role");
  const { body } = await rest(platform, platform.secret_key)("scores?select=score");
  assert.deepEqual(body, [{ score: 90 }, { score: 87.5 }, { score: null }]);
});

onBothDatabases("/rest/v1 sees a table that sql() has just created", async (database) => {
  await using platform = await startFixture({ database });
  const service = rest(platform, platform.secret_key);
  assert.equal((await service("late")).status, 404);
  await platform.sql("create table public.late (id int)");
  await platform.sql("grant select on public.late to service_role");
  assert.deepEqual(await service("late"), { status: 200, body: [], code: undefined });
});

Deno.test("/rest/v1 and /auth/v1 answer a browser's preflight", async () => {
  await using platform = await startFixture();
  for (const path of ["rest/v1/notes", "auth/v1/token"]) {
    const response = await fetch(`${platform.api_url}/${path}`, {
      method: "OPTIONS",
      headers: {
        origin: "http://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "apikey,authorization",
      },
    });
    await response.body?.cancel();
    assert.ok(response.ok, path);
    assert.ok(response.headers.get("access-control-allow-origin"), path);
  }
});

Deno.test("a page of another origin signs up, signs in and out with supabase-js", async () => {
  await using platform = await startFixture();
  const { auth } = createClient(platform.api_url, platform.publishable_key, {
    auth: { autoRefreshToken: false, persistSession: false },
    global: { fetch: fetchFrom("http://app.example") },
  });
  const email = "jane@north.example";
  const password = "correct horse";
  assert.equal((await auth.signUp({ email, password })).error, null);
  const { data, error } = await auth.signInWithPassword({ email, password });
  assert.equal(error, null);
  assert.equal((await auth.getUser(data.session?.access_token)).data.user?.email, email);
  const refused = await auth.signInWithPassword({ email, password: "wrong horse" });
  assert.equal(refused.error?.status, 400, "an error response can be read as well");
  assert.equal((await auth.signOut()).error, null);
});

/** `fetch` as a browser has it for a page of `origin`: each request needs the permission of a preflight. */
function fetchFrom(origin: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const named = [...request.headers.keys()].filter((name) => name !== "accept").sort();
    const preflight = await fetch(request.url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": request.method,
        "access-control-request-headers": named.join(","),
      },
    });
    await preflight.body?.cancel();
    assert.ok(preflight.ok, request.url);
    for (const [kind, wanted] of [["headers", named], ["methods", [request.method]]] as const) {
      const listed = preflight.headers.get(`access-control-allow-${kind}`) ?? "";
      const allowed = listed.split(",").map((name) => name.trim().toLowerCase());
      for (const each of wanted) {
        assert.ok(allowed.includes(each.toLowerCase()), `${request.url}: ${each} of [${listed}]`);
      }
    }
    request.headers.set("origin", origin);
    const response = await fetch(request);
    for (const { headers } of [preflight, response]) {
      assert.ok(["*", origin].includes(headers.get("access-control-allow-origin") ?? ""));
    }
    return response;
  };
}

function client(platform: Platform, key: string) {
  return createClient(platform.api_url, key, {
    auth: { autoRefreshToken: false, persistSession: false },
  });
}

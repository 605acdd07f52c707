import assert from "node:assert/strict";
import type { Platform } from "../../local/platform.ts";
import { eventually } from "./eventually.ts";
import { onBothDatabases, startFixture } from "./fixture_platform.ts";
import { isRunning } from "./processes.ts";
import { startTestServer } from "./test_server.ts";

onBothDatabases(
  "/functions/v1 serves functions to users and to the automations key, each in their role",
  async (database) => {
    await using platform = await startFixture({ database, functions: "process" });
    const user = await platform.createUser("ann@acme.example");
    const answer = await call(platform, "echo/deep/path?x=1&y=%20", {
      method: "POST",
      headers: { authorization: `Bearer ${user.access_token}`, apikey: platform.publishable_key },
      body: "hello",
    });
    assert.deepEqual(answer, {
      status: 200,
      body: {
        method: "POST",
        path: "/echo/deep/path?x=1&y=%20",
        body: "hello",
        mode: "user",
        user_id: user.user_id,
        database_role: "authenticated",
        forwarded_host: new URL(platform.api_url).host,
      },
    });

    const automations = await call(platform, "echo", {
      headers: { apikey: platform.automations_key },
    });
    assert.equal(automations.status, 200);
    assert.equal(automations.body.mode, "secret");
    for (const apikey of ["", platform.publishable_key, platform.secret_key, "sb_secret_other"]) {
      assert.equal((await call(platform, "echo", { headers: { apikey } })).status, 401, apikey);
    }
  },
);

Deno.test("/functions/v1 accepts the token that the auth server gave, and no other", async () => {
  await using platform = await startFixture({ functions: "process" });
  const token = await signUpByHttp(platform, "bea@acme.example");
  const [header = "", claims = "", signature = ""] = token.split(".");
  assert.ok(!atob(header).includes("kid"), "the auth server's own token, not a signed-again one");

  const status = async (bearer: string) =>
    (await call(platform, "echo", { headers: { authorization: `Bearer ${bearer}` } })).status;
  assert.equal(await status(token), 200);
  assert.equal(await status(`${header}.${claims}.${flip(signature)}`), 401);
  assert.equal(await status(`${header}.${flip(claims)}.${signature}`), 401);
  assert.equal(await status(`${btoa('{"alg":"none"}')}.${claims}.`), 401);
  assert.equal(await status("nonsense"), 401);
});

Deno.test("/functions/v1 passes bodies on in both directions as they come, and headers too", async () => {
  await using platform = await startFixture({ functions: "process" });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answering = fetch(`${platform.functions_url}/stream`, { method: "POST", body: readable });
  await writer.write(new TextEncoder().encode("first "));
  const answer = await answering;
  assert.equal(answer.headers.get("set-cookie"), "a=1");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader?.read())?.value, "FIRST ");

  // Only now: a gateway that waits for the whole request or answer would have hung above.
  await writer.write(new TextEncoder().encode("second"));
  await writer.close();
  assert.equal((await reader?.read())?.value, "SECOND");
  assert.equal((await reader?.read())?.done, true);
});

Deno.test("/functions/v1 lets a browser's preflight through to the function", async () => {
  await using platform = await startFixture({ functions: "process" });
  const response = await fetch(`${platform.functions_url}/echo`, {
    method: "OPTIONS",
    headers: { origin: "http://app.example", "access-control-request-method": "POST" },
  });
  await response.body?.cancel();
  assert.ok(response.ok);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});

Deno.test("/functions/v1 answers 404 for an unknown function and 503 for one that cannot be loaded", async () => {
  await using platform = await startFixture({
    functions: "process",
    functions_dir: new URL("fixtures/broken_functions/", import.meta.url),
  });
  assert.deepEqual(await codeOf(platform, "working"), [200, "none"]);
  assert.deepEqual(await codeOf(platform, "nothing"), [404, "not_found"]);
  assert.deepEqual(await codeOf(platform, "broken"), [503, "boot_error"]);
  await using without = await startFixture({ functions: "none" });
  assert.deepEqual(await codeOf(without, "echo"), [503, "functions_not_running"]);
});

Deno.test("a functions process outlives an unhandled rejection and is replaced when it ends", async () => {
  await using platform = await startFixture({ functions: "process" });
  const { pid } = (await call(platform, "crash")).body;
  assert.equal((await call(platform, "crash")).body.pid, pid, "the same process");

  assert.equal((await call(platform, "crash", { method: "DELETE" })).status, 502);
  await eventually("another process answers", async () => {
    const { status, body } = await call(platform, "crash");
    return status === 200 && body.pid !== pid;
  });
});

Deno.test("stop() lets background work of a function finish", async () => {
  await using server = startTestServer();
  const platform = await startFixture({ functions: "process" });
  const { status } = await call(platform, "later", {
    method: "POST",
    body: JSON.stringify({ url: server.url, milliseconds: 300 }),
  });
  assert.equal(status, 202);
  await platform.stop();
  assert.equal(server.received.length, 1);
});

Deno.test("startWorker() adds a process of its own that stop() and kill() end", async () => {
  await using platform = await startFixture({ functions: "process" });
  const main = (await call(platform, "crash")).body.pid;
  const [first, second] = [await platform.startWorker(), await platform.startWorker()];
  const pidOf = async (functions_url: string) => (await call({ functions_url }, "crash")).body.pid;
  assert.equal(await pidOf(first.functions_url), first.pid);
  assert.equal(await pidOf(second.functions_url), second.pid);
  assert.equal(new Set([main, first.pid, second.pid]).size, 3);

  first.kill();
  await eventually("the killed process is gone", () => !isRunning(first.pid));
  await second.stop();
  assert.ok(!isRunning(second.pid));
  assert.equal((await call(second, "crash")).status, 502);
  assert.equal((await call(platform, "crash")).body.pid, main);
});

Deno.test("a functions process ends when the platform's process is killed", async () => {
  const program = new URL("fixtures/orphan.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program.pathname],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  const pid = Number(value);
  assert.ok(isRunning(pid), `functions process ${value}`);

  child.kill("SIGKILL");
  await child.status;
  await eventually("the functions process is gone", () => !isRunning(pid));
  await lines.cancel();
});

Deno.test("a functions process ends when the platform's process is killed while it starts", async () => {
  const program = new URL("../../local/functions/serve.ts", import.meta.url);
  for (const folder of ["functions", "loading_functions"]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        program.pathname,
        new URL(`fixtures/${folder}/`, import.meta.url).href,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    try {
      // What a killed parent leaves: pipes without a process at the other end.
      await Promise.all([child.stdout.cancel(), child.stdin.close()]);
      await eventually(`${folder}: the functions process is gone`, () => !isRunning(child.pid));
    } finally {
      if (isRunning(child.pid)) child.kill("SIGKILL");
      await child.status;
    }
  }
});

async function call(
  { functions_url }: Pick<Platform, "functions_url">,
  path: string,
  init: RequestInit = {},
) {
  const response = await fetch(`${functions_url}/${path}`, init);
  const body = await response.json() as Record<string, unknown>;
  return { status: response.status, body };
}

async function codeOf(platform: Platform, path: string): Promise<unknown[]> {
  const { status, body } = await call(platform, path);
  return [status, body.error];
}

async function signUpByHttp(platform: Platform, email: string): Promise<string> {
  const response = await fetch(`${platform.api_url}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: platform.publishable_key, "content-type": "application/json" },
    body: JSON.stringify({ email, password: crypto.randomUUID() }),
  });
  const { access_token } = await response.json() as { access_token: string };
  return access_token;
}

/** Changes a character in the middle, where every bit of base64 counts. */
function flip(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "A" ? "B" : "A") + text.slice(middle + 1);
}

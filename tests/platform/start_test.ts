import assert from "node:assert/strict";
import { childrenOf, isRunning } from "./processes.ts";
import { parseStartOptions } from "../../local/start_options.ts";
import { eventually } from "./eventually.ts";

const PROGRAM = new URL("../../local/start.ts", import.meta.url).pathname;
const FREE_PORTS = ["--api-port", "0", "--google-port", "0", "--postgres-port", "0"];

Deno.test("start --json prints one line when ready, and SIGTERM leaves no process and no taken port", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using started = await start(["--json", ...FREE_PORTS]);
    const { ready } = started;
    assert.deepEqual(Object.keys(ready), [
      "api_url",
      "functions_url",
      "google_url",
      "postgres_url",
      "publishable_key",
      "secret_key",
      "automations_key",
    ]);
    assert.equal(ready.functions_url, `${ready.api_url}/functions/v1`);
    assert.match(ready.publishable_key ?? "", /^sb_publishable_.{32}$/);
    assert.match(ready.secret_key ?? "", /^sb_secret_.{32}$/);
    assert.notEqual(ready.automations_key, ready.secret_key);
    assert.equal(await statusOf(`${ready.api_url}/auth/v1/health`, ready.publishable_key), 200);

    const children = childrenOf(started.pid);
    assert.equal(children.length, 1, "the functions process");
    assert.deepEqual(await started.end(signal), { code: 0, rest: "" });
    assert.deepEqual(children.filter(isRunning), []);
    for (const url of [ready.api_url, ready.google_url]) assertPortIsFree(url);
  }
});

Deno.test("start says which port is taken and ends with code 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  const api = await output(["--google-port", "0", "--api-port", port]);
  assert.deepEqual([api.code, api.stdout], [1, ""]);
  assert.match(api.stderr, new RegExp(`Port ${port} is taken: .*--api-port 0`));
  const google = await output(["--api-port", "0", "--google-port", port]);
  assert.deepEqual([google.code, google.stdout], [1, ""]);
  assert.match(
    google.stderr,
    new RegExp(`Port ${port} is taken: .*Google emulator: --google-port`),
  );
});

Deno.test("start --data refuses a file and a folder of something else, and leaves both as they are", async () => {
  const folder = await Deno.makeTempDir({ prefix: "convene_test_" });
  try {
    await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
    const file = await output([...FREE_PORTS, "--data", `${folder}/notes.txt`]);
    assert.deepEqual([file.code, file.stdout], [1, ""]);
    assert.match(file.stderr, /--data is not a folder: .*notes\.txt/);
    const other = await output([...FREE_PORTS, "--data", folder]);
    assert.deepEqual([other.code, other.stdout], [1, ""]);
    assert.match(other.stderr, /has files that are not Convene's, such as notes\.txt/);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assert.deepEqual(names, ["notes.txt"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("start --data keeps users and keys over a restart, the keys readable for this user only", async () => {
  const folder = await Deno.makeTempDir({ prefix: "convene_test_" });
  try {
    const data = `${folder}/new/data`;
    const args = ["--json", ...FREE_PORTS, "--data", data];
    const account = { email: "ann@acme.example", password: "long enough" };
    let first: Ready;
    {
      await using started = await start(args);
      first = started.ready;
      assert.equal((await auth(first, "signup", account)).status, 200);

      const second = await output(args);
      assert.equal(second.code, 1);
      assert.match(second.stderr, /is in use by another Convene/);
      assert.equal((await started.end("SIGTERM")).code, 0);
    }
    assert.equal((await Deno.stat(`${data}/keys.json`)).mode! & 0o777, 0o600);
    {
      await using started = await start(args);
      for (const key of ["publishable_key", "secret_key", "automations_key"] as const) {
        assert.equal(started.ready[key], first[key], key);
      }
      const again = await auth(started.ready, "token?grant_type=password", account);
      assert.equal(again.status, 200, "the user signs in again");
      await started.end("SIGTERM");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("start --help explains every option, and a wrong one ends with code 1", async () => {
  const help = await output(["--help"]);
  assert.equal(help.code, 0);
  for (
    const option of [
      "--data",
      "--database-url",
      "--api-port",
      "--google-port",
      "--postgres-port",
      "--json",
    ]
  ) {
    assert.ok(help.stdout.includes(option), option);
  }
  assert.match(help.stdout, /the emulator's accounts, events and mails are gone at the end/);
  const wrong = await output(["--prot", "1"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /--prot/);
  const unreachable = await output(["--database-url", "postgres://u:hidden@127.0.0.1:1/db"]);
  assert.equal(unreachable.code, 1);
  assert.match(unreachable.stderr, /Cannot use the database at 127\.0\.0\.1:1\/db/);
  assert.doesNotMatch(unreachable.stderr, /hidden/);
});

Deno.test("parseStartOptions() defaults, and refuses what cannot be meant", () => {
  assert.deepEqual(parseStartOptions([], {}), {
    help: false,
    json: false,
    platform: {
      database: { kind: "memory" },
      api_port: 54321,
      google_port: 54380,
      postgres_port: 54322,
      environment: {},
    },
  });
  assert.throws(() => parseStartOptions(["--api-port", "x"], {}), /--api-port is not a port/);
  assert.throws(() => parseStartOptions(["--google-port", "65536"], {}), /--google-port/);
  assert.throws(() => parseStartOptions(["extra"], {}), /extra/);
});

Deno.test("parseStartOptions() takes the real Google from the environment, whole or not at all", () => {
  const environment = (variables: Record<string, string>) =>
    parseStartOptions([], variables).platform.environment;
  const client = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };
  const token = { GOOGLE_TOKEN_URL: "http://127.0.0.1:1/token" };
  assert.deepEqual(environment({ ...client, ...token, HOME: "/" }), { ...client, ...token });
  assert.deepEqual(environment(token), {}, "an address without a client is no real Google");
  assert.throws(() => environment({ GOOGLE_CLIENT_ID: "id" }), /GOOGLE_CLIENT_SECRET is missing/);
  assert.throws(() => environment({ GOOGLE_CLIENT_SECRET: "s" }), /GOOGLE_CLIENT_ID is missing/);
});

Deno.test("start ends when the npx that started it is gone", async () => {
  const folder = await Deno.makeTempDir({ prefix: "convene_test_" });
  try {
    // Like npx: a shell between, which dies of the signal and does not pass it on.
    await Deno.writeTextFile(`${folder}/npx`, '#!/bin/sh\n"$@"\nexit $?\n', { mode: 0o700 });
    const child = new Deno.Command(`${folder}/npx`, {
      args: [Deno.execPath(), "run", "-A", "--quiet", PROGRAM, "--json", ...FREE_PORTS],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.getReader();
    await output.read();
    const [program = 0] = childrenOf(child.pid);
    const processes = [program, ...childrenOf(program)];
    assert.equal(processes.length, 2);

    child.kill("SIGKILL");
    await child.status;
    await eventually("the whole tree is gone", () => !processes.some(isRunning));
    await output.cancel();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

type Ready = Record<string, string>;

interface Started extends AsyncDisposable {
  readonly pid: number;
  readonly ready: Ready;
  /** Sends the signal and waits; `rest` is what came on standard output after the first line. */
  end(signal: Deno.Signal): Promise<{ code: number; rest: string }>;
}

async function start(args: string[]): Promise<Started> {
  const child = command(args).spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`start ended: ${await errors}`);
    text += value;
  }
  const [line = "", early = ""] = text.split("\n", 2);
  const ready = JSON.parse(line) as Ready;
  let ended: Promise<{ code: number; rest: string }> | undefined;
  const end = (signal: Deno.Signal) =>
    ended ??= (async () => {
      child.kill(signal);
      const { code } = await child.status;
      await errors;
      let rest = early;
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        rest += part.value;
      }
      return { code, rest };
    })();
  return {
    pid: child.pid,
    ready,
    end,
    [Symbol.asyncDispose]: async () => void await end("SIGTERM"),
  };
}

async function output(args: string[]) {
  const { code, stdout, stderr } = await command(args).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function command(args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", PROGRAM, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "" },
  });
}

async function statusOf(url: string | undefined, apikey = ""): Promise<number> {
  const response = await fetch(url ?? "", { headers: { apikey } });
  await response.body?.cancel();
  return response.status;
}

async function auth(ready: Ready, path: string, body: object) {
  const response = await fetch(`${ready.api_url}/auth/v1/${path}`, {
    method: "POST",
    headers: { apikey: ready.publishable_key ?? "", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.text() };
}

function assertPortIsFree(url: string | undefined): void {
  const port = Number(new URL(url ?? "").port);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
}

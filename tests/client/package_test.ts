import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createConvene } from "../../client/mod.ts";
import type { Database } from "@shared/database/types.ts";
import { createClient } from "@supabase/supabase-js";

const CLIENT = new URL("../../client/", import.meta.url);

Deno.test("JSR takes the client as it is: all types are written out, and nothing of the server is in it", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: fileURLToPath(CLIENT),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.ok(success, said);
  const published = [...said.matchAll(/client\/([\w.]+) \(/g)].map(([, name]) => name);
  const expected = ["LICENSE", "README.md", "deno.json", ...await sources()];
  assert.deepEqual(published.toSorted(), expected.toSorted());
});

Deno.test("npm and JSR get the same package, and supabase-js comes with the application", async () => {
  const jsr = await readJson("deno.json");
  const npm = await readJson("package.json");
  for (const field of ["name", "version", "license", "exports"]) {
    assert.deepEqual(npm[field], jsr[field], field);
  }
  assert.equal(npm.dependencies, undefined);
  assert.deepEqual(Object.keys(npm.peerDependencies as object), ["@supabase/supabase-js"]);
});

Deno.test("the client imports nothing but its own files", async () => {
  for (const name of await sources()) {
    const text = await Deno.readTextFile(new URL(name, CLIENT));
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "");
    for (const [, specifier = ""] of code.matchAll(/\bfrom "([^"]+)"/g)) {
      assert.match(specifier, /^\.\/\w+\.ts$/, `${name} imports ${specifier}`);
    }
  }
});

Deno.test("a client that is typed with a project's tables is taken, Convene's own or others", () => {
  const auth = { persistSession: false, autoRefreshToken: false };
  const own = createClient<Database>("http://127.0.0.1:9", "none", { auth });
  const foreign = createClient<{ public: OtherSchema }>("http://127.0.0.1:9", "none", { auth });
  for (const convene of [createConvene(own), createConvene(foreign)]) {
    assert.equal(typeof convene.schedule, "function");
  }
});

/** An application that has generated no types for Convene's tables. */
interface OtherSchema {
  Tables: {
    orders: {
      Row: { id: number };
      Insert: { id?: number };
      Update: { id?: number };
      Relationships: [];
    };
  };
  Views: Record<string, never>;
  Functions: Record<string, never>;
}

async function sources(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(CLIENT)) if (name.endsWith(".ts")) names.push(name);
  return names.toSorted();
}

async function readJson(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(new URL(name, CLIENT)));
}

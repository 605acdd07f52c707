import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { promise, type Stack } from "../support/stack.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = await Deno.readTextFile(new URL("docs/client.md", ROOT));

/** What the examples use without defining it, and `between`, which is called after each of them. */
interface Surroundings {
  url: string;
  publishable_key: string;
  user_id: string;
  open(url: string): void;
  location: { href: string };
  console: { log(...values: unknown[]): void };
  between(supabase: SupabaseClient): Promise<void>;
}

Deno.test("the examples of docs/client.md have correct types", async () => {
  const file = await writeExamples();
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", `--config=${fileURLToPath(new URL("deno.json", ROOT))}`, file],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stderr: "piped",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(file);
  }
});

promise("docs/client.md", {
  "the examples run as they are written, one after the other": async (stack) => {
    const { surroundings, lines, email } = await signedOut(stack);
    await stack.google.createAccount({ email: "jane@north.example", timezone: "UTC" });
    await stack.google.createAccount({ email: "omar@south.example", timezone: "UTC" });
    const file = await writeExamples();
    try {
      const { run } = await import(pathToFileURL(file).href);
      await run(surroundings);
    } finally {
      await Deno.remove(file);
    }
    assert.deepEqual(lines[0], [true, email], "connected");
    const [slot, link, state, preview, tasks, refused, plain, listed, attendees, ...more] = lines
      .slice(1);
    assert.match(String(slot?.[0]), /^2035-01-\d\dT\d\d:\d\d:00\+01:00$/);
    assert.match(String(link?.[0]), /^https:/);
    assert.equal(state?.[0], "created");
    assert.equal(preview?.[0], "Review");
    assert.deepEqual(preview?.[1], ["jane@north.example", "omar@south.example"]);
    assert.equal(JSON.stringify(tasks).includes("Write the report"), true);
    assert.equal(refused?.at(-1), "jane@north.example", "the page's search finds no slot");
    assert.deepEqual(plain?.slice(0, 2), [404, "meeting_not_found"]);
    assert.equal(typeof listed?.[0], "number");
    assert.deepEqual(attendees, [[{ email: "jane@north.example", responseStatus: "needsAction" }]]);
    assert.deepEqual(more, []);
    const [event] = await stack.google.events({ calendar_id: email, status: "live" });
    assert.equal(event?.summary, "Review", "the meeting's change and deletion are still due");
  },
}, { databases: "both" });

/** A user of the app who is signed in once the page has made its client, and consents when Google is opened. */
async function signedOut(stack: Stack) {
  const { platform, google } = stack;
  const email = `reader-${crypto.randomUUID().slice(0, 8)}@north.example`;
  const password = crypto.randomUUID();
  await google.createAccount({ email, timezone: "Europe/Paris" });
  const { data } = await createClient(platform.api_url, platform.publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  }).auth.signUp({ email, password });
  assert.ok(data.user);
  const location = { href: "" };
  const lines: unknown[][] = [];
  let consented: Promise<void> | undefined;
  let is_signed_in = false;
  const consent = async (authorization_url: string) => {
    const { redirect_url } = await google.approve({ authorization_url, email, scopes: "all" });
    const callback = await fetch(redirect_url, { redirect: "manual" });
    await callback.body?.cancel();
    location.href = callback.headers.get("location") ?? "";
  };
  const surroundings: Surroundings = {
    url: platform.api_url,
    publishable_key: platform.publishable_key,
    user_id: data.user.id,
    open: (url) => void (consented = consent(url)),
    location,
    console: { log: (...values) => void lines.push(values) },
    between: async (supabase) => {
      if (!is_signed_in) {
        const { error } = await supabase.auth.signInWithPassword({ email, password });
        assert.equal(error, null);
        await supabase.auth.stopAutoRefresh();
        is_signed_in = true;
      }
      await consented;
    },
  };
  return { surroundings, lines, email };
}

/** The names under which an application imports the client, from its own package.json or deno.json. */
const { name: PACKAGE, exports: EXPORTS }: { name: string; exports: Record<string, string> } = JSON
  .parse(await Deno.readTextFile(new URL("client/deno.json", ROOT)));

/** An import of an example, with the file for the name of the package. */
function resolved(line: string): string {
  return line.replace(/"([^"]+)"/, (quoted, name: string) => {
    const file = name.startsWith(PACKAGE) ? EXPORTS[`.${name.slice(PACKAGE.length)}`] : undefined;
    return file === undefined ? quoted : JSON.stringify(new URL(`client/${file}`, ROOT).href);
  });
}

/** The examples as one module: imports first, then a function with the rest in the order of the page. */
async function writeExamples(): Promise<string> {
  const blocks = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  assert.ok(blocks.length >= 9, `only ${blocks.length} examples were found`);
  const imported = /^import .*;$/gm;
  const imports = blocks.flatMap((code) => code.match(imported) ?? []);
  const body = blocks.map((code) => `${code.replaceAll(imported, "")}await between(supabase);\n`);
  const module = `
${imports.map(resolved).join("\n")}
import type { SupabaseClient } from "@supabase/supabase-js";
export async function run(
  { url, publishable_key, user_id, open, location, console, between }: {
    url: string; publishable_key: string; user_id: string; open(url: string): void;
    location: { href: string }; console: { log(...values: unknown[]): void };
    between(supabase: SupabaseClient): Promise<void>;
  },
) {
${body.join("\n")}
}
`;
  const file = await Deno.makeTempFile({ prefix: "convene-client-page-", suffix: ".ts" });
  await Deno.writeTextFile(file, module);
  return file;
}

import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { eventsOf, mailsBy } from "../support/meetings.ts";
import { mcpClient } from "../support/mcp.ts";
import { promise } from "../support/stack.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = await Deno.readTextFile(new URL("docs/mcp.md", ROOT));

promise("docs/mcp.md", {
  "the examples have correct types and run as they are written, one after the other": async (
    stack,
  ) => {
    const organizer = await stack.organizer();
    await stack.google.createAccount({ email: "jane@north.example", timezone: "UTC" });
    const results: Record<string, unknown>[] = [];
    const file = await writeExamples();
    try {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["check", "--quiet", `--config=${fileURLToPath(new URL("deno.json", ROOT))}`, file],
        env: { NO_COLOR: "1" },
        stdin: "null",
        stderr: "piped",
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const { run } = await import(pathToFileURL(file).href);
      await run({
        url: stack.platform.api_url,
        access_token: organizer.access_token,
        console: { log: (result: Record<string, unknown>) => void results.push(result) },
      });
    } finally {
      await Deno.remove(file);
    }
    const [plan, done, cancelled] = results;
    assert.deepEqual([plan?.dry_run, plan?.mail_recipients], [true, ["jane@north.example"]]);
    assert.deepEqual([done?.status, done?.meeting_id], ["created", plan?.meeting_id]);
    assert.equal(cancelled?.status, "cancelled");
    assert.deepEqual(await eventsOf(stack, organizer), []);
    const [mails] = await mailsBy(stack, ["jane@north.example"]);
    assert.deepEqual(mails, ["invitation", "cancellation"]);
  },

  "every tool and every argument of its own is in the table": async (stack) => {
    await using mcp = await mcpClient(stack, await stack.organizer());
    const { tools } = await mcp.client.listTools();
    const rows = new Map(
      [...PAGE.matchAll(/^\| `([a-z_]+)` +\| (.*?) +\|/gm)].map(([, name = "", row = ""]) => [
        name,
        row,
      ]),
    );
    assert.deepEqual([...rows.keys()], tools.map(({ name }) => name));
    const others = ["schedule_meeting", "change_meeting"];
    for (const { name, inputSchema } of tools) {
      const named = [...(rows.get(name) ?? "").matchAll(/`([a-z_]+)`/g)].map(([, one]) => one);
      const known = Object.keys(inputSchema.properties ?? {});
      assert.deepEqual(named.filter((one) => !known.includes(one!)), [], name);
      if (!others.includes(name)) assert.deepEqual([...named].sort(), known.sort(), name);
    }
  },
});

/** The examples as one module: imports first, then a function with the rest in the order of the page. */
async function writeExamples(): Promise<string> {
  const blocks = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  assert.ok(blocks.length >= 4, `only ${blocks.length} examples were found`);
  const imported = /^import .*;$/gm;
  const file = await Deno.makeTempFile({ prefix: "convene-mcp-page-", suffix: ".ts" });
  await Deno.writeTextFile(
    file,
    `${blocks.flatMap((code) => code.match(imported) ?? []).join("\n")}
export async function run({ url, access_token, console }: {
  url: string; access_token: string; console: { log(result: unknown): void };
}) {
${blocks.map((code) => code.replaceAll(imported, "")).join("\n")}
}
`,
  );
  return file;
}

import assert from "node:assert/strict";
import { emulatorControl } from "../control.ts";

const decoder = new TextDecoder();

function command(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("../main.ts", import.meta.url).href, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

Deno.test("the program says its options, and what is wrong with them", async () => {
  const help = await command("--help").output();
  assert.equal(help.code, 0);
  assert.match(decoder.decode(help.stdout), /--port N/);
  const wrong = await command("--port", "http").output();
  assert.equal(wrong.code, 1);
  assert.equal(decoder.decode(wrong.stderr), "--port http: a port is a number from 0 to 65535\n");
  const unknown = await command("--loud").output();
  assert.equal(unknown.code, 1);
  assert.match(decoder.decode(unknown.stderr), /--loud/);
});

Deno.test("the program serves an emulator until it is stopped", async () => {
  const child = command("--port", "0", "--json").spawn();
  try {
    const reader = child.stdout.getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      assert.ok(!done, `it ended after ${text}`);
      text += decoder.decode(value, { stream: true });
    }
    reader.releaseLock();
    const { url }: { url: string } = JSON.parse(text);
    const control = emulatorControl(url);
    await control.createAccount({ email: "ana@team.example", timezone: "Europe/Paris" });
    assert.deepEqual((await control.accounts()).map(({ email }) => email), ["ana@team.example"]);
  } finally {
    child.kill("SIGTERM");
  }
  const { code, stderr } = await child.output();
  assert.equal(decoder.decode(stderr), "");
  assert.equal(code, 0);
});

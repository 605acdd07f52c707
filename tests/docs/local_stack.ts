import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A `deno task start` with the addresses and the key that it printed. */
export interface LocalStack {
  readonly api_url: string;
  readonly google_url: string;
  readonly publishable_key: string;
  /** The summary as a reader sees it who has the usual ports free. */
  readonly printed: string;
}

const LAST_LINE = "Ctrl-C stops it.";
const USUAL = {
  api: "http://127.0.0.1:54321",
  google: "http://127.0.0.1:54380",
  postgres: "postgresql://postgres@127.0.0.1:54322/postgres",
};
const FREE_PORTS = ["--api-port", "0", "--google-port", "0", "--postgres-port", "0"];

/** Runs the command of a page on free ports, until `resources` are disposed of. */
export async function startAsPrinted(
  command: string,
  resources: AsyncDisposableStack,
): Promise<LocalStack> {
  const [program, task, ...args] = command.replace(/^npx -y deno@[\d.]+/, "deno").split(" ");
  if (program !== "deno" || task !== "task") throw new Error(`Not a task: ${command}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args, ...FREE_PORTS],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
    env: { GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "", NO_COLOR: "1" },
  }).spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  resources.defer(async () => {
    child.kill("SIGTERM");
    await child.status;
    await errors;
    await reader.cancel();
  });
  let text = "";
  while (!text.includes(LAST_LINE)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`${command} ended: ${await errors}`);
    text += value;
  }
  const api_url = valueOf(text, "API");
  const google_url = valueOf(text, "Google");
  return {
    api_url,
    google_url,
    publishable_key: valueOf(text, "Publishable key"),
    printed: text.replaceAll(api_url, USUAL.api).replaceAll(google_url, USUAL.google)
      .replaceAll(valueOf(text, "Postgres"), USUAL.postgres),
  };
}

/** A text of a page with this stack's addresses and key in place of what the page prints. */
export function onStack(text: string, stack: LocalStack): string {
  return text.replaceAll(USUAL.api, stack.api_url).replaceAll(USUAL.google, stack.google_url)
    .replaceAll("<publishable key>", stack.publishable_key);
}

function valueOf(summary: string, name: string): string {
  const value = new RegExp(`^ +${name} +(\\S+)`, "m").exec(summary)?.[1];
  if (value === undefined) throw new Error(`No ${name} in:\n${summary}`);
  return value;
}

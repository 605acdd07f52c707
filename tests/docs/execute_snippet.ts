import { createClient } from "@supabase/supabase-js";
import { createConvene } from "../../client/convene.ts";
import type { Block } from "../support/markdown.ts";
import type { Stack } from "../support/stack.ts";
import { ROOT } from "./local_stack.ts";
import type { Surroundings } from "./surroundings.ts";

/** Executes a snippet of a page. Throws when a command, a statement or a request fails. */
export async function executeSnippet(
  stack: Stack,
  { language, text }: Block,
  surroundings: Surroundings,
): Promise<void> {
  const filled = Object.entries(surroundings.replaced).reduce(
    (filled, [printed, meant]) => filled.replaceAll(printed, meant),
    text,
  );
  if (language === "sql") return await executeSql(stack, filled);
  if (language === "ts") return await executeTypeScript(stack, filled, surroundings);
  return await executeCommands(filled, surroundings);
}

async function executeSql(stack: Stack, text: string): Promise<void> {
  for (const statement of text.split(/;\s*$/m)) {
    if (statement.trim() !== "") await stack.platform.sql(statement);
  }
}

/** Every request of curl has to be accepted, and every other command has to succeed. */
async function executeCommands(text: string, { organizer, names }: Surroundings): Promise<void> {
  const script = `set -e
deno() { ${JSON.stringify(Deno.execPath())} "$@"; }
curl() { command curl --silent --show-error --fail-with-body "$@"; }
${text.replaceAll(/npx -y deno@[\d.]+/g, "deno")}`;
  const { success, stdout, stderr } = await new Deno.Command("bash", {
    args: ["--noprofile", "--norc", "-c", script],
    cwd: ROOT,
    env: {
      ...Object.fromEntries(
        Object.entries(names).filter(([, value]) => typeof value === "string"),
      ) as Record<string, string>,
      TOKEN: organizer.access_token,
      NO_COLOR: "1",
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success || output === "") throw new Error(`${text}\n${output}`);
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** With a client of the organizer whose every refused request is an error. */
async function executeTypeScript(
  { platform }: Stack,
  text: string,
  { organizer, names }: Surroundings,
): Promise<void> {
  const refused: string[] = [];
  const supabase = createClient(platform.api_url, platform.publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: {
      headers: { authorization: `Bearer ${organizer.access_token}` },
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (!response.ok) refused.push(`${response.status} ${await response.clone().text()}`);
        return response;
      },
    },
  });
  const variables = {
    ...names,
    URL,
    supabase,
    convene: createConvene(supabase),
    console: { log: () => {} },
  };
  try {
    await new AsyncFunction(...Object.keys(variables), text)(...Object.values(variables));
  } finally {
    await supabase.removeAllChannels();
    await supabase.realtime.disconnect();
  }
  if (refused.length > 0) throw new Error(`${text}\n${refused.join("\n")}`);
}

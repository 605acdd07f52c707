import { join } from "node:path";
import type { Deployment } from "./management_api.ts";

export interface DeployedFunction extends AsyncDisposable {
  /** Without a path: `http://127.0.0.1:port`. */
  readonly url: string;
}

const LISTENING = /http:\/\/127\.0\.0\.1:\d+/;

/** Serves what was uploaded, and nothing else, with `env` on top of the environment here. */
export async function serveDeployed(
  deployment: Deployment,
  env: Record<string, string>,
): Promise<DeployedFunction> {
  const child = deno(
    deployment,
    ["serve", "-A", "--no-check", "--host=127.0.0.1", "--port=0"],
    env,
  ).spawn();
  let output = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, found: () => void) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      if (LISTENING.test(output)) found();
    }
  };
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  const reading = Promise.all([read(child.stdout, resolve), read(child.stderr, resolve)]);
  await Promise.race([listening, reading]);
  const url = LISTENING.exec(output)?.[0];
  if (url === undefined) {
    throw new Error(`${deployment.name} does not start: ${output}`);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}

/** Type-checks what was uploaded with the uploaded import map. Returns the complaints. */
export async function checkDeployed(deployment: Deployment): Promise<string> {
  const { success, stderr } = await deno(deployment, ["check"], {}).output();
  return success ? "" : new TextDecoder().decode(stderr);
}

function deno(
  { directory, import_map_path, entrypoint_path }: Deployment,
  args: string[],
  env: Record<string, string>,
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...args,
      // A bundle has no import map.
      import_map_path === "" ? "--no-config" : `--config=${join(directory, import_map_path)}`,
      // Supabase bundles from the import map alone: no node_modules, no lockfile.
      "--node-modules-dir=none",
      "--no-lock",
      join(directory, entrypoint_path),
    ],
    cwd: directory,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

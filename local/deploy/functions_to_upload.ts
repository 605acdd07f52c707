import { join } from "node:path";
import { encodeHex } from "@shared/std/encoding.ts";
import { bundleFunctions } from "../functions/bundle_functions.ts";
import { PROJECT_ROOT } from "../tasks/supabase_cli.ts";

/** What `supabase functions deploy` uploads. */
export interface FunctionsToUpload {
  readonly names: readonly string[];
  /** Changes with every source of what is uploaded. */
  readonly fingerprint: string;
}

const SOURCES = ["deno.json", "deno.lock", "supabase/config.toml", "supabase/functions", "shared"];

export async function functionsToUpload(): Promise<FunctionsToUpload> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(join(PROJECT_ROOT, "supabase/functions"))) {
    if (entry.isDirectory && !entry.name.startsWith("_")) names.push(entry.name);
  }
  return { names: names.sort(), fingerprint: await fingerprintOf(PROJECT_ROOT) };
}

/**
 * Calls `upload` with the folder that the CLI uploads from: the functions bundled here, with the versions of the
 * lockfile. The folder exists meanwhile.
 */
export async function withUploadFolder(upload: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "convene-upload-" });
  try {
    await bundleFunctions(root);
    await upload(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function fingerprintOf(root: string): Promise<string> {
  const files: string[] = [];
  for (const path of SOURCES) await collectFiles(root, path, files);
  const lines = await Promise.all(
    files.sort().map(async (path) =>
      `${path} ${await sha256(await Deno.readFile(join(root, path)))}`
    ),
  );
  return await sha256(new TextEncoder().encode(lines.join("\n")));
}

async function collectFiles(root: string, path: string, files: string[]): Promise<void> {
  if ((await Deno.stat(join(root, path))).isFile) {
    files.push(path);
    return;
  }
  for await (const entry of Deno.readDir(join(root, path))) {
    await collectFiles(root, `${path}/${entry.name}`, files);
  }
}

/** In hexadecimal digits, as Supabase shows the digests of secrets. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes));
}

import { fileURLToPath } from "node:url";
import { openApi } from "../contract/openapi.ts";
import { typescriptModule } from "../contract/typescript_module.ts";
import { formatted } from "./formatted_text.ts";

/** The contract as people and tools read it. */
export const OPENAPI_DOCUMENT = fileURLToPath(new URL("../../docs/openapi.json", import.meta.url));

/** The same as a module that a deployment uploads with the function that serves it. */
export const OPENAPI_MODULE = fileURLToPath(
  new URL("../../supabase/functions/status/openapi_document.ts", import.meta.url),
);

/** The same as types. */
export const OPENAPI_TYPES = fileURLToPath(
  new URL("../../shared/contract/types.ts", import.meta.url),
);

/** What `deno task docs:openapi` writes: the text of each file. */
export async function openApiFiles(): Promise<ReadonlyMap<string, string>> {
  const document = openApi();
  const text = JSON.stringify(document);
  return new Map([
    [OPENAPI_DOCUMENT, `${JSON.stringify(document, null, 2)}\n`],
    [
      OPENAPI_MODULE,
      "// Written by `deno task docs:openapi`.\n\n" +
      "/** The contract (docs/openapi.json) as JSON. */\n" +
      `export const OPENAPI =\n  ${literal(text)};\n\n` +
      "/** Differs whenever the text does. */\n" +
      `export const OPENAPI_ETAG = '"${await shortHash(text)}"';\n`,
    ],
    [OPENAPI_TYPES, await formatted(typescriptModule(document), "ts")],
  ]);
}

/** In single quotes, of which JSON has few. */
function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** The first 16 hexadecimal digits of SHA-256. */
async function shortHash(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex().slice(0, 16);
}

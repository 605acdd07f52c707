import type { OAuthClient } from "./oauth/oauth_store.ts";
import { OAuthStore } from "./oauth/oauth_store.ts";
import { serveWorld } from "./http/server.ts";
import { World } from "./world/world.ts";

/** The client that the emulator knows when none is given; any loopback address may be its
 * callback. */
export const default_client: OAuthClient = {
  client_id: "convene-local.apps.googleusercontent.com",
  client_secret: "local-development-only",
  redirect_uris: [],
};

export interface GoogleEmulatorOptions {
  /** 0 = any free port, the default. */
  port?: number;
  /** Unknown query parameters and body fields are 400; the default is to ignore them. */
  strict?: boolean;
  client?: OAuthClient;
}

export interface GoogleEmulator extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, the base of every Google URL and of `/emulator/`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one emulator with state of its own, in memory. A taken port is an error that says so. */
export async function startGoogleEmulator(
  options: GoogleEmulatorOptions = {},
): Promise<GoogleEmulator> {
  const strict = options.strict ?? false;
  const client = options.client ?? default_client;
  const fresh = () => new World(strict, new OAuthStore([structuredClone(client)]));
  const hold = { world: fresh(), fresh };
  const server = await serveWorld(hold, options.port ?? 0);
  let stopped: Promise<void> | null = null;
  const stop = () => stopped ??= server.close();
  return { url: server.url, stop, [Symbol.asyncDispose]: stop };
}

import { startGoogleEmulator } from "../packages/google-calendar-emulator/emulator.ts";
import type { PlatformKeys } from "./keys.ts";

/** Which Google the functions talk to. */
export interface GoogleChoice {
  readonly url: string;
  /** Null with the real Google. */
  readonly emulator_url: string | null;
  stop(): Promise<void>;
}

/** The emulator, unless the functions are given an OAuth client of the real Google. */
export async function startGoogle(options: {
  port: number;
  strict: boolean;
  keys: PlatformKeys;
  redirect_uri: string;
  environment: Record<string, string>;
}): Promise<GoogleChoice> {
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET } = options.environment;
  if (GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET) {
    return {
      url: "https://www.googleapis.com",
      emulator_url: null,
      stop: () => Promise.resolve(),
    };
  }
  const emulator = await startGoogleEmulator({
    port: options.port,
    strict: options.strict,
    client: {
      client_id: options.keys.google_client_id,
      client_secret: options.keys.google_client_secret,
      redirect_uris: [options.redirect_uri],
    },
  });
  return { url: emulator.url, emulator_url: emulator.url, stop: () => emulator.stop() };
}

import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { emulatorControl } from "../packages/google-calendar-emulator/control.ts";
import { connectGoogle } from "./connect_google.ts";

/** Of people who exist only in the memory of a local stack. */
const PASSWORD = "only on this machine";

/**
 * A supabase-js client that is signed in as `email` on a local stack, with a connected account of the
 * Google emulator. The user and the accounts of the user and the guests, all in Paris, are created
 * where they do not exist. `stack` is the publishable key that `deno task start` prints, and behind
 * it the addresses of the API and of the emulator where they are not the usual ones. Throws when a
 * call is refused.
 */
export async function connectedUser(
  email: string,
  guests: readonly string[],
  [
    publishable_key,
    api_url = "http://127.0.0.1:54321",
    google_url = "http://127.0.0.1:54380",
  ]: readonly string[],
): Promise<SupabaseClient> {
  if (!publishable_key) throw new Error("Give the publishable key that `deno task start` prints");
  const google = emulatorControl(google_url);
  const accounts = await google.accounts().catch((cause) => {
    throw new Error(
      `No Google emulator answers at ${google_url}: is \`deno task start\` running?`,
      { cause },
    );
  });
  const known = new Set(accounts.map((account) => account.email));
  for (const address of [email, ...guests]) {
    if (known.has(address)) continue;
    await google.createAccount({ email: address, timezone: "Europe/Paris" });
  }
  const supabase = createClient(api_url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const account = { email, password: PASSWORD };
  const signed_in = await supabase.auth.signInWithPassword(account);
  const { data: { session }, error } = signed_in.error
    ? await supabase.auth.signUp(account)
    : signed_in;
  if (error) throw error;
  if (!session) throw new Error(`${email} was not signed in`);
  await connectGoogle(`${api_url}/functions/v1`, session.access_token, google, { email });
  return supabase;
}

import { createClient } from "@supabase/supabase-js";
import type { Database } from "@shared/database/call.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";

type Parameters = Record<string, string | null> & { p_writes_only?: boolean };

/**
 * supabase-js in front of one connection row in memory, with the fences of the SQL helpers. What
 * the SQL itself does is proven by the integration tests.
 */
export function storedRow(row: StoredConnection): { database: Database; row: StoredConnection } {
  const helpers: Record<string, (parameters: Parameters) => unknown> = {
    save_google_access_token(p) {
      if (p.p_refresh_token_encrypted !== row.refresh_token_encrypted) return false;
      row.access_token_encrypted = p.p_access_token_encrypted ?? null;
      row.access_token_expires_at = p.p_access_token_expires_at ?? null;
      row.refresh_token_encrypted = p.p_new_refresh_token_encrypted ?? row.refresh_token_encrypted;
      row.email = p.p_email ?? row.email;
      if (row.status_reason === "token_unreadable") {
        row.status = "healthy";
        row.status_reason = null;
      }
      return true;
    },
    mark_google_needs_reauth(p) {
      if (p.p_refresh_token_encrypted !== row.refresh_token_encrypted) return false;
      row.status = "needs_reauth";
      row.status_reason = (p.p_reason ?? null) as StoredConnection["status_reason"];
      return true;
    },
    pause_google_connection(p) {
      row[p.p_writes_only ? "writes_paused_until" : "paused_until"] = p.p_until ?? null;
      return null;
    },
    pause_all_google_connections(p) {
      row.paused_until = p.p_until ?? null;
      return null;
    },
  };
  const database = createClient("http://127.0.0.1:1", "key", {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const name = new URL(request.url).pathname.split("/").at(-1) ?? "";
        const helper = helpers[name];
        if (helper === undefined) return new Response(`no helper ${name}`, { status: 404 });
        return Response.json(helper(await request.json() as Parameters));
      },
    },
  });
  return { database, row };
}

import type { CallOptions } from "./call.ts";
import type { ConveneError, Result } from "./errors.ts";
import type { MeetingRow } from "./meeting_requests.ts";

/** The part of supabase-js that reads and writes tables, whatever types of tables the client was made with. */
export interface SupabaseTables {
  // deno-lint-ignore no-explicit-any -- a client typed for other tables has to be accepted
  from(table: any): any;
}

/** What supabase-js returns for a statement. */
interface Inserted {
  data: { meeting_id: string } | null;
  error: { code: string; message: string; details: string | null; hint: string | null } | null;
  status: number;
}

/** Inserts a row into `meetings`, as the caller may under row level security. */
export async function insertMeeting(
  supabase: SupabaseTables,
  row: MeetingRow,
  { signal }: CallOptions = {},
): Promise<Result<{ meeting_id: string }>> {
  const statement = supabase.from("meetings").insert(row).select("meeting_id").single();
  const { data, error, status }: Inserted =
    await (signal === undefined ? statement : statement.abortSignal(signal));
  if (data !== null) return { ok: true, data };
  return { ok: false, error: refusalOf(error, status) };
}

function refusalOf(error: Inserted["error"], status: number): ConveneError {
  const message = error?.message ?? "The database returned no row.";
  // supabase-js has this status where no response arrived.
  if (status === 0) {
    return {
      code: "unreachable",
      message: `No response arrived (${message}). Whether the row was stored is unknown.`,
      status: null,
      details: {},
      retry_after_seconds: null,
    };
  }
  return {
    code: "database_refused",
    message,
    status,
    details: {
      sqlstate: error?.code ?? "",
      details: error?.details ?? null,
      hint: error?.hint ?? null,
    },
    retry_after_seconds: null,
  };
}

import type { Check } from "./check.ts";
import type { SupabaseProject } from "./supabase_project.ts";

const PATIENCE_MS = 120_000;
const PAUSE_MS = 1_000;

interface Row {
  meeting_id: string;
  writeback_status: string | null;
  writeback_error: string | null;
  state: string | null;
}

/**
 * Writes a meeting to the calendar of a connected user, cancels it and deletes its row. Its only
 * participant is the organizer, so no mail is sent.
 */
export async function smokeMeeting(project: SupabaseProject, user_id: string): Promise<Check> {
  const name = `a meeting of ${user_id} becomes an event`;
  const failed = (problem: string): Check => ({ name, problem, details: null });
  const [connection] = await project.query<{ email: string; status: string }>(
    `select c.email, c.status from private.google_connections as c where c.user_id = '${user_id}'`,
  );
  if (connection?.status !== "healthy") {
    return failed(
      connection === undefined
        ? "the user has not connected Google; see docs/connecting.md"
        : `the connection is ${connection.status}; the user has to connect again`,
    );
  }
  const [row] = await project.execute<Row>(
    `insert into public.meetings (organizer_user_id, title, participants, starts_at, ends_at, timezone, conference)
     select '${user_id}', 'Convene: deployment verified', jsonb_build_array(c.email),
       date_trunc('hour', now()) + interval '300 days', date_trunc('hour', now()) + interval '300 days 15 minutes', 'UTC', 'none'
     from private.google_connections as c where c.user_id = '${user_id}'
     returning meeting_id`,
    "insert a meeting",
  );
  const meeting_id = row?.meeting_id;
  if (meeting_id === undefined || !/^[\w-]+$/.test(meeting_id)) {
    return failed("it was not inserted");
  }
  const written = await waitFor(
    project,
    meeting_id,
    ({ writeback_status }) => writeback_status === "created" || writeback_status === "failed",
  );
  await project.execute(`select cancel_meeting('${meeting_id}')`, "cancel it");
  const cancelled = await waitFor(
    project,
    meeting_id,
    ({ state }) => state === "cancelled" || state === "failed",
  );
  if (cancelled?.state !== "cancelled") {
    return failed(`meeting ${meeting_id} is ${cancelled?.state}: ${cancelled?.writeback_error}`);
  }
  await project.execute(
    `delete from public.meetings where meeting_id = '${meeting_id}'`,
    "delete its row",
  );
  return written?.writeback_status === "created"
    ? { name, problem: null, details: "written, cancelled and deleted" }
    : failed(`it was not written: ${written?.writeback_error ?? written?.writeback_status}`);
}

async function waitFor(
  project: SupabaseProject,
  meeting_id: string,
  isReached: (row: Row) => boolean,
): Promise<Row | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    const [row] = await project.query<Row>(
      `select m.meeting_id, m.writeback_status, m.writeback_error, (private.meeting_state(m)).state
       from public.meetings as m where m.meeting_id = '${meeting_id}'`,
    );
    if (row === undefined || isReached(row) || Date.now() > deadline) return row;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

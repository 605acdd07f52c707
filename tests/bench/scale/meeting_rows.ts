import { insertMeeting, WEEK } from "../../support/meetings.ts";
import type { Stack } from "../../support/stack.ts";

/** What one meeting leaves behind, found by a search among four people and written once. */
export interface MeetingRows {
  /** By table the rows and bytes a meeting, without indexes, where there are any. */
  tables: { name: string; rows: number; bytes: number }[];
  google_requests: number;
}

const MEETINGS = 20;

/** Schedules and writes 20 meetings, each of an organizer with three guests, and counts. */
export async function meetingRows(stack: Stack): Promise<MeetingRows> {
  const organizer = await stack.organizer();
  const guests = await Promise.all([1, 2, 3].map(() => stack.guest()));
  const tables = await stack.platform.sql<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class as c
     where c.relkind in ('r', 'p') and not c.relispartition
       and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)`,
  );
  const count = async () => {
    const rows = await stack.platform.sql<{ name: string; rows: number; bytes: number }>(
      tables.map(({ name }) =>
        `select '${name}' as name, count(*)::integer as rows, coalesce(sum(pg_column_size(t) + 28), 0)::integer as bytes from ${name} as t`
      ).join(" union all "),
    );
    return new Map(rows.map((row) => [row.name, row]));
  };
  const [before, asked] = [await count(), (await stack.google.requests()).length];
  for (let n = 0; n < MEETINGS; n++) {
    const meeting_id = await insertMeeting(organizer, {
      title: `Meeting ${n}`,
      participants: [organizer.email, ...guests],
      constraints: WEEK,
    });
    for (const name of ["schedule", "write-back"]) {
      const { status, body } = await organizer.call(name, { body: { meeting_id } });
      if (status !== 200) throw new Error(`${name}: ${JSON.stringify(body)}`);
    }
  }
  const after = await count();
  return {
    tables: [...after.values()].map(({ name, rows, bytes }) => ({
      name,
      rows: (rows - (before.get(name)?.rows ?? 0)) / MEETINGS,
      bytes: Math.round((bytes - (before.get(name)?.bytes ?? 0)) / MEETINGS),
    })).filter(({ rows }) => rows > 0),
    google_requests: ((await stack.google.requests()).length - asked) / MEETINGS,
  };
}

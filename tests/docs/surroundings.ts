import { createConvene } from "../../client/convene.ts";
import type { Block } from "../support/markdown.ts";
import { decline, movableMeeting, searchDue } from "../support/moves.ts";
import type { Organizer, Stack } from "../support/stack.ts";
import { insertTask } from "../support/tasks.ts";

/** What a snippet uses without defining it. */
export interface Surroundings {
  /** Whose token and supabase-js client the snippet has. */
  organizer: Organizer;
  /** What stands on the page, and what is meant. */
  readonly replaced: Record<string, string>;
  /** Variables of commands and of TypeScript. */
  readonly names: Record<string, unknown>;
}

const SERIES = { start_date: "2030-01-07T09:00:00+01:00", recurrence_pattern: "weekdays" };

/** A signed-in organizer, accounts for everybody whom the snippet names, and the rows that it names. */
export async function surroundingsOf(stack: Stack, block: Block): Promise<Surroundings> {
  await createAccounts(stack, block.text);
  const organizer = await stack.organizer({ timezone: "Europe/Paris" });
  const surroundings: Surroundings = {
    organizer,
    replaced: {
      "https://<ref>.supabase.co": stack.platform.api_url,
      "<a secret key>": stack.platform.automations_key,
      "whsec_...": `whsec_${btoa("0123456789abcdef0123456789abcdef")}`,
      "'...'": `'${organizer.user_id}'`,
    },
    names: {
      URL: stack.platform.api_url,
      PUBLISHABLE_KEY: stack.platform.publishable_key,
      SECRET_KEY: stack.platform.secret_key,
      user: { id: organizer.user_id },
      userId: organizer.user_id,
      convene: createConvene(organizer.client),
      show: () => {},
      toast: () => {},
    },
  };
  for (
    const arrange of [nameTasks, nameEvent, nameMeeting, nameMove, namePermission, nameMonth]
  ) {
    await arrange(stack, block, surroundings);
  }
  return surroundings;
}

async function createAccounts(stack: Stack, text: string): Promise<void> {
  const known = new Set((await stack.google.accounts()).map(({ email }) => email));
  for (const email of new Set(text.match(/[a-z0-9-]+@[a-z]+\.example/g) ?? [])) {
    if (!known.has(email)) await stack.google.createAccount({ email, timezone: "UTC" });
  }
}

async function nameTasks(_: Stack, { text }: Block, { organizer, replaced }: Surroundings) {
  for (const id of ["6d1f...", "90aa..."]) {
    if (text.includes(id)) replaced[id] = await insertTask(organizer);
  }
}

/** A series of the organizer without guests. */
async function nameEvent(
  _: Stack,
  { text }: Block,
  { organizer, replaced, names }: Surroundings,
) {
  const uses = text.includes('"event_id": "convene..."') || /\$\{event_id\}|\bevent\./.test(text);
  if (!uses) return;
  const task_id = await insertTask(organizer, SERIES);
  const { status, body } = await organizer.call("task-events/schedule", {
    body: { task_id, timeZone: "Europe/Paris" },
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  replaced["convene..."] = body.event_id;
  names.event_id = body.event_id;
  names.event = { attendees: body.attendees };
}

async function nameMeeting(_: Stack, { text }: Block, { organizer, names }: Surroundings) {
  if (!/\$MEETING_ID|\{ meeting_id \}/.test(text)) return;
  const { status, body } = await organizer.call("schedule", {
    body: { participants: [organizer.email] },
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  const written = await organizer.call("write-back", { body: { meeting_id: body.meeting_id } });
  if (written.status !== 200) throw new Error(JSON.stringify(written.body));
  names.MEETING_ID = names.meeting_id = body.meeting_id;
}

/** A meeting with another time that waits for an answer. */
async function nameMove(stack: Stack, { text }: Block, surroundings: Surroundings) {
  if (!text.includes("/meetings/moves")) return;
  const made = await movableMeeting(stack, {
    auto_reschedule: { on: "required_declined", approve: true },
  });
  await decline(stack, made, made.guests[0]);
  await searchDue(stack, made.meeting_id);
  surroundings.organizer = made.organizer;
  surroundings.replaced['"abc"'] = JSON.stringify(made.meeting_id);
}

/** The last month of the ledger for the one that is printed. */
async function nameMonth(stack: Stack, { text }: Block, { replaced }: Surroundings) {
  const [printed] = /private\.writeback_ledger_\d{4}_\d\d/.exec(text) ?? [];
  if (printed === undefined) return;
  const [last] = await stack.platform.sql<{ name: string }>(
    `select c.oid::regclass::text as name from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
     where i.inhparent = 'public.writeback_ledger'::regclass and c.relname ~ '\\d$' order by 1 desc limit 1`,
  );
  if (last === undefined) throw new Error("The ledger has no month");
  replaced[printed] = last.name;
}

async function namePermission(_: Stack, { text }: Block, { organizer, names }: Surroundings) {
  if (!text.includes("id=$ID")) return;
  const { body } = await organizer.call("google-auth/sharing", {
    body: { grantee_kind: "person", grantee: "someone@north.example" },
  });
  names.ID = body.id;
}

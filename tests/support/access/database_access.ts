import type { Organizer, Stack } from "../stack.ts";

/** Who tries, in the order of the columns of docs/access.md. */
export const DATABASE_ROLES = [
  "anonymous",
  "stranger",
  "participant",
  "owner",
  "secret key",
] as const;

export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** What an attempt reached: an error of privileges, no row of the owner, or a row of the owner. */
export type Reach = "refused" | "none" | "reached";

export interface RelationTry {
  object: string;
  kind: "table" | "view" | "sequence";
  /** Empty for what concerns the row as a whole. */
  column_name: string;
  place: number;
  role_name: DatabaseRole;
  operation: string;
  reach: Reach;
}

export interface FunctionTry {
  object: string;
  kind: "function" | "trigger";
  role_name: DatabaseRole;
  reach: Reach;
}

export interface DatabaseAccess {
  relations: RelationTry[];
  functions: FunctionTry[];
}

const SCRIPT = new URL("try_access.sql", import.meta.url);

/**
 * Plants a row of the owner in every table, and tries every operation of every role on each. The
 * database is of no other use afterwards: its check constraints are gone.
 * `unlocked`: with the right to use schema private, which no user has: the rights of its objects
 * show, not only that of the schema.
 */
export async function tryDatabaseAccess(stack: Stack): Promise<{
  access: DatabaseAccess;
  unlocked: () => Promise<DatabaseAccess>;
}> {
  const { platform } = stack;
  const owner = await stack.organizer({ connected: false });
  const participant = await stack.organizer({ connected: false });
  const stranger = await stack.organizer({ connected: false });
  for (const statement of statementsOf(await Deno.readTextFile(SCRIPT))) {
    await platform.sql(statement);
  }
  await platform.sql("call access_trial.plant($1::uuid, $2, $3::text::jsonb)", [
    owner.user_id,
    owner.email,
    JSON.stringify(plantedColumns(owner, participant)),
  ]);
  const roles = JSON.stringify([
    { name: "anonymous", role: "anon", claims: { role: "anon" } },
    roleOf("stranger", stranger),
    roleOf("participant", participant),
    roleOf("owner", owner),
    { name: "secret key", role: "service_role", claims: { role: "service_role" } },
  ]);
  const read = async (): Promise<DatabaseAccess> => ({
    relations: await platform.sql<RelationTry>(
      "select * from access_trial.relations($1::text::jsonb, $2::text::jsonb)",
      [roles, JSON.stringify(insertedRows(owner))],
    ),
    functions: await platform.sql<FunctionTry>(
      "select * from access_trial.functions($1::text::jsonb)",
      [roles],
    ),
  });
  return {
    access: await read(),
    async unlocked() {
      await platform.sql("grant usage on schema private to anon, authenticated");
      return await read();
    },
  };
}

function roleOf(name: DatabaseRole, { user_id, email }: Organizer) {
  return {
    name,
    role: "authenticated",
    claims: { sub: user_id, email, role: "authenticated", is_anonymous: false },
  };
}

/** What a planted row needs beside the values of its types, as SQL: the views show such rows. */
function plantedColumns(owner: Organizer, participant: Organizer) {
  const guests = literal(JSON.stringify([{
    email: participant.email,
    responseStatus: "declined",
  }]));
  return {
    "public.meetings": { participants: `${guests}::jsonb`, attendees: `${guests}::jsonb` },
    "private.google_connections": { status: "'healthy'" },
    "private.work": { kind: "'write'", due_at: "now() - interval '1 hour'" },
    "private.budget_spending": { budget: "'open_meetings'", period_start: "now()" },
    "public.task_calendar_events": {
      attendees: `${guests}::jsonb`,
      organizer_self: "true",
      organizer_email: literal(owner.email),
      event_start: "now()",
    },
  };
}

/** A row of the owner for each table that users may insert into, as SQL. */
function insertedRows(owner: Organizer) {
  const user = `${literal(owner.user_id)}::uuid`;
  return {
    "public.meetings": {
      organizer_user_id: user,
      participants: `${literal(JSON.stringify([{ email: owner.email }]))}::jsonb`,
    },
    "public.tasks": { user_id: user, title: "'Write'" },
    "public.notification_targets": { owner_user_id: user, kind: "'email'" },
    "public.scheduling_preferences": { owner_user_id: user },
    "public.availability_sharing": { owner_user_id: user, grantee_kind: "'everybody'" },
  };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The statements of the script: each begins with a comment in the first column. */
function statementsOf(script: string): string[] {
  return script.split(/\n(?=-- )/).filter((text) => /^create/m.test(text));
}

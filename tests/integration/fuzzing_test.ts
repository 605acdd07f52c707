import assert from "node:assert/strict";
import { type Random, seededRandom } from "../chaos/random.ts";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { hostileBody, hostileText } from "../support/fuzzing/hostile_body.ts";
import {
  type FuzzedRequest,
  fuzzedRequests,
  type Known,
} from "../support/fuzzing/fuzzed_requests.ts";
import { insertMeeting, SLOT } from "../support/meetings.ts";
import { callFunction, type Organizer, promise, type Stack } from "../support/stack.ts";
import { insertTask } from "../support/tasks.ts";

/** Both can be set to repeat a failure: FUZZ_SEED=7 FUZZ_BODIES=300. */
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 20261130);
const BODIES = Number(Deno.env.get("FUZZ_BODIES") ?? 10_000);
const PARALLEL = 12;
/** Far above the slowest on a busy machine: what is not over by then hangs. */
const HANGS_AFTER_MS = 60_000;

promise("fuzzing", {
  "hostile bodies break nothing, change no row of another user and reveal nothing": async (
    stack,
  ) => {
    const victim = await prepare(stack);
    const known = { ...await prepare(stack), victim };
    await finishBatches(stack);
    const before = await rowsOf(stack, victim.user_id);

    const random = seededRandom(SEED);
    const requests = fuzzedRequests(known);
    const weighted = requests.flatMap((one) => Array<FuzzedRequest>(one.weight).fill(one));
    const answers = new Map<string, number>();
    /** One of each kind. */
    const failures = new Map<string, string>();
    let left = BODIES;
    const send = async () => {
      while (left-- > 0) {
        const number = BODIES - left - 1;
        const fuzzed = random.pick(weighted);
        const answer = await ask(stack, known.access_token, fuzzed, random);
        const label = `body ${number} of seed ${SEED}: ${fuzzed.method} ${fuzzed.path}`;
        const wrong = whatIsWrong(stack, answer);
        if (wrong !== null) {
          failures.set(
            `${wrong} ${fuzzed.path.split("?")[0]} ${answer.text.slice(0, 60)}`,
            `${wrong}: ${label}\n${answer.sent.slice(0, 600)}\n${answer.text.slice(0, 600)}`,
          );
        }
        const key = `${fuzzed.path.split("?")[0]} ${answer.status}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, send));
    assert.equal(failures.size, 0, [...failures.values()].join("\n\n"));

    // Some of every kind were accepted: only then did they reach what lies behind the schemas.
    for (const path of ["functions/v1/schedule", "rest/v1/meetings", "rest/v1/tasks"]) {
      const accepted = [...answers].filter(([key]) => key.startsWith(`${path} 20`));
      assert.ok(BODIES < 1000 || accepted.length > 0, `${path}: ${[...answers].join(", ")}`);
    }
    await finishBatches(stack);
    assert.deepEqual(await rowsOf(stack, victim.user_id), before, `seed ${SEED}`);
    const crashed = await stack.platform.sql("select * from private.work where crashes > 0");
    assert.deepEqual(crashed, [], `seed ${SEED}`);
  },
}, { databases: "only postgres" });

interface FuzzAnswer {
  status: number;
  text: string;
  sent: string;
}

async function ask(
  { platform }: Stack,
  access_token: string,
  { method, path, template, in_query, as }: FuzzedRequest,
  random: Random,
): Promise<FuzzAnswer> {
  const url = new URL(`${platform.api_url}/${path}`);
  let body: string | undefined;
  if (in_query === true) {
    for (const [key, value] of Object.entries(template as Record<string, string>)) {
      url.searchParams.set(key, random.chance(0.4) ? hostileText(random) : value);
    }
    if (random.chance(0.1)) url.searchParams.set(hostileText(random), hostileText(random));
  } else body = hostileBody(random, template);
  const response = await fetchFunction(url, {
    method,
    headers: {
      "content-type": "application/json",
      // The Model Context Protocol wants both.
      ...(path.endsWith("/mcp") ? { accept: "application/json, text/event-stream" } : {}),
      ...(as === "key"
        ? { apikey: platform.automations_key }
        : { authorization: `Bearer ${access_token}`, apikey: platform.publishable_key }),
    },
    redirect: "manual",
    signal: AbortSignal.timeout(HANGS_AFTER_MS),
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text(), sent: body ?? url.search };
}

/** Null where the answer is a response that a hostile caller may have. */
function whatIsWrong({ platform }: Stack, { status, text }: FuzzAnswer): string | null {
  if (status >= 500 && !ONLY_HERE.test(text)) return `${status}`;
  if ([platform.secret_key, platform.automations_key].some((key) => text.includes(key))) {
    return "a key";
  }
  return LEAKS.exec(text)?.[0] ?? null;
}

/**
 * The local platform's REST server answers 500 where PostgREST answers 400 (a violated check, SQLSTATE 23514; a number for
 * a text) or 413 (class 54).
 */
const ONLY_HERE =
  /"code":"SUP".*(TypeError|PostgresError: (new row for relation .* violates check constraint|index row |stack depth limit))/;

/** Statements and names of SQL, files and stacks; no hostile text of ours has them. */
const LEAKS =
  /\b(insert into|select \*|update public|delete from|private\.\w+|google_connections)\b|file:\/\/|\/(shared|supabase|migrations)\/|\bat \w+ \(|SQLSTATE|PL\/pgSQL/i;

/** A user with one of everything; nothing of it is due. */
async function prepare(stack: Stack): Promise<Known["victim"] & Organizer & Omit<Known, "victim">> {
  const organizer = await stack.organizer();
  const meeting_id = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
  const written = await organizer.call("write-back", { body: { meeting_id } });
  assert.equal(written.status, 200, JSON.stringify(written.body));
  const task_id = await insertTask(organizer);
  const scheduled = await organizer.call("task-events/schedule", { body: { task_id } });
  assert.equal(scheduled.status, 200, JSON.stringify(scheduled.body));
  const insert = async (table: string, row: Record<string, unknown>, id: string) => {
    const { data, error } = await organizer.client.from(table).insert(row as never).select(id)
      .single();
    assert.equal(error, null, JSON.stringify(error));
    return (data as unknown as Record<string, string>)[id] ?? "";
  };
  return {
    ...organizer,
    meeting_id,
    task_id,
    event_id: scheduled.body.event_id,
    target_id: await insert("notification_targets", {
      kind: "slack",
      address: "https://hooks.north.example/x",
      enabled: false,
    }, "target_id"),
    sharing_id: await insert("availability_sharing", {
      grantee_kind: "person",
      grantee: "zoe@north.example",
    }, "id"),
  };
}

/** Everything that is due is processed, whatever is wrong with some of it. */
async function finishBatches({ platform }: Stack): Promise<void> {
  for (
    const name of [
      "schedule",
      "schedule/conflicts",
      "write-back",
      "meetings/meet-links",
      "task-events",
    ]
  ) {
    for (let call = 0; call < 200; call++) {
      const answer = await callFunction(platform, name, {
        apikey: platform.automations_key,
        body: { batch: true, limit: 50 },
      });
      assert.equal(answer.status, 200, `${name}: ${JSON.stringify(answer.body)}`);
      if ((answer.body.total_processed ?? answer.body.looked_at) === 0) break;
    }
  }
}

/** All rows that belong to a user, as text. */
async function rowsOf({ platform }: Stack, user_id: string): Promise<unknown> {
  const tables = {
    "public.meetings": "organizer_user_id",
    "public.tasks": "user_id",
    "public.task_calendar_events": "user_id",
    "public.notification_targets": "owner_user_id",
    "public.availability_sharing": "owner_user_id",
    "public.notifications": "owner_user_id",
    "public.writeback_ledger": "organizer_user_id",
    "private.work": "owner_id",
  };
  return Object.fromEntries(
    await Promise.all(
      Object.entries(tables).map(async ([table, owner]) => [
        table,
        await platform.sql(
          `select to_jsonb(t)::text as row from ${table} as t where ${owner} = $1 order by 1`,
          [user_id],
        ),
      ]),
    ),
  );
}

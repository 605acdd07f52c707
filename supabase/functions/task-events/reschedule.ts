import * as z from "zod/mini";
import { readTaskEvents } from "@shared/database/task_events.ts";
import type { TaskEventRow, TaskRow } from "@shared/database/task_events.ts";
import { CODES } from "@shared/failures/codes.ts";
import { spansOfSeries } from "@shared/finding_time/changed_series.ts";
import { log } from "@shared/http/log.ts";
import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { TASK_ON_CONFLICT } from "@shared/schemas/auto_reschedule.ts";
import { idOf, INSTANT, minutes } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import type { ClashCheck } from "@shared/task_events/execute/find_clashes.ts";
import { rescheduleTask } from "@shared/task_events/execute/reschedule_task.ts";
import type { RescheduledTask } from "@shared/task_events/execute/reschedule_task.ts";
import type { HandlerDependencies, Route } from "./route.ts";
import { proposeWith } from "./team_search.ts";

/** Google throttles rapid writes to one calendar, and a user has 600 requests a minute for everything. */
const PARALLEL_TASKS = 4;

const TASK_ID = idOf(LIMITS.task_id_characters);

const ITEM = z.strictObject({
  task_id: TASK_ID,
  start_time: z.optional(INSTANT),
  duration_minutes: z.optional(minutes(1, 525_600)),
});

const ON_CONFLICT = z.optional(TASK_ON_CONFLICT);

const several = <T>(item: z.ZodMiniType<T>) =>
  z.array(item).check(
    z.minLength(1, "Expected at least one task"),
    z.maxLength(LIMITS.tasks, `Expected at most ${LIMITS.tasks} tasks`),
  );

/** The body of POST reschedule. */
export const RESCHEDULE_REQUEST = z.union([
  z.strictObject({ task_ids: several(TASK_ID), on_conflict: ON_CONFLICT }),
  z.strictObject({ tasks: several(ITEM), on_conflict: ON_CONFLICT }),
], "Expected task_ids or tasks[{task_id, start_time?, duration_minutes?}]");

type Item = z.output<typeof ITEM>;

/**
 * POST reschedule: brings the events of many tasks to their tasks' times. One bad task never stops
 * the rest. With Accept: application/x-ndjson each task's answer comes as a line when it is ready.
 */
export const reschedule: Route = async (dependencies, request, actor) => {
  const body = await readJson(request, RESCHEDULE_REQUEST);
  const items = "tasks" in body ? body.tasks : body.task_ids.map((task_id): Item => ({ task_id }));
  const unique = [...new Map(items.map((item) => [item.task_id, item])).values()];
  const known = await readTaskEvents(
    dependencies.database,
    actor,
    unique.map(({ task_id }) => task_id),
  );
  const byId = new Map(known.map((entry) => [entry.task.id, entry]));
  const check = body.on_conflict === "ignore" ? null : {
    propose: proposeWith(dependencies),
    occurrencesOf: spansOfSeries,
    checks_user_alone: body.on_conflict === "warn",
  };
  const answers = inParallel(
    unique,
    (item) => answerFor(dependencies, item, byId.get(item.task_id), check),
  );
  if (request.headers.get("accept")?.includes("application/x-ndjson")) {
    return stream(unique.length, answers);
  }
  const results: RescheduledTask[] = [];
  for await (const answer of answers) results.push(answer);
  results.sort((a, b) =>
    unique.findIndex(({ task_id }) => task_id === a.task_id) -
    unique.findIndex(({ task_id }) => task_id === b.task_id)
  );
  return json({ ...summary(results), results });
};

async function answerFor(
  dependencies: HandlerDependencies,
  item: Item,
  known: { task: TaskRow; event: TaskEventRow | null } | undefined,
  check: ClashCheck | null,
): Promise<RescheduledTask> {
  const { task_id, ...requested } = item;
  if (known === undefined) {
    return {
      task_id,
      status: "failed",
      code: "task_not_found",
      message: CODES.task_not_found.message,
    };
  }
  try {
    return await rescheduleTask(dependencies, known, requested, check);
  } catch (thrown) {
    log("error", "reschedule_failed", { task_id, error: String(thrown) });
    return {
      task_id,
      status: "failed",
      code: "internal",
      message: CODES.internal.message,
    };
  }
}

/** Runs a few at a time and yields each answer when it is ready. */
async function* inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Map<number, Promise<{ index: number; result: R }>>();
  for (const [index, item] of items.entries()) {
    running.set(index, work(item).then((result) => ({ index, result })));
    if (running.size < PARALLEL_TASKS) continue;
    const { index: done, result } = await Promise.race(running.values());
    running.delete(done);
    yield result;
  }
  while (running.size > 0) {
    const { index: done, result } = await Promise.race(running.values());
    running.delete(done);
    yield result;
  }
}

function stream(total: number, answers: AsyncGenerator<RescheduledTask>): Response {
  const encoder = new TextEncoder();
  const results: RescheduledTask[] = [];
  const line = (value: unknown) => encoder.encode(`${JSON.stringify(value)}\n`);
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await answers.next();
      if (next.done === true) {
        controller.enqueue(line({ type: "summary", ...summary(results) }));
        controller.close();
        return;
      }
      results.push(next.value);
      controller.enqueue(
        line({ type: "progress", done: results.length, total, result: next.value }),
      );
    },
  });
  return new Response(lines, { headers: { "content-type": "application/x-ndjson" } });
}

function summary(results: readonly RescheduledTask[]) {
  const count = (status: RescheduledTask["status"]) =>
    results.filter((result) => result.status === status).length;
  return {
    success: count("failed") === 0,
    total: results.length,
    created: count("created"),
    updated: count("updated"),
    skipped: count("skipped"),
    failed: count("failed"),
  };
}

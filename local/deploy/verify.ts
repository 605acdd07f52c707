import * as z from "zod/mini";
import type { Check } from "./check.ts";
import type { SupabaseProject } from "./supabase_project.ts";

interface Probe {
  readonly path: string;
  /** Null: GET. */
  readonly body: string | null;
  /** What a function that works answers to a secret key. */
  readonly status: number;
}

const WAKE_UP = '{"batch": true, "background": true}';

/** A request of pg_net for each function that changes nothing where nothing is due. */
export const PROBES: Readonly<Record<string, Probe>> = {
  // This one and mcp accept users only; that the answer is their own shows that they were reached.
  "google-auth": { path: "", body: null, status: 401 },
  "google-webhook": { path: "/sync", body: WAKE_UP, status: 202 },
  "holidays": { path: "", body: WAKE_UP, status: 202 },
  "mcp": { path: "", body: null, status: 401 },
  "meetings": { path: "/meet-links", body: WAKE_UP, status: 202 },
  "notify": { path: "", body: WAKE_UP, status: 202 },
  // Refused, because a pause needs a reason.
  "operations": { path: "/pause", body: "{}", status: 422 },
  "schedule": { path: "", body: WAKE_UP, status: 202 },
  "status": { path: "/health", body: null, status: 200 },
  "sync-organizer": { path: "", body: "{}", status: 422 },
  "task-events": { path: "", body: WAKE_UP, status: 202 },
  "write-back": { path: "", body: WAKE_UP, status: 202 },
};

/** pg_cron runs the two jobs that matter every minute. */
const PATIENCE_MS = 150_000;
const PAUSE_MS = 1_000;

const ANSWERS = z.object({
  answers: z.record(
    z.string(),
    z.object({
      status: z.nullable(z.number()),
      error: z.nullable(z.string()),
      content: z.nullable(z.string()),
    }),
  ),
  jobs: z.array(z.object({
    name: z.string(),
    reason: z.nullable(z.string()),
    since: z.nullable(z.string()),
    what_to_do: z.nullable(z.string()),
    message: z.nullable(z.string()),
  })),
  health: z.array(z.object({ area: z.string(), name: z.string(), reason: z.nullable(z.string()) })),
});
type Answers = z.infer<typeof ANSWERS>;

/** Whether pg_net reaches every function with the key, and whether pg_cron runs every job. Waits for both. */
export async function verifyProject(
  project: SupabaseProject,
  names: readonly string[],
): Promise<Check[]> {
  const [row] = await project.execute<{ requests: Record<string, number> }>(
    probeStatement(names),
    "call every function with pg_net",
  );
  const requests = z.parse(z.record(z.string(), z.coerce.number()), row?.requests);
  const jobs_problem = await runJobs(project);
  const deadline = Date.now() + PATIENCE_MS;
  let answers = await readAnswers(project, requests);
  while (!isComplete(answers, names) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    answers = await readAnswers(project, requests);
  }
  return [
    ...names.map((name) => functionCheck(name, answers.answers[name])),
    { name: "every job runs without an error", problem: jobs_problem, details: null },
    ...answers.jobs.map(({ name, reason, since, what_to_do, message }) => ({
      name: `pg_cron runs ${name}`,
      problem: reason === null ? null : `${reason}: ${message ?? what_to_do}`,
      details: since === null ? "its first run is later" : `last run ${since}`,
    })),
    healthCheck(answers),
  ];
}

function probeStatement(names: readonly string[]): string {
  const calls = names.map((name) => {
    const probe = PROBES[name];
    if (probe === undefined) throw new Error(`local/deploy/verify.ts has no probe for ${name}`);
    const url = `e.url || '/${name}${probe.path}'`;
    const headers = `jsonb_build_object('Content-Type', 'application/json', 'apikey', e.key)`;
    const call = probe.body === null
      ? `net.http_get(url := ${url}, headers := ${headers}, timeout_milliseconds := 20000)`
      : `net.http_post(url := ${url}, body := '${probe.body}', headers := ${headers}, timeout_milliseconds := 20000)`;
    return `'${name}', ${call}`;
  });
  return `select jsonb_build_object(${calls.join(", ")}) as requests from (
    select max(v.value) filter (where v.name = 'convene_functions_url') as url,
      max(v.value) filter (where v.name = 'convene_automations_key') as key
    from private.vault_entries() as v) as e`;
}

/** The retention jobs have a quarter of an hour, so each job is also executed once here. */
async function runJobs(project: SupabaseProject): Promise<string | null> {
  try {
    await project.execute(
      `do $$
       declare v_job record; v_errors text := '';
       begin
         for v_job in select j.jobname, j.command from cron.job as j where j.jobname like 'convene-%' order by j.jobname loop
           begin
             execute v_job.command;
           exception when others then
             v_errors := v_errors || v_job.jobname || ': ' || sqlerrm || '. ';
           end;
         end loop;
         if v_errors <> '' then raise exception '%', v_errors; end if;
       end $$;
       select 1 as done;`,
      "execute the command of every job once",
    );
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function readAnswers(
  project: SupabaseProject,
  requests: Readonly<Record<string, number>>,
): Promise<Answers> {
  const pairs = Object.entries(requests).map(([name, id]) => `('${name}', ${id})`).join(", ");
  const [row] = await project.query<{ state: unknown }>(
    `select jsonb_build_object(
       'answers', (
         select coalesce(jsonb_object_agg(p.name, jsonb_build_object(
           'status', r.status_code, 'error', r.error_msg, 'content', left(r.content, 300))), '{}')
         from (values ${pairs}) as p (name, id) join net._http_response as r on r.id = p.id),
       'jobs', (select coalesce(jsonb_agg(jsonb_build_object(
         'name', j.name, 'reason', j.reason, 'since', j.since, 'what_to_do', j.what_to_do, 'message', j.details ->> 'message')), '[]')
         from private.health_of_jobs() as j),
       'health', (select coalesce(jsonb_agg(jsonb_build_object('area', h.area, 'name', h.name, 'reason', h.reason)), '[]')
         from public.convene_health() as h where h.status <> 'ok' and h.area <> 'overall')
     ) as state`,
  );
  return z.parse(ANSWERS, row?.state);
}

function isComplete({ answers, jobs }: Answers, names: readonly string[]): boolean {
  return names.every((name) => name in answers) &&
    jobs.every(({ reason }) => reason !== "job_not_running");
}

function functionCheck(name: string, answer: Answers["answers"][string] | undefined): Check {
  return {
    name: `pg_net reaches ${name}`,
    problem: problemOf(name, answer),
    details: answer?.status ? `HTTP ${answer.status}` : null,
  };
}

function problemOf(name: string, answer: Answers["answers"][string] | undefined): string | null {
  if (answer === undefined) return "no answer; start pg_net's worker: select net.worker_restart();";
  const { status, error, content } = answer;
  if (status === null) {
    return `${error}; compare the Vault entry convene_functions_url with the address of the project`;
  }
  const is_own = /"error" ?: ?"/.test(content ?? "");
  if (status === PROBES[name]?.status && (status < 300 || is_own)) return null;
  if (status === 401 || status === 403) {
    return `HTTP ${status}: the key is refused; the Vault entry convene_automations_key has to be the secret key named automations`;
  }
  if (status === 404 && !is_own) return "HTTP 404: the function is not deployed at this address";
  return `HTTP ${status}: ${content}; see the log of the function`;
}

/** Only what a deployment can cure; the rest is the operator's daily work. */
function healthCheck({ health }: Answers): Check {
  const cured = health.filter(({ area }) => ["vault", "wake_ups", "jobs"].includes(area));
  const others = health.length - cured.length;
  return {
    name: "convene_health() is well",
    problem: cured.length === 0
      ? null
      : cured.map(({ area, name, reason }) => `${area} ${name}: ${reason}`).join("; "),
    details: others === 0
      ? null
      : `${others} rows about work and connections are not ok: select * from convene_health()`,
  };
}

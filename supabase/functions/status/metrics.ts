import type { HealthCheck } from "@shared/database/health.ts";

const STATUSES = ["ok", "degraded", "failing"] as const;

interface Metric {
  name: string;
  help: string;
  samples(checks: readonly HealthCheck[]): Sample[];
}

interface Sample {
  labels?: Record<string, string>;
  value: number;
}

/** All metrics are gauges; names and units follow https://prometheus.io/docs/practices/naming/. */
const METRICS: readonly Metric[] = [
  {
    name: "convene_health",
    help: "1 for the status that Convene has.",
    samples: (checks) =>
      STATUSES.map((status) => ({
        labels: { status },
        value: checks[0]?.status === status ? 1 : 0,
      })),
  },
  {
    name: "convene_problem",
    help: "1 for each check that is not ok.",
    samples: (checks) =>
      checks.filter(({ area, status }) => area !== "overall" && status !== "ok")
        .map(({ area, name, reason, status }) => ({
          labels: { area, name, reason: reason ?? "", status },
          value: 1,
        })),
  },
  {
    name: "convene_wake_up_responses",
    help: "Responses of functions to wake-ups of the last 15 minutes.",
    samples: (checks) =>
      of(checks, "wake_ups").flatMap(({ name, details }) =>
        numbers(details.responses).map(([response, value]) => ({
          labels: { function: name, response },
          value,
        }))
      ),
  },
  {
    name: "convene_job_last_run_timestamp_seconds",
    help: "When each job of pg_cron last ran.",
    samples: (checks) => times(of(checks, "jobs"), "job"),
  },
  {
    name: "convene_queue_rows",
    help: "Rows of the queue by kind and state.",
    samples: (checks) =>
      of(checks, "queue").flatMap(({ name, count, details }) => [
        { labels: { kind: name, state: "due" }, value: count ?? 0 },
        ...numbers(details).map(([state, value]) => ({ labels: { kind: name, state }, value })),
      ]),
  },
  {
    name: "convene_queue_oldest_due_timestamp_seconds",
    help: "When the oldest row that can be claimed became due.",
    samples: (checks) => times(of(checks, "queue"), "kind"),
  },
  {
    name: "convene_failed_rows",
    help: "What was given up, by kind and reason.",
    samples: (checks) =>
      of(checks, "failed").map(({ name, reason, count }) => ({
        labels: { kind: name, reason: reason ?? "" },
        value: count ?? 0,
      })),
  },
  {
    name: "convene_google_connections",
    help: "Google connections by state.",
    samples: (checks) =>
      of(checks, "connections").map(({ name, reason, count }) => ({
        labels: { status: name, reason: reason ?? "" },
        value: count ?? 0,
      })),
  },
  {
    name: "convene_paused_users",
    help: "Users whom Google asked to slow down.",
    samples: (checks) =>
      of(checks, "paused").flatMap(({ name, count }) =>
        name === "users" ? [{ value: count ?? 0 }] : []
      ),
  },
  {
    name: "convene_pauses",
    help: "Pauses by operators, by kind of work.",
    samples: (checks) => {
      const pauses = of(checks, "paused").filter(({ reason }) => reason === "processing_paused");
      const kinds = pauses.map(({ details }) => String(details.kind ?? "all"));
      return [...new Set(kinds)].map((kind) => ({
        labels: { kind },
        value: kinds.filter((one) => one === kind).length,
      }));
    },
  },
  {
    name: "convene_push_channels",
    help: "Calendars with a push channel.",
    samples: (checks) => of(checks, "channels").map(({ count }) => ({ value: count ?? 0 })),
  },
  {
    name: "convene_table_bytes",
    help: "Size of a table with its indexes.",
    samples: (checks) =>
      of(checks, "storage").map(({ name, details }) => ({
        labels: { table: name },
        value: Number(details.bytes),
      })),
  },
];

/** The checks in Prometheus' text format. No label holds the id of a user. */
export function metricsText(checks: readonly HealthCheck[]): string {
  return METRICS.flatMap(({ name, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples(checks).map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`),
  ]).join("\n") + "\n";
}

function of(checks: readonly HealthCheck[], area: HealthCheck["area"]): HealthCheck[] {
  return checks.filter((check) => check.area === area);
}

function times(checks: readonly HealthCheck[], label: string): Sample[] {
  return checks.flatMap(({ name, since }) =>
    since === null ? [] : [{ labels: { [label]: name }, value: Date.parse(since) / 1000 }]
  );
}

function numbers(value: unknown): [name: string, value: number][] {
  return Object.entries(value ?? {}).map(([name, number]) => [name, Number(number)]);
}

function labelsText(labels: Record<string, string> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/: backslash, quote and line feed. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/**
 * Measures in processor time the search on the inputs of the baselines, beside JSON.parse of Google's freeBusy replies with the same
 * intervals (the least that anyone has to spend) and a plain luxon implementation, in one run. Prints two tables in
 * Markdown and whether the goals are met; ends with code 1 if an answer is wrong or a goal is missed.
 * Run: deno task bench:scheduling; --help has its options.
 */
import { findFreeStarts } from "@shared/scheduling/availability/free_starts.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import type {
  ParticipantGroup,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import {
  answerOf,
  type InputSize,
  MATRIX,
  schedulingInput,
} from "../unit/scheduling/baseline_inputs.ts";
import { freeBusyReplies, parseReplies, withReplies } from "./free_busy_reply.ts";
import type { FreshProcess } from "./fresh_process.ts";
import { luxonFreeStarts } from "./luxon_free_starts.ts";
import { processorTimes } from "./processor_time.ts";
import { verdict } from "./verdict.ts";
import { taskOptions } from "../../local/command_line.ts";

const { all } = taskOptions(
  `Measures the search in processor time, beside JSON.parse of Google's replies with the same intervals and beside an
implementation with luxon.

Usage: deno task bench:scheduling [--all]

  --all   every size of the matrix (default: seven of them)
  --help  this text

Takes about a minute. Exit code: 1 an answer is wrong or a goal is not met, 2 an option is wrong.`,
  { all: { type: "boolean", default: false } },
);

const CHOSEN: readonly InputSize[] = [
  { participants: 5, busy: 20, days: 5 },
  { participants: 5, busy: 100, days: 20 },
  { participants: 20, busy: 100, days: 20 },
  { participants: 50, busy: 100, days: 20 },
  { participants: 20, busy: 1000, days: 20 },
  { participants: 200, busy: 100, days: 60 },
  { participants: 200, busy: 1000, days: 60 },
];
/** 200 people who are all needed, and groups of the people after them. */
const WITH_GROUPS: readonly { words: string; size: InputSize; groups: readonly GroupSize[] }[] = [
  { words: "200 people, 1 of 10 rooms", size: sizeOf(210), groups: [{ of: 10, count: 1 }] },
  { words: "1 of 10 rooms, 1 of 200 people", size: sizeOf(211), groups: roomAndPeople(1) },
  { words: "1 of 10 rooms, 20 of 200 people", size: sizeOf(211), groups: roomAndPeople(20) },
];
const BUDGET_MILLISECONDS = 800;
const LUXON_BUDGET_MILLISECONDS = 200;
const FRESH_PROCESSES = 9;

interface GroupSize {
  of: number;
  count: number;
}

interface GroupRow {
  words: string;
  parse: number;
  t2: number;
  is_right: boolean;
}

interface Row {
  size: InputSize;
  intervals: number;
  parse: number;
  luxon: number;
  t1: number;
  t2: number;
  free_slots: number;
  sha256: string;
  equal: boolean;
}

interface Goal {
  words: string;
  value: string;
  met: boolean;
}

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

function measure(size: InputSize): Row {
  const { request: written, oracle } = schedulingInput(size);
  const bodies = freeBusyReplies(written);
  const request = withReplies(written, parseReplies(bodies));
  const ours = answerOf(findFreeStarts(request));
  const luxon = answerOf(luxonFreeStarts(request));
  return {
    size,
    intervals: size.participants * size.busy,
    ...processorTimes({
      parse: () => parseReplies(bodies),
      t1: () => findFreeStarts(request),
      t2: () => findSlots(request),
    }, BUDGET_MILLISECONDS),
    ...processorTimes({ luxon: () => luxonFreeStarts(request) }, LUXON_BUDGET_MILLISECONDS),
    ...ours,
    equal: [ours, luxon].every(({ sha256 }) => sha256 === oracle.sha256),
  };
}

function sizeOf(participants: number): InputSize {
  return { participants, busy: 100, days: 60 };
}

function roomAndPeople(count: number): GroupSize[] {
  return [{ of: 10, count: 1 }, { of: 200, count }];
}

/** The request with its last participants in groups, the first of which are rooms. */
function inGroups(request: SchedulingRequest, groups: readonly GroupSize[]): SchedulingRequest {
  const members = groups.flatMap(({ of, count }, index) => {
    const type = index === 0 ? "resource" : "required";
    const group: ParticipantGroup = { index, count, type };
    return Array.from({ length: of }, () => group);
  });
  const fixed = request.participants.length - members.length;
  return {
    ...request,
    participants: request.participants.map((one, i) => {
      const group = members[i - fixed];
      return group === undefined ? one : { ...one, type: group.type, group };
    }),
  };
}

/** The best time, asked again with those who were chosen for it as participants like all others, must be free. */
function measureGroups({ words, size, groups }: (typeof WITH_GROUPS)[number]): GroupRow {
  const { request: written } = schedulingInput(size);
  const bodies = freeBusyReplies(written);
  const request = inGroups(withReplies(written, parseReplies(bodies)), groups);
  const [best] = findSlots(request).candidates;
  const chosen = new Set(best?.groups?.flatMap((one) => one.chosen));
  const named = {
    ...request,
    participants: request.participants
      .filter(({ group, email }) => group === undefined || chosen.has(email))
      .map(({ group: _, ...one }) => one),
  };
  const start = Date.parse(best?.start_time ?? "") / 60_000;
  return {
    words,
    ...processorTimes({
      parse: () => parseReplies(bodies),
      t2: () => findSlots(request),
    }, BUDGET_MILLISECONDS),
    is_right: chosen.size === groups.reduce((sum, { count }) => sum + count, 0) &&
      findFreeStarts(named).includes(start),
  };
}

async function measureFresh(size: InputSize): Promise<FreshProcess> {
  const script = new URL("./fresh_process.ts", import.meta.url).pathname;
  const runs: FreshProcess[] = [];
  for (let i = 0; i < FRESH_PROCESSES; i++) {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, ...[size.participants, size.busy, size.days].map(String)],
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    runs.push(JSON.parse(new TextDecoder().decode(stdout)));
  }
  // The least disturbed of them: what the machine does besides only adds to a single call.
  const least = (key: keyof FreshProcess) => Math.min(...runs.map((run) => run[key]));
  return { first: least("first"), warm: least("warm"), with_parsing: least("with_parsing") };
}

function judge(
  rows: readonly Row[],
  groups: readonly GroupRow[],
  small: FreshProcess,
  large: FreshProcess,
): Goal[] {
  const many = rows.filter(({ intervals }) => intervals >= 2_000);
  const smallest = rows.find(({ size: { participants, busy, days } }) =>
    participants === 5 && busy === 20 && days === 5
  )!;
  const least = (ratio: (row: Row) => number) => Math.min(...many.map(ratio));
  const most = (ratio: (row: Row) => number) => Math.max(...many.map(ratio));
  const goals = [
    ["T1 against luxon, 2,000 intervals and more", least((r) => r.luxon / r.t1), ">=", 60],
    ["T1 against JSON.parse, 2,000 intervals and more", most((r) => r.t1 / r.parse), "<=", 1.5],
    ["T2 against JSON.parse, 2,000 intervals and more", most((r) => r.t2 / r.parse), "<=", 3],
    ["T2 against JSON.parse, with groups", Math.max(...groups.map((r) => r.t2 / r.parse)), "<=", 3],
    ["T2 against luxon's T1 at 5,20,5", smallest.luxon / smallest.t2, ">=", 8],
    [
      "first search of a process (least of 9) against a warm one at 5,20,5",
      small.first / small.warm,
      "<=",
      100,
    ],
  ] as const;
  return [
    ...goals.map(([words, value, sign, goal]) => ({
      words: `${words}: ${sign} ${goal} times`,
      value: value.toFixed(value < 10 ? 2 : 0),
      met: sign === ">=" ? value >= goal : value <= goal,
    })),
    {
      words: "a first search with parsing at 200,1000,60: <= 250 ms",
      value: `${large.with_parsing.toFixed(0)} ms`,
      met: large.with_parsing <= 250,
    },
  ];
}

function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  print(`| ${header.join(" | ")} |`);
  print(`| ${header.map((_, i) => i === 0 ? "---" : "--:").join(" | ")} |`);
  for (const row of rows) print(`| ${row.join(" | ")} |`);
  print("");
}

const time = (milliseconds: number) => milliseconds.toFixed(milliseconds < 100 ? 3 : 0);
const times = (ratio: number) => ratio.toFixed(ratio < 10 ? 2 : 0);

const rows = (all ? MATRIX : CHOSEN).map(measure);
printTable(
  [
    "P,B,W",
    "intervals",
    "JSON.parse",
    "luxon T1",
    "T1",
    "T2",
    "luxon/T1",
    "T1/parse",
    "T2/parse",
    "free",
    "answer",
  ],
  rows.map((row) => [
    [row.size.participants, row.size.busy, row.size.days].join(),
    String(row.intervals),
    ...[row.parse, row.luxon, row.t1, row.t2].map(time),
    ...[row.luxon / row.t1, row.t1 / row.parse, row.t2 / row.parse].map(times),
    String(row.free_slots),
    row.equal ? row.sha256.slice(0, 8) : "WRONG",
  ]),
);
const groups = WITH_GROUPS.map(measureGroups);
printTable(
  ["groups, 100 intervals each over 60 days", "JSON.parse", "T2", "T2/parse", "answer"],
  groups.map((row) => [
    row.words,
    ...[row.parse, row.t2].map(time),
    times(row.t2 / row.parse),
    row.is_right ? "right" : "WRONG",
  ]),
);
const small = await measureFresh(CHOSEN[0]!);
const large = await measureFresh(CHOSEN.at(-1)!);
const goals = judge(rows, groups, small, large);
printTable(
  ["goal", "measured", ""],
  goals.map(({ words, value, met }) => [words, value, verdict(met)]),
);
if (groups.some(({ is_right }) => !is_right)) Deno.exitCode = 1;
if (rows.some(({ equal }) => !equal)) Deno.exitCode = 1;

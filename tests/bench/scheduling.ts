/**
 * Prints how long the search takes on the inputs of the baselines, beside JSON.parse of Google's freeBusy reply with
 * the same intervals, the least that anyone has to spend. Run: deno run -A tests/bench/scheduling.ts [--all]
 */
import { findFreeStarts } from "@shared/scheduling/free_starts.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import {
  answerOf,
  type InputSize,
  MATRIX,
  schedulingInput,
} from "../unit/scheduling/baseline_inputs.ts";

const CHOSEN: readonly InputSize[] = [
  { participants: 5, busy: 20, days: 5 },
  { participants: 5, busy: 100, days: 20 },
  { participants: 20, busy: 100, days: 20 },
  { participants: 50, busy: 100, days: 20 },
  { participants: 20, busy: 1000, days: 20 },
  { participants: 200, busy: 100, days: 60 },
  { participants: 200, busy: 1000, days: 60 },
];
const BUDGET_MILLISECONDS = 400;

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const columns = ["P,B,W", "first", "JSON.parse", "T1", "T1/parse", "T2", "T2/parse", "answer"];
print(columns.map((column) => column.padStart(12)).join(""));

for (const size of Deno.args.includes("--all") ? MATRIX : CHOSEN) {
  const { request, oracle } = schedulingInput(size);
  const reply = JSON.stringify({
    kind: "calendar#freeBusy",
    calendars: Object.fromEntries(
      request.participants.map(({ email, busy }) => [email, { busy }]),
    ),
  });
  const began = performance.now();
  findSlots(request);
  const first = performance.now() - began;
  const parse = median(() => JSON.parse(reply));
  const t1 = median(() => findFreeStarts(request));
  const t2 = median(() => findSlots(request));
  const answer = answerOf(findFreeStarts(request));
  const cells = [
    [size.participants, size.busy, size.days].join(),
    ...[first, parse, t1].map((milliseconds) => milliseconds.toFixed(3)),
    (t1 / parse).toFixed(2),
    t2.toFixed(3),
    (t2 / parse).toFixed(2),
    answer.sha256 === oracle.sha256 ? `${answer.free_slots} equal` : "WRONG",
  ];
  print(cells.map((cell) => cell.padStart(12)).join(""));
}

/** Middle duration in milliseconds of as many calls as fit the budget, three at least, after as long a warm-up. */
function median(work: () => unknown): number {
  const until = performance.now() + BUDGET_MILLISECONDS;
  while (performance.now() < until) work();
  const durations: number[] = [];
  const end = performance.now() + BUDGET_MILLISECONDS;
  while (durations.length < 3 || performance.now() < end) {
    const began = performance.now();
    work();
    durations.push(performance.now() - began);
  }
  return durations.sort((a, b) => a - b)[durations.length >> 1]!;
}

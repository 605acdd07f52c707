import * as fc from "../../unit/fast_check.ts";
import type { Cut } from "../cut_lines.ts";

export type Scope = "single" | "all" | "future";

/** What happens to a weekly series of a task and to the series that it is divided into (`part`, by age). */
export type SeriesStep =
  | { do: "edit"; part: number; field: "title" | "place"; text: string }
  | { do: "edit one" | "delete one" | "divide"; part: number; week: number }
  | { do: "delete" | "hand over"; part: number }
  | { do: "restore" }
  | { do: "hand back" }
  | { do: "reply"; part: number; guest: number; answer: "accepted" | "declined" | "tentative" }
  | { do: "change"; part: number; scope: Scope; week: number; title: string; cut: Cut | null }
  | { do: "remove"; part: number; scope: Scope; week: number; cut: Cut | null }
  | { do: "finish" }
  | { do: "sync"; is_expired: boolean; cut: Cut | null };

const PART = { part: fc.integer({ min: 0, max: 2 }) };
const WEEK = { week: fc.integer({ min: 1, max: 4 }) };
const TEXT = fc.constantFrom("Budget", "Plan", "Retro");
const CUT = {
  cut: fc.oneof(
    { arbitrary: fc.constant(null), weight: 2 },
    fc.record({ count: fc.integer({ min: 0, max: 8 }), is_last_done: fc.boolean() }),
  ),
};

function does<Name extends string>(name: Name) {
  return { do: fc.constant(name) };
}

const STEP: fc.Arbitrary<SeriesStep> = fc.oneof(
  fc.record({
    ...does("edit"),
    ...PART,
    field: fc.constantFrom("title", "place"),
    text: TEXT,
  }),
  fc.record({ ...does("edit one"), ...PART, ...WEEK }),
  fc.record({ ...does("delete one"), ...PART, ...WEEK }),
  fc.record({ ...does("divide"), ...PART, ...WEEK }),
  fc.record({ ...does("delete"), ...PART }),
  { arbitrary: fc.record(does("restore")), weight: 2 },
  fc.record({ ...does("hand over"), ...PART }),
  fc.record(does("hand back")),
  fc.record({
    ...does("reply"),
    ...PART,
    guest: fc.integer({ min: 0, max: 1 }),
    answer: fc.constantFrom("accepted", "declined", "tentative"),
  }),
  {
    arbitrary: fc.record({
      ...does("change"),
      ...PART,
      scope: fc.constantFrom<Scope>("single", "all", "future", "future"),
      ...WEEK,
      title: TEXT,
      ...CUT,
    }),
    weight: 4,
  },
  fc.record({
    ...does("remove"),
    ...PART,
    scope: fc.constantFrom<Scope>("single", "future", "all"),
    ...WEEK,
    ...CUT,
  }),
  fc.record(does("finish")),
  { arbitrary: fc.record({ ...does("sync"), is_expired: fc.boolean(), ...CUT }), weight: 3 },
);

/** Up to `most` steps. */
export function seriesSequences(most: number): fc.Arbitrary<SeriesStep[]> {
  return fc.array(STEP, { minLength: 1, maxLength: most, size: "max" });
}

/** A sequence of steps, one line each. */
export function seriesInWords(steps: readonly SeriesStep[]): string {
  return steps.map((step, index) => `  ${index + 1}. ${sentence(step)}`).join("\n");
}

function sentence(step: SeriesStep): string {
  switch (step.do) {
    case "edit":
      return `In Google the ${step.field} of part ${step.part} becomes "${step.text}".`;
    case "edit one":
      return `In Google week ${step.week} of part ${step.part} becomes "By hand".`;
    case "delete one":
      return `In Google week ${step.week} of part ${step.part} is deleted.`;
    case "divide":
      return `In Google part ${step.part} is divided before week ${step.week}.`;
    case "delete":
      return `In Google part ${step.part} is deleted.`;
    case "hand over":
      return `In Google part ${step.part} is handed over to a colleague.`;
    case "hand back":
      return "In Google the colleague hands back what was handed over last.";
    case "restore":
      return "In Google the part that was deleted last is restored.";
    case "reply":
      return `Guest ${step.guest} replies ${step.answer} to part ${step.part}.`;
    case "change":
      return `A change of part ${step.part}, ${step.scope}, week ${step.week}, names the title "${step.title}"${
        death(step.cut)
      }.`;
    case "remove":
      return step.scope === "all"
        ? `Part ${step.part} is deleted${death(step.cut)}.`
        : `Week ${step.week} of part ${step.part} is deleted, ${step.scope}${death(step.cut)}.`;
    case "finish":
      return "Convene finishes what is pending.";
    case "sync":
      return `Convene reads the calendars${step.is_expired ? " with expired cursors" : ""}${
        death(step.cut)
      }.`;
  }
}

function death(cut: Cut | null): string {
  return cut === null
    ? ""
    : `; its process dies after ${cut.count} requests, the next one ${
      cut.is_last_done ? "takes effect" : "is not sent"
    }`;
}

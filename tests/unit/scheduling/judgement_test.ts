import assert from "node:assert/strict";
import type { Candidate } from "@shared/scheduling/explaining/candidate.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { instants, type Question, requestOf, ZONE } from "./judgement.ts";
import { BASIC_QUESTIONS } from "./judgement_basics.ts";
import { QUESTIONS } from "./judgement_questions.ts";

/** A candidate as minutes since 1970. */
interface Offered {
  from: number;
  to: number;
}

const offered = ({ start_time, end_time }: Candidate): Offered => ({
  from: Date.parse(start_time) / 60_000,
  to: Date.parse(end_time) / 60_000,
});

const overlaps = (a: Offered, b: Offered) => a.from < b.to && b.from < a.to;

/** What of a question does not hold, as text; nothing where all does. */
function complaints(question: Question, candidates: readonly Candidate[]): string[] {
  const { expected: { best, not = [], says, choices, half_days, among }, asked } = question;
  const zone = asked?.timezone ?? ZONE;
  const spans = (texts: readonly string[]) => texts.map((text) => instants(text, zone));
  const [first] = candidates;
  if (first === undefined) return ["there is no candidate"];
  const times = candidates.map(offered);
  const chosen = times[0]!;
  const found: string[] = [];
  if (
    best !== undefined &&
    !spans(best).some(({ from, to }) => from <= chosen.from && chosen.to <= to)
  ) {
    found.push(`not in ${best.join(", ")}`);
  }
  if (spans(not).some((span) => overlaps(span, chosen))) found.push("overlaps what it should not");
  if (says !== undefined && !says.test(first.reasoning)) found.push(`does not say ${says}`);
  if (choices !== undefined) {
    const apart = times.slice(0, choices);
    const is_apart = apart.every((a, i) => apart.slice(i + 1).every((b) => !overlaps(a, b)));
    if (apart.length < choices || !is_apart) found.push(`not ${choices} choices`);
  }
  if (half_days !== undefined) {
    const halves = candidates.slice(0, 5).map(({ start_time }) =>
      `${start_time.slice(0, 10)} ${start_time.slice(11, 13) < "12"}`
    );
    if (new Set(halves).size < half_days) found.push(`not in ${half_days} half-days`);
  }
  if (among !== undefined) {
    const { from, to } = instants(among.span, zone);
    if (!times.slice(0, among.within).some((time) => time.from === from && time.to === to)) {
      found.push(`${among.span} is not among the first ${among.within}`);
    }
  }
  return found;
}

Deno.test("findSlots() answers as a thoughtful assistant would", () => {
  const rows = [...BASIC_QUESTIONS, ...QUESTIONS].map((question) => {
    const { candidates } = findSlots(requestOf(question));
    const wrong = complaints(question, candidates);
    const [best] = candidates;
    return {
      id: question.id,
      wrong,
      line: `| ${question.id} | ${best?.start_time ?? "none"} | ${best?.score ?? ""} | ` +
        `${wrong.length === 0 ? "held" : wrong.join("; ")} | ${best?.reasoning ?? ""} |`,
    };
  });
  const table = ["| question | best | score | | sentence |", "| --- | --- | --: | --- | --- |"]
    .concat(rows.map(({ line }) => line)).join("\n");
  Deno.stdout.writeSync(new TextEncoder().encode(`${table}\n`));
  assert.ok(QUESTIONS.length >= 30);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, "an id is used twice");
  assert.deepEqual(
    rows.filter(({ wrong }) => wrong.length > 0).map(({ id, wrong }) => [id, wrong]),
    [],
  );
});

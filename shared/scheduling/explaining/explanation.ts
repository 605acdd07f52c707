import { shortSides } from "@shared/texts/parts.ts";
import type { Texts } from "@shared/texts/texts.ts";
import { USABLE_MINUTES } from "../scoring/fragmentation.ts";
import type { Reason, Rejected } from "./reason.ts";

/**
 * One to four plain sentences: who comes, what is near, then what else weighs most, and of the best candidate what
 * decided against others.
 */
export function explain(texts: Texts, reasons: readonly Reason[]): string {
  const who: string[] = [];
  const near: string[] = [];
  const inconvenience: string[] = [];
  const rest: string[] = [];
  const against: string[] = [];
  for (const reason of reasons) {
    const text = phrase(texts, reason);
    switch (reason.code) {
      case "everyone_free":
      case "some_absent":
      case "tentative":
      case "calendar_unknown":
      case "every_occurrence_free":
      case "some_occurrences_clash":
      case "chosen_from_group":
      case "group_unfilled":
        who.push(text);
        break;
      case "clear_of_meetings":
      case "clear_before":
      case "clear_after":
      case "back_to_back":
        near.push(text);
        break;
      case "outside_comfortable_hours":
      case "lunch":
      case "end_of_week":
      case "edge_of_day":
      case "other_day_preferred":
      case "other_part_of_day_preferred":
      case "longer_gap_preferred":
      case "usually_declines":
        inconvenience.push(text);
        break;
      case "notice":
      case "first_possible":
      case "runner_up":
        against.push(text);
        break;
      // Said first of the rest, because it is what people ask about a time.
      case "earliest_start":
      case "spares_burdened":
        rest.unshift(text);
        break;
      default:
        rest.push(text);
    }
  }
  const last = inconvenience.length > 0 ? inconvenience.slice(0, 2) : rest.slice(0, 1);
  return [who, near, last, against].filter((parts) => parts.length > 0).map(sentence).join(" ");
}

/** A fact in text, without a capital and a full stop. */
function phrase(texts: Texts, reason: Reason): string {
  const { reasons, statuses } = texts;
  switch (reason.code) {
    case "some_absent": {
      const { absent, ...counts } = reason.args;
      const who = absent.map(({ name, status }) => `${name} (${statuses[status]})`);
      return reasons.some_absent({ ...counts, absent: who });
    }
    case "leaves_short_time": {
      const { name, minutes_before, minutes_after } = reason.args;
      const short = shortSides(minutes_before, minutes_after, USABLE_MINUTES);
      return reasons.leaves_short_time({ name, short });
    }
    case "first_possible":
    case "runner_up":
      return reasons[reason.code](rejection(texts, reason.args));
    default:
      return said(reasons, reason);
  }
}

/** The reasons whose arguments a text takes as they are. */
type Plain = Exclude<
  Reason,
  { code: "some_absent" | "leaves_short_time" | "first_possible" | "runner_up" }
>;
type PlainTexts = { [One in Plain as One["code"]]: (args: One["args"]) => string };

function said(texts: PlainTexts, { code, args }: Plain): string {
  // A code and its arguments belong together; the type of the texts says so, but a union of them cannot be called.
  return (texts[code] as (args: Plain["args"]) => string)(args);
}

function rejection(
  texts: Texts,
  { time, factor, reason }: Rejected,
): { time: string; why: string } {
  return { time, why: reason === undefined ? texts.losses[factor] : phrase(texts, reason) };
}

function sentence(parts: readonly string[]): string {
  const text = parts.join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

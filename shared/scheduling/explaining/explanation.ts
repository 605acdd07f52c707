import { capital, formatMinutes, formatNames, formatPlace } from "./phrases.ts";
import type { Reason } from "./reason.ts";

const STATUS_TEXT = {
  free: "free",
  busy: "busy",
  tentative: "tentative",
  unknown: "unknown",
  outside_hours: "outside working hours",
} as const;

/** One to three plain sentences: who comes, what is near, and then what else weighs most. */
export function explain(reasons: readonly Reason[]): string {
  const who: string[] = [];
  const near: string[] = [];
  const inconvenience: string[] = [];
  const rest: string[] = [];
  for (const reason of reasons) {
    const text = phrase(reason);
    switch (reason.code) {
      case "everyone_free":
      case "some_absent":
      case "tentative":
      case "calendar_unknown":
      case "every_occurrence_free":
      case "some_occurrences_clash":
        who.push(text);
        break;
      case "clear_of_meetings":
      case "clear_before":
      case "clear_after":
      case "back_to_back":
        near.push(text);
        break;
      case "outside_comfortable_hours":
      case "other_day_preferred":
      case "other_part_of_day_preferred":
      case "longer_gap_preferred":
      case "usually_declines":
        inconvenience.push(text);
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
  return [who, near, last].filter((parts) => parts.length > 0).map(sentence).join(" ");
}

/** A fact in text, without a capital and a full stop. None begins with a name, which a capital would change. */
export function phrase(reason: Reason): string {
  const { code, args } = reason;
  switch (code) {
    case "everyone_free":
      return args.count === 1 ? "the one person invited is free" : "everyone is free";
    case "some_absent": {
      const absent = args.absent.map(({ name, status }) => `${name} (${STATUS_TEXT[status]})`);
      return `${args.coming} of ${args.invited} can come, without ${formatNames(absent)}`;
    }
    case "tentative":
      return `there is something tentative for ${formatNames(args.names)}`;
    case "calendar_unknown":
      return args.names.length === 1
        ? `the calendar of ${formatNames(args.names)} could not be read`
        : `the calendars of ${formatNames(args.names)} could not be read`;
    case "clear_of_meetings":
      return `no one who comes has another meeting within ${formatMinutes(args.minutes)}`;
    case "clear_before":
      return `${formatMinutes(args.minutes)} clear before ${possessive(args.name)} next meeting`;
    case "clear_after":
      return `${formatMinutes(args.minutes)} clear after ${possessive(args.name)} last meeting`;
    case "back_to_back":
      return args.side === "before"
        ? `it follows straight on a meeting of ${args.name}`
        : `a meeting of ${args.name} follows straight on`;
    case "comfortable_for_everyone":
      return "it is within comfortable hours for all who come";
    case "outside_comfortable_hours":
      return `it is ${args.local_time} in ${formatPlace(args.timezone)}, ${args.part} for ${
        formatNames(args.names)
      }`;
    case "meets_wishes":
      return `it suits what ${formatNames(args.names)} asked for`;
    case "other_day_preferred":
      return `another day than ${capital(args.weekday)} would suit ${
        formatNames(args.names)
      } better`;
    case "other_part_of_day_preferred":
      return `the ${args.preferred} would suit ${formatNames(args.names)} better`;
    case "longer_gap_preferred":
      return `${formatMinutes(args.preferred)} between meetings would suit ${args.name} better`;
    case "usually_accepts":
      return `meetings at this time of the week are usually accepted by ${formatNames(args.names)}`;
    case "usually_declines":
      return `of earlier meetings at this time of the week, ${args.percentage} percent were ` +
        `declined by ${args.name}`;
    case "spares_burdened":
      return `it spares ${args.name}, for whom earlier meetings were the least convenient`;
    case "every_occurrence_free":
      return args.count === 1
        ? "the one occurrence is possible for all who are needed"
        : `all ${args.count} occurrences are possible for all who are needed`;
    case "some_occurrences_clash":
      return `${args.clashing} of ${args.count} occurrences clash for ${formatNames(args.names)}`;
    case "keeps_free_time_whole":
      return "it leaves everybody's free time in one piece";
    case "splits_free_time":
      return `it splits a free stretch of ${args.name} into ${args.minutes_before} and ${
        formatMinutes(args.minutes_after)
      }`;
    case "earliest_start":
      return "no earlier time was possible";
  }
}

function sentence(parts: readonly string[]): string {
  const text = parts.join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function possessive(name: string): string {
  return `${name}'s`;
}

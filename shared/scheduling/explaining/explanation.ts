import { USABLE_MINUTES } from "../scoring/fragmentation.ts";
import { capital, formatLength, formatMinutes, formatNames, formatPlace } from "./phrases.ts";
import type { Reason, Rejected } from "./reason.ts";

const STATUS_TEXT = {
  free: "free",
  busy: "busy",
  tentative: "tentative",
  unknown: "unknown",
  outside_hours: "outside working hours",
} as const;

/**
 * One to four plain sentences: who comes, what is near, then what else weighs most, and of the best candidate what
 * decided against others.
 */
export function explain(reasons: readonly Reason[]): string {
  const who: string[] = [];
  const near: string[] = [];
  const inconvenience: string[] = [];
  const rest: string[] = [];
  const against: string[] = [];
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
    case "lunch":
      return `it takes lunch from ${formatNames(args.names)}`;
    case "edge_of_day":
      return `it is in the ${args.part} half hour of the day for ${formatNames(args.names)}`;
    case "end_of_week":
      return `it is at the end of ${capital(args.weekday)} for ${formatNames(args.names)}`;
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
    case "keeps_free_time_usable":
      return "it leaves no free time too short to use";
    case "leaves_short_time":
      return `it leaves ${args.name} free time too short to use (${
        shortTime(args.minutes_before, args.minutes_after)
      } between meetings)`;
    case "splits_free_time":
      return `it splits a free stretch of ${args.name} into ${args.minutes_before} and ${
        formatMinutes(args.minutes_after)
      }`;
    case "earliest_start":
      return "no earlier time was possible";
    case "notice":
      return `earlier times are ruled out by the notice of ${formatLength(args.minutes)}`;
    case "first_possible":
      return `the first possible time is ${rejection(args)}`;
    case "runner_up":
      return `the runner-up is ${rejection(args)}`;
  }
}

function rejection({ time, factor, reason }: Rejected): string {
  return `${time}: ${reason === undefined ? LOST[factor] : phrase(reason)}`;
}

/** What another time lost by, where no one fact says it. */
const LOST = {
  availability: "fewer of the invited can come then",
  preference: "it is less convenient",
  conflict_proximity: "it is nearer to other meetings",
  fragmentation: "it breaks up more free time",
  optimization: "it is later",
} as const;

function shortTime(before: number, after: number): string {
  const short = [before, after].filter((minutes) => minutes > 0 && minutes < USABLE_MINUTES);
  return short.length === 2
    ? `${before} and ${formatMinutes(after)}`
    : formatMinutes(short[0] ?? 0);
}

function sentence(parts: readonly string[]): string {
  const text = parts.join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function possessive(name: string): string {
  return `${name}'s`;
}

import type { Weekday } from "@shared/time/weekday.ts";
import {
  formatPlace,
  formatTimeOfDay,
  formatWallTime,
  joined,
  lengthIn,
  listedDateNames,
} from "./parts.ts";

const WEEKDAY_NAMES = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
];

const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** English. Its shape is the shape of every language; the order of the functions is that of the other files. */
export function english() {
  const dates = listedDateNames(WEEKDAY_NAMES, MONTH_NAMES);
  const weekday = (day: Weekday) => dates.weekday(day);
  const minutes = (count: number) => count === 1 ? "1 minute" : `${count} minutes`;
  const every = (count: number) => count === 1 ? "the one" : count === 2 ? "both" : `all ${count}`;
  const length = (count_minutes: number) => {
    const { unit, count } = lengthIn(count_minutes);
    return count === 1 ? `1 ${unit.slice(0, -1)}` : `${count} ${unit}`;
  };
  /** "Ann", "Ann and Bob", "Ann, Bob and Cem", "Ann, Bob and 4 others". */
  const names = (all: readonly string[], others = 0) =>
    all.length + others > 3
      ? `${all.slice(0, 2).join(", ")} and ${all.length + others - 2} others`
      : joined(all.length === 0 ? ["no one"] : all, "and");
  /** "Tuesday 1 December 2026 at 11:00 (America/New_York)", of a wall time in minutes since 1970. */
  const time = (wall: number, timezone: string) => {
    const { weekday, day, month, year } = dates.at(wall);
    return `${weekday} ${day} ${month} ${year} at ${formatWallTime(wall)} (${timezone})`;
  };

  return {
    names,
    /** Everybody by name: a refusal must not shorten a list that it is about. */
    allNames: (all: readonly string[]) => all.length <= 3 ? names(all) : all.join(", "),
    time,

    /** What an event says about itself. */
    event: {
      heading: "🤖 AI-Scheduled Meeting",
      title: (people: string) => `AI-Scheduled Meeting: ${people}`,
      score: (score: number) => `Score: ${score}/100`,
      participants: "Participants:",
      duration: (count: number) => `Duration: ${minutes(count)}`,
      timezone: (timezone: string) => `Timezone: ${timezone}`,
      more: (count: number) => `and ${count} more`,
    },

    statuses: {
      free: "free",
      busy: "busy",
      tentative: "tentative",
      unknown: "unknown",
      outside_hours: "outside working hours",
    },

    /** Facts about a time, without a capital and a full stop. None begins with a name, which a capital would change. */
    reasons: {
      everyone_free: ({ count }: { count: number }): string =>
        count === 1 ? "the one person invited is free" : "everyone is free",
      some_absent: (
        { coming, invited, absent }: { coming: number; invited: number; absent: string[] },
      ) => `${coming} of ${invited} can come, without ${names(absent)}`,
      tentative: (args: { names: string[] }) =>
        `there is something tentative for ${names(args.names)}`,
      calendar_unknown: (args: { names: string[] }) =>
        args.names.length === 1
          ? `the calendar of ${names(args.names)} could not be read`
          : `the calendars of ${names(args.names)} could not be read`,
      clear_of_meetings: (args: { minutes: number }) =>
        `no one who is coming has another meeting within ${minutes(args.minutes)}`,
      clear_before: ({ name, ...args }: { minutes: number; name: string }) =>
        `${minutes(args.minutes)} clear before ${name}'s next meeting`,
      clear_after: ({ name, ...args }: { minutes: number; name: string }) =>
        `${minutes(args.minutes)} clear after ${name}'s last meeting`,
      back_to_back: ({ side, name }: { side: "before" | "after"; name: string }) =>
        side === "before"
          ? `it begins when ${name}'s previous meeting ends`
          : `it ends when ${name}'s next meeting begins`,
      comfortable_for_everyone: (_: { count: number }) =>
        "the hour is comfortable for everyone who is coming",
      outside_comfortable_hours: (
        args: { local_time: string; timezone: string; part: "early" | "late"; names: string[] },
      ) =>
        `it is ${args.local_time} in ${formatPlace(args.timezone)}, ${args.part} for ${
          names(args.names)
        }`,
      lunch: (args: { names: string[] }) => `it falls in the lunch break of ${names(args.names)}`,
      edge_of_day: (args: { part: "first" | "last"; names: string[] }) =>
        `it is in the ${args.part} half hour of the day for ${names(args.names)}`,
      end_of_week: (args: { weekday: Weekday; names: string[] }) =>
        `it is at the end of ${weekday(args.weekday)} for ${names(args.names)}`,
      meets_wishes: (args: { names: string[] }) =>
        `it matches the preferences of ${names(args.names)}`,
      other_day_preferred: (args: { weekday: Weekday; names: string[] }) =>
        `a day other than ${weekday(args.weekday)} would suit ${names(args.names)} better`,
      other_part_of_day_preferred: (
        args: { preferred: "morning" | "afternoon"; names: string[] },
      ) => `the ${args.preferred} would suit ${names(args.names)} better`,
      longer_gap_preferred: ({ name, preferred }: { name: string; preferred: number }) =>
        `${minutes(preferred)} between meetings would suit ${name} better`,
      usually_accepts: (args: { names: string[] }) =>
        `meetings at this time of the week are usually accepted by ${names(args.names)}`,
      usually_declines: ({ name, percentage }: { name: string; percentage: number }) =>
        `${percentage} percent of earlier meetings at this time of the week were declined by ${name}`,
      spares_burdened: ({ name }: { name: string }) =>
        `it spares ${name}, for whom earlier meetings were the least convenient`,
      every_occurrence_free: ({ count }: { count: number }) =>
        `${every(count)} ${
          count === 1 ? "occurrence is" : "occurrences are"
        } possible for everyone who is needed`,
      some_occurrences_clash: (
        args: { count: number; clashing: number; names: string[]; others?: number },
      ) =>
        args.count === 1
          ? `the one occurrence clashes for ${names(args.names, args.others)}`
          : `${args.clashing} of ${args.count} occurrences ${
            args.clashing === 1 ? "clashes" : "clash"
          } for ${names(args.names, args.others)}`,
      chosen_from_group: (
        { group, names: chosen, why, free, members }: {
          group: string;
          names: string[];
          why: "chosen_before" | "only_free" | "fewest_turns" | "first_free";
          free: number;
          members: number;
        },
      ) =>
        `for ${group}: ${names(chosen)}, ${
          {
            chosen_before: "as before",
            only_free: `the only ${chosen.length === 1 ? "one" : "ones"} free of ${members}`,
            fewest_turns: `chosen least often of the ${free} free`,
            first_free: `first of the ${free} free in the given order`,
          }[why]
        }`,
      group_unfilled: (args: { group: string; count: number; chosen: number }) =>
        `for ${args.group}: ${
          args.chosen === 0 ? "none" : `only ${args.chosen} of ${args.count}`
        } can come`,
      keeps_free_time_whole: (_: { count: number }) =>
        "it leaves everybody's free time in one piece",
      keeps_free_time_usable: (_: { count: number }) => "it leaves no free time too short to use",
      leaves_short_time: ({ name, short }: { name: string; short: number[] }) =>
        `it leaves ${name} free time too short to use (${
          short.length === 2 ? `${short[0]} and ` : ""
        }${minutes(short.at(-1) ?? 0)} between meetings)`,
      splits_free_time: (
        args: { name: string; minutes_before: number; minutes_after: number },
      ) =>
        `it splits ${args.name}'s free time into ${args.minutes_before} and ${
          minutes(args.minutes_after)
        }`,
      earliest_start: (_: Record<string, never>) => "no earlier time was possible",
      notice: (args: { minutes: number }) =>
        `earlier times are ruled out by the required notice of ${length(args.minutes)}`,
      first_possible: ({ time, why }: { time: string; why: string }) =>
        `the first possible time is ${time}: ${why}`,
      runner_up: ({ time, why }: { time: string; why: string }) =>
        `the runner-up is ${time}: ${why}`,
    },

    /** What another time lost by, where no one fact says it. */
    losses: {
      availability: "fewer of those invited can come then",
      preference: "it is less convenient",
      conflict_proximity: "it is nearer to other meetings",
      fragmentation: "it breaks up more free time",
      optimization: "it is later",
    },

    results: {
      found: (count: number, best: string) =>
        count === 1
          ? `One time is possible: ${best}.`
          : `${count} times are possible; the best is ${best}.`,
      alternatives: (count: number) =>
        `${count === 1 ? "One other time is" : `${count} other times are`} possible.`,
      no_alternative: "No time other than the current one fits.",
      conceded: "No slot fits everyone; the best slot needs concessions.",
      next_choice:
        "Another meeting has taken the best slot in the meantime; this is the next choice.",
      has_slot: "The meeting already has a slot.",
      tentative_unknown: (who: readonly string[]) =>
        `Free/busy does not show which busy times of ${
          names(who)
        } are tentative, so all of them count as busy.`,
    },

    /** Why there is no time, without the full stop. */
    refusals: {
      unreadable: (count: number, who: string) =>
        `The calendar${count === 1 ? "" : "s"} of ${who} cannot be read, and ` +
        `${count === 1 ? "it is" : "they are"} needed for this meeting. ` +
        `Ask for ${count === 1 ? "it" : "them"} to be shared, or make the ${
          count === 1 ? "participant" : "participants"
        } optional`,
      window_over: (end: string) =>
        "The window is over, or too little of it is left after the required notice: " +
        `it ends on ${end}`,
      window_too_short: (end: string) =>
        `The window is shorter than the meeting: it ends on ${end}`,
      no_day_of_recurrence:
        "The recurrence begins on no day of the window on which everyone who is needed has open hours",
      no_quorum: (from: string, to: string, percentage: number) =>
        `At no time between ${from} and ${to} can ${percentage} percent of the people come`,
      none_free: (from: string, to: string, duration: number, blocking: string) =>
        `At no time between ${from} and ${to} is everyone who is needed free for ${
          minutes(duration)
        }. Most often in the way: ${blocking}`,
      group_never_free: (from: string, to: string, group: string, count: number) =>
        `Between ${from} and ${to}, ${group} ${count === 1 ? "is" : "are"} never free when ` +
        `everybody else can come${count === 1 ? "" : ` (${count} are needed)`}`,
      blocking: (name: string, percentage: number) => `${name} (${percentage}% of the times)`,
      /** Hours of a person, and the days where they are not those of the request. */
      hours: (hours: string, timezone: string, days: readonly Weekday[] | undefined) =>
        days === undefined
          ? `${hours} ${timezone}`
          : `${hours} ${timezone} on ${
            days.length === 0 ? "no allowed day" : joined(days.map(weekday), "and")
          }`,
      never_open: (who: string, count: number) =>
        `${who} ${count === 1 ? "has" : "have"} no open hours in this window`,
      open_too_short: (who: string, count: number, most: number, duration: number) =>
        `${who} ${count === 1 ? "is" : "are"} open for at most ${minutes(most)} at a time in ` +
        `this window, and the meeting takes ${minutes(duration)}`,
      two_never_overlap: (one: string, other: string) =>
        `The open hours of ${one} and ${other} never overlap in this window`,
      no_room: "The working hours leave no room for the meeting in this window",
      never_all_overlap: (groups: readonly string[]) =>
        `The open hours of ${names(groups)} never all overlap in this window`,
      overlap_too_short: (groups: readonly string[], most: number, duration: number) =>
        `The open hours of ${names(groups)} overlap for at most ${minutes(most)} at a time in ` +
        `this window, and the meeting takes ${minutes(duration)}`,
    },

    /** Changes that would yield a time, without the full stop. */
    suggestions: {
      occurrences: (start: string, free: number, all: number) =>
        free === all
          ? `${start}, with ${every(all)} ${all === 1 ? "occurrence" : "occurrences"}`
          : `${start}, with ${free} of ${all} occurrences`,
      ignoring: (start: string) =>
        `With on_unknown "ignore", the meeting could be on ${start}, ` +
        "when everybody whose calendar can be read is free",
      lower_quorum: (percentage: number, instead_of: number, start: string) =>
        `With ${percentage} percent of the people instead of ${instead_of} ` +
        `(minimum_attendee_percentage), the meeting could be on ${start}`,
      finer_grid: (interval: number, instead_of: number, start: string) =>
        `With starts every ${interval} minutes instead of every ${instead_of} ` +
        `(interval_minutes), the meeting could be on ${start}`,
      less_notice: (notice: number, start: string) =>
        `With a notice of ${
          minutes(notice)
        } or less (minimum_notice_minutes), the meeting could be on ${start}`,
      over_tentative: (start: string) =>
        `If tentative time may be used (tentative_as_busy false), the meeting could be on ${start}`,
      smaller_buffers: (buffer: number, instead_of: number, start: string) =>
        `With buffers of ${
          minutes(buffer)
        } instead of ${instead_of}, the meeting could be on ${start}`,
      shorter: (duration: number, instead_of: number, start: string) =>
        `A meeting of ${minutes(duration)} instead of ${instead_of} could be on ${start}`,
      short_enough: (duration: number, instead_of: number, start: string) =>
        `A meeting of ${
          minutes(duration)
        } instead of ${instead_of} (duration_minutes) could be on ${start}`,
      wider_hours: (
        groups: readonly { people: readonly string[]; hours: string }[],
        start: string,
      ) =>
        `If ${
          groups.map(({ people, hours }) => `${names(people)} were ${hours}`).join(" and ")
        }, the meeting could be on ${start}`,
      without_people: (people: readonly string[], start: string) =>
        `Without ${names(people)} (made optional), the meeting could be on ${start}`,
      other_day: (day: Weekday, start: string) =>
        `If ${weekday(day)} were allowed (allowed_days), the meeting could be on ${start}`,
      no_holiday: (date: string, start: string) =>
        `If ${date} were not a holiday (holiday_dates), the meeting could be on ${start}`,
      not_away: (name: string, start: string) =>
        `If ${name} were not away (exdates), the meeting could be on ${start}`,
      later_window: (start: string) =>
        `With a later latest_date, ${start} is the first time within everybody's hours; ` +
        "calendars have not been read for it",
      nothing_near:
        "Other open hours (open_hours), a shorter meeting (duration_minutes) or fewer required " +
        "participants would be needed",
    },

    /** What a time asks of people beyond the request. */
    concessions: {
      sentence: (all: readonly string[]) => `This needs ${joined(all, "and")}.`,
      without_optional: (people: readonly string[]) =>
        `the meeting to take place without ${names(people)}`,
      smaller_buffers: (
        people: readonly string[],
        { is_one_side, ...args }: { is_one_side: boolean; minutes: number; instead_of: number },
      ) =>
        `${names(people)} to make do with ${is_one_side ? "" : "as little as "}${
          minutes(args.minutes)
        } instead of ${args.instead_of} between meetings`,
      wider_hours: (people: readonly string[], hours: string) => `${names(people)} to be ${hours}`,
      all_wider_hours: (parts: readonly string[]) => joined(parts, "and"),
      shorter: (duration: number, instead_of: number) =>
        `${minutes(duration)} to be enough instead of ${instead_of}`,
      later_window: (end: string) => `the window to reach beyond ${end}`,
      /** Hours that a person would need, in minutes of the day. */
      open: (
        { from, until, timezone }: {
          from: number | undefined;
          until: number | undefined;
          timezone: string;
        },
      ) =>
        [
          "open",
          ...(from === undefined ? [] : [`from ${formatTimeOfDay(from)}`]),
          ...(until === undefined ? [] : [`until ${formatTimeOfDay(until)}`]),
          `(${timezone})`,
        ].join(" "),
      open_on_another_day: "open on another day",
    },
  };
}

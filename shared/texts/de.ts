import type { Weekday } from "@shared/time/weekday.ts";
import type { english } from "./en.ts";
import {
  dateNames,
  formatPlace,
  formatTimeOfDay,
  formatWallTime,
  joined,
  lengthIn,
} from "./parts.ts";

/** After "von" and "mit", in the dative. */
const UNITS = {
  days: ["Tag", "Tagen"],
  hours: ["Stunde", "Stunden"],
  minutes: ["Minute", "Minuten"],
} as const;

/** German, also of Austria and Switzerland: the locale has the names of days and months, and the form of numbers. */
export function german(locale: string): ReturnType<typeof english> {
  const dates = dateNames(locale);
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  const weekday = (day: Weekday) => dates.weekday(day);
  const minutes = (count: number) => count === 1 ? "1 Minute" : `${count} Minuten`;
  const length = (count_minutes: number) => {
    const { unit, count } = lengthIn(count_minutes);
    return `${count} ${UNITS[unit][count === 1 ? 0 : 1]}`;
  };
  const names = (all: readonly string[], others = 0) =>
    all.length + others > 3
      ? `${all.slice(0, 2).join(", ")} und ${all.length + others - 2} weitere`
      : joined(all.length === 0 ? ["niemand"] : all, "und");
  const time = (wall: number, timezone: string) => {
    const { weekday, day, month, year } = dates.at(wall);
    return `${weekday}, ${day}. ${month} ${year} um ${formatWallTime(wall)} Uhr (${timezone})`;
  };

  return {
    names,
    allNames: (all) => all.length <= 3 ? names(all) : all.join(", "),
    time,

    event: {
      heading: "🤖 KI-geplanter Termin",
      title: (people) => `KI-geplanter Termin: ${people}`,
      score: (score) => `Bewertung: ${number(score)}/100`,
      participants: "Teilnehmende:",
      duration: (count) => `Dauer: ${minutes(count)}`,
      timezone: (timezone) => `Zeitzone: ${timezone}`,
      more: (count) => `und ${count} weitere`,
    },

    statuses: {
      free: "frei",
      busy: "belegt",
      tentative: "unter Vorbehalt",
      unknown: "unbekannt",
      outside_hours: "außerhalb der Arbeitszeit",
    },

    reasons: {
      everyone_free: ({ count }) =>
        count === 1 ? "die eine eingeladene Person hat Zeit" : "alle haben Zeit",
      some_absent: ({ coming, invited, absent }) =>
        `${coming} von ${invited} ${coming === 1 ? "kann" : "können"} kommen, ohne ${
          names(absent)
        }`,
      tentative: (args) => `bei ${names(args.names)} steht etwas unter Vorbehalt im Kalender`,
      calendar_unknown: (args) =>
        args.names.length === 1
          ? `der Kalender von ${names(args.names)} konnte nicht gelesen werden`
          : `die Kalender von ${names(args.names)} konnten nicht gelesen werden`,
      clear_of_meetings: (args) =>
        `wer kommt, hat innerhalb von ${minutes(args.minutes)} keinen anderen Termin`,
      clear_before: ({ name, ...args }) =>
        `${minutes(args.minutes)} frei vor dem nächsten Termin von ${name}`,
      clear_after: ({ name, ...args }) =>
        `${minutes(args.minutes)} frei nach dem letzten Termin von ${name}`,
      back_to_back: ({ side, name }) =>
        `direkt ${side === "before" ? "davor" : "danach"} ist ein Termin von ${name}`,
      comfortable_for_everyone: () => "die Uhrzeit ist für alle, die kommen, angenehm",
      outside_comfortable_hours: (args) =>
        `in ${formatPlace(args.timezone)} ist es ${args.local_time} Uhr, ${
          args.part === "early" ? "früh" : "spät"
        } für ${names(args.names)}`,
      lunch: (args) => `es ist die Mittagspause von ${names(args.names)}`,
      edge_of_day: (args) =>
        `es ist die ${args.part === "first" ? "erste" : "letzte"} halbe Stunde des Tages für ${
          names(args.names)
        }`,
      end_of_week: (args) =>
        `es ist das Ende des Tages (${weekday(args.weekday)}) für ${names(args.names)}`,
      meets_wishes: (args) => `es entspricht den Vorlieben von ${names(args.names)}`,
      other_day_preferred: (args) =>
        `ein anderer Tag als ${weekday(args.weekday)} passt besser für ${names(args.names)}`,
      other_part_of_day_preferred: (args) =>
        `der ${args.preferred === "morning" ? "Vormittag" : "Nachmittag"} passt besser für ${
          names(args.names)
        }`,
      longer_gap_preferred: ({ name, preferred }) =>
        `${minutes(preferred)} zwischen Terminen passen besser für ${name}`,
      usually_accepts: (args) =>
        `Termine zu dieser Zeit der Woche werden von ${names(args.names)} meist angenommen`,
      usually_declines: ({ name, percentage }) =>
        `${percentage} Prozent der früheren Termine zu dieser Zeit der Woche wurden von ${name} abgelehnt`,
      spares_burdened: ({ name }) =>
        `es schont ${name} nach besonders ungünstigen früheren Terminen`,
      every_occurrence_free: ({ count }) =>
        count === 1
          ? "der eine Termin der Serie ist für alle möglich, die nötig sind"
          : `${
            count === 2 ? "beide" : `alle ${count}`
          } Termine der Serie sind für alle möglich, die nötig sind`,
      some_occurrences_clash: (args) =>
        `${
          args.count === 1 ? "der eine Termin" : `${args.clashing} von ${args.count} Terminen`
        } ${`der Serie ${args.clashing === 1 ? "passt" : "passen"} nicht für ${
          names(args.names, args.others)
        }`}`,
      chosen_from_group: ({ group, names: chosen, why, free, members }) =>
        `für ${group}: ${names(chosen)}, ${
          {
            chosen_before: "wie bisher",
            only_free: `als einzige Wahl von ${members}`,
            fewest_turns: `am seltensten gewählt von ${free} freien`,
            first_free: `als erste von ${free} freien in der gegebenen Reihenfolge`,
          }[why]
        }`,
      group_unfilled: ({ group, count, chosen }) =>
        chosen === 0
          ? `für ${group}: keine Wahl ist möglich`
          : `für ${group}: nur ${chosen} von ${count} ${chosen === 1 ? "kann" : "können"} kommen`,
      keeps_free_time_whole: () => "die freie Zeit aller bleibt in einem Stück",
      keeps_free_time_usable: () => "es bleibt keine freie Zeit, die zu kurz ist",
      leaves_short_time: ({ name, short }) =>
        `für ${name} bleibt freie Zeit, die zu kurz ist (${
          short.length === 2 ? `${short[0]} und ` : ""
        }${minutes(short.at(-1) ?? 0)} zwischen Terminen)`,
      splits_free_time: (args) =>
        `es teilt eine freie Zeit von ${args.name} in ${args.minutes_before} und ${
          minutes(args.minutes_after)
        }`,
      earliest_start: () => "früher war keine Zeit möglich",
      notice: (args) => `der Vorlauf von ${length(args.minutes)} schließt frühere Zeiten aus`,
      first_possible: ({ time, why }) => `die erste mögliche Zeit ist ${time}: ${why}`,
      runner_up: ({ time, why }) => `die zweite Wahl ist ${time}: ${why}`,
    },

    losses: {
      availability: "dann können weniger der Eingeladenen kommen",
      preference: "sie ist weniger angenehm",
      conflict_proximity: "sie liegt näher an anderen Terminen",
      fragmentation: "sie zerteilt mehr freie Zeit",
      optimization: "sie ist später",
    },

    results: {
      found: (count, best) =>
        count === 1
          ? `Eine Zeit ist möglich: ${best}.`
          : `${count} Zeiten sind möglich; die beste ist ${best}.`,
      alternatives: (count) =>
        `${count === 1 ? "Eine andere Zeit ist" : `${count} andere Zeiten sind`} möglich.`,
      no_alternative: "Keine andere Zeit als die jetzige ist möglich.",
      conceded: "Keine Zeit passt für alle; die beste verlangt Zugeständnisse.",
      next_choice:
        "Ein anderer Termin hat inzwischen die beste Zeit belegt; dies ist die nächste Wahl.",
      has_slot: "Der Termin hat schon eine Zeit.",
      tentative_unknown: (who) =>
        `Frei/Gebucht zeigt nicht, welche belegten Zeiten von ${
          names(who)
        } unter Vorbehalt sind; alle gelten als belegt.`,
    },

    refusals: {
      unreadable: (count, who) =>
        count === 1
          ? `Der Kalender von ${who} kann nicht gelesen werden und ist für diesen Termin nötig. ` +
            "Er muss freigegeben werden, oder die Teilnahme muss optional sein"
          : `Die Kalender von ${who} können nicht gelesen werden und sind für diesen Termin nötig. ` +
            "Sie müssen freigegeben werden, oder die Teilnahme muss optional sein",
      window_over: (end) =>
        "Der Zeitraum ist vorbei, oder nach dem verlangten Vorlauf bleibt zu wenig davon: " +
        `er endet am ${end}`,
      window_too_short: (end) => `Der Zeitraum ist kürzer als der Termin: er endet am ${end}`,
      no_day_of_recurrence:
        "Die Serie beginnt an keinem Tag des Zeitraums, an dem alle erreichbar sind, die nötig sind",
      no_quorum: (from, to, percentage) =>
        `Zwischen ${from} und ${to} können nie ${percentage} Prozent der Personen kommen`,
      none_free: (from, to, duration, blocking) =>
        `Zwischen ${from} und ${to} haben nie alle, die nötig sind, ${minutes(duration)} Zeit. ` +
        `Am häufigsten im Weg: ${blocking}`,
      group_never_free: (from, to, group, count) =>
        `Zwischen ${from} und ${to} ${count === 1 ? "ist" : "sind"} ${group} nie frei, wenn alle ` +
        `anderen können${count === 1 ? "" : ` (${count} sind nötig)`}`,
      blocking: (name, percentage) => `${name} (${number(percentage)} % der Zeiten)`,
      hours: (hours, timezone, days) =>
        days === undefined
          ? `${hours} ${timezone}`
          : `${hours} ${timezone}, ${
            days.length === 0 ? "kein erlaubter Tag" : days.map(weekday).join(", ")
          }`,
      never_open: (who, count) =>
        `${who} ${count === 1 ? "hat" : "haben"} in diesem Zeitraum keine offenen Zeiten`,
      open_too_short: (who, count, most, duration) =>
        `${who} ${count === 1 ? "hat" : "haben"} in diesem Zeitraum höchstens ${
          minutes(most)
        } am Stück offen, und der Termin braucht ${minutes(duration)}`,
      two_never_overlap: (one, other) =>
        `Die offenen Zeiten von ${one} und ${other} überschneiden sich in diesem Zeitraum nie`,
      no_room: "Die Arbeitszeit lässt in diesem Zeitraum keinen Platz für den Termin",
      never_all_overlap: (groups) =>
        `Die offenen Zeiten von ${names(groups)} überschneiden sich in diesem Zeitraum nie alle`,
      overlap_too_short: (groups, most, duration) =>
        `Die offenen Zeiten von ${names(groups)} überschneiden sich in diesem Zeitraum für ` +
        `höchstens ${minutes(most)} am Stück, und der Termin braucht ${minutes(duration)}`,
    },

    suggestions: {
      occurrences: (start, free, all) =>
        free === all
          ? `${start}, mit ${
            all === 1 ? "dem einen Termin" : all === 2 ? "beiden Terminen" : `allen ${all} Terminen`
          } der Serie`
          : `${start}, mit ${free} von ${all} Terminen der Serie`,
      ignoring: (start) =>
        `Mit on_unknown "ignore" wäre möglich: ${start}, ` +
        "wenn alle Zeit haben, deren Kalender gelesen werden kann",
      lower_quorum: (percentage, instead_of, start) =>
        `Mit ${percentage} Prozent der Personen statt ${instead_of} ` +
        `(minimum_attendee_percentage) wäre möglich: ${start}`,
      finer_grid: (interval, instead_of, start) =>
        `Mit einem Beginn alle ${interval} Minuten statt alle ${instead_of} ` +
        `(interval_minutes) wäre möglich: ${start}`,
      less_notice: (notice, start) =>
        `Mit höchstens ${minutes(notice)} Vorlauf (minimum_notice_minutes) wäre möglich: ${start}`,
      over_tentative: (start) =>
        `Mit Zeiten unter Vorbehalt (tentative_as_busy false) wäre möglich: ${start}`,
      smaller_buffers: (buffer, instead_of, start) =>
        `Mit Puffern von ${minutes(buffer)} statt ${instead_of} wäre möglich: ${start}`,
      shorter: (duration, instead_of, start) =>
        `Für ${minutes(duration)} statt ${instead_of} wäre möglich: ${start}`,
      short_enough: (duration, instead_of, start) =>
        `Für ${minutes(duration)} statt ${instead_of} (duration_minutes) wäre möglich: ${start}`,
      wider_hours: (groups, start) =>
        `Wenn ${
          groups.map(({ people, hours }) =>
            `${names(people)} ${hours} ${people.length === 1 ? "wäre" : "wären"}`
          ).join(" und ")
        }, wäre möglich: ${start}`,
      without_people: (people, start) =>
        `Ohne ${names(people)} (Teilnahme optional) wäre möglich: ${start}`,
      other_day: (day, start) =>
        `Mit ${weekday(day)} als erlaubtem Tag (allowed_days) wäre möglich: ${start}`,
      no_holiday: (date, start) =>
        `Wenn ${date} kein Feiertag wäre (holiday_dates), wäre möglich: ${start}`,
      not_away: (name, start) =>
        `Wenn ${name} nicht abwesend wäre (exdates), wäre möglich: ${start}`,
      later_window: (start) =>
        `Mit einem späteren latest_date ist ${start} die erste Zeit in den offenen Zeiten aller; ` +
        "Kalender wurden dafür nicht gelesen",
      nothing_near:
        "Nötig wären andere offene Zeiten (open_hours), ein kürzerer Termin (duration_minutes) " +
        "oder weniger Personen, die teilnehmen müssen",
    },

    concessions: {
      sentence: (all) => `Dafür ist nötig, ${joined(all, "und")}.`,
      without_optional: (people) => `dass der Termin ohne ${names(people)} stattfindet`,
      smaller_buffers: (people, { is_one_side, ...args }) =>
        `dass ${names(people)} mit ${is_one_side ? "" : "nur "}${minutes(args.minutes)} statt ` +
        `${args.instead_of} zwischen Terminen ${people.length === 1 ? "auskommt" : "auskommen"}`,
      wider_hours: (people, hours) =>
        `dass ${names(people)} ${hours} ${people.length === 1 ? "ist" : "sind"}`,
      all_wider_hours: (parts) => joined(parts, "und"),
      shorter: (duration, instead_of) => `dass ${minutes(duration)} statt ${instead_of} reichen`,
      later_window: (end) => `dass der Zeitraum über ${end} hinausreicht`,
      open: ({ from, until, timezone }) =>
        [
          ...(from !== undefined && until !== undefined
            ? [`von ${formatTimeOfDay(from)} bis ${formatTimeOfDay(until)} Uhr`]
            : from !== undefined
            ? [`ab ${formatTimeOfDay(from)} Uhr`]
            : until !== undefined
            ? [`bis ${formatTimeOfDay(until)} Uhr`]
            : []),
          `(${timezone})`,
          "erreichbar",
        ].join(" "),
      open_on_another_day: "an einem anderen Tag erreichbar",
    },
  };
}

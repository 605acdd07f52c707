import { parseLines, parseStamp, RecurrenceError } from "./recurrence_lines.ts";
import type { RecurrenceLine } from "./recurrence_lines.ts";
import { parseRule, readRule } from "./recurrence_rule.ts";
import { isTimeZone } from "./zones.ts";

/** "days": one RRULE by whole days, as the search expands it. "any": whatever Google takes. */
export type AcceptedRules = "days" | "any";

/** What is wrong with a line of a recurrence that a caller gives, as a sentence; null for nothing. */
export function lineProblem(line: string, accepted: AcceptedRules): string | null {
  try {
    checkLine(line, accepted);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof RecurrenceError)) throw thrown;
    return thrown.message;
  }
}

function checkLine(text: string, accepted: AcceptedRules): void {
  if (!/^(RRULE|RDATE|EXDATE)[;:]/.test(text)) {
    throw new RecurrenceError(
      "Expected a line that begins with RRULE:, EXDATE or RDATE, e.g. RRULE:FREQ=WEEKLY; start and end come from the event",
    );
  }
  for (const line of parseLines([text])) {
    if (line.name !== "RRULE") checkDates(line);
    else if (line.parameters !== "") throw new RecurrenceError("Expected RRULE: and the rule");
    else if (accepted === "days") parseRule(line.value);
    else readRule(line.value);
  }
}

/** Google knows zones by their IANA names, and rejects a line with any other. */
function checkDates({ name, parameters, value }: RecurrenceLine): void {
  let dates_only = false;
  for (const parameter of parameters.split(";").slice(1)) {
    const [key = "", text = ""] = parameter.split("=", 2);
    if (key === "VALUE" && (text === "DATE" || text === "DATE-TIME")) dates_only = text === "DATE";
    else if (key === "VALUE") {
      throw new RecurrenceError(`${name} has VALUE=DATE or VALUE=DATE-TIME, not ${text}`);
    } else if (key !== "TZID") {
      throw new RecurrenceError(`${name} has the parameters TZID and VALUE, not ${key}`);
    } else if (!isTimeZone(text)) {
      throw new RecurrenceError(
        `TZID=${text} is no time zone. Expected an IANA name, e.g. Europe/Paris`,
      );
    }
  }
  for (const text of value.split(",")) {
    const stamp = parseStamp(text);
    if (stamp === undefined || (dates_only && !stamp.is_date)) {
      throw new RecurrenceError(
        `Expected ${
          dates_only ? "a date such as 20301231" : "a date-time such as 20301231T090000Z"
        } instead of "${text}"`,
      );
    }
  }
}

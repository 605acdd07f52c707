import type { Cut } from "../cut_lines.ts";
import type { ChangeRequest, Scene, Step, SyncFault, WriteFault } from "./steps.ts";

/** Every step on a line of its own. */
export function inWords({ percentage, steps }: Scene): string {
  const need = percentage === null
    ? "all required people"
    : `${percentage} % of the required people`;
  return [
    `  The meeting needs ${need}.`,
    ...steps.map((step, index) => `  ${index + 1}. ${sentence(step)}`),
  ].join("\n");
}

function sentence(step: Step): string {
  switch (step.do) {
    case "edit":
      return `In Google the ${step.by} sets the ${step.field} "${step.text}".`;
    case "reschedule":
      return step.is_whole_day
        ? `In Google the ${step.by} makes it a whole day.`
        : `In Google the ${step.by} moves it to ${step.hour}:15 UTC, zone ${step.zone}.`;
    case "invite":
      return step.by === "guest"
        ? `In Google the guest adds the guests ${numbers(step.present)}.`
        : `In Google the organizer leaves the guests ${numbers(step.present)}.`;
    case "reply":
      return `Guest ${step.guest} replies ${step.answer}${
        step.comment === null ? "" : `, "${step.comment}"`
      }.`;
    case "move":
      return "The organizer moves it to the other calendar.";
    case "hand_over":
      return `The organizer hands it over to a colleague, and may do this there: ${step.access}.`;
    case "hand_back":
      return `The colleague hands it back; the organizer may do this on the colleague's calendar: ${step.access}.`;
    case "divide":
      return `In Google the ${step.by} divides the series after ${step.weeks} weeks.`;
    case "delete":
      return "The one who organizes it deletes it in Google.";
    case "restore":
      return "The one who organizes it restores it in Google.";
    case "change":
      return `A change names ${changeInWords(step.change)}.`;
    case "cancel":
      return "The meeting is cancelled.";
    case "write":
      return `Convene writes${writeFaultInWords(step.fault)}.`;
    case "sync":
      return `Convene reads the calendars${syncFaultInWords(step.fault)}.`;
    case "push":
      return `From now on push messages travel "${step.mode}".`;
    case "release":
      return `Held push messages arrive, in the order "${step.order}".`;
  }
}

function numbers(guests: readonly number[]): string {
  return guests.length === 0 ? "none" : guests.join(", ");
}

function changeInWords({ guests, ...others }: ChangeRequest): string {
  const fields = Object.entries(others).map(([field, value]) =>
    `${field} ${JSON.stringify(value)}`
  );
  return [...fields, ...(guests === undefined ? [] : [`the guests ${numbers(guests)}`])].join(", ");
}

function writeFaultInWords(fault: WriteFault): string {
  switch (fault.kind) {
    case "none":
      return "";
    case "lost":
      return fault.drop === "before"
        ? "; its patch is lost"
        : "; the response to its patch is lost";
    case "unavailable":
      return "; Google answers 503 to its patch";
    case "dies":
      return deathInWords(fault.cut);
    case "overtaken":
      return `; before its request: ${sentence(fault.by).replace(/\.$/, "")}`;
    case "answered_late":
      return `; before the response to its patch guest ${fault.guest} declines and the calendars are read`;
  }
}

function syncFaultInWords(fault: SyncFault): string {
  switch (fault.kind) {
    case "none":
      return "";
    case "expired":
      return " with an expired cursor";
    case "lost":
      return "; the response to its second request is lost";
    case "unavailable":
      return "; Google answers 503 to its second request";
    case "dies":
      return `${fault.is_expired ? " with an expired cursor" : ""}${deathInWords(fault.cut)}`;
  }
}

function deathInWords({ count, is_last_done }: Cut): string {
  return `; its process dies after ${count} requests, the next one ${
    is_last_done ? "takes effect" : "is not sent"
  }`;
}

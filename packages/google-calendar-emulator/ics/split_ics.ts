/** One content line, unfolded. */
export interface IcsLine {
  /** Where it begins in the text, from 1. */
  number: number;
  text: string;
}

/** A component as the text has it: its own lines, and the components inside it. */
export interface IcsNode {
  /** In capitals: VCALENDAR, VEVENT, ... */
  kind: string;
  line: number;
  lines: IcsLine[];
  children: IcsNode[];
  /** False when its END is missing. */
  complete: boolean;
  /** The METHOD that precedes it in its VCALENDAR, in capitals. */
  method: string | null;
}

/** Components that are never inside one another: the next one begins, so the one before has ended. */
const SIBLINGS = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"];

/** Splits a text into its VCALENDARs. Only the structure is read here, so that a line that no
 * parser understands costs its own component and not the text. */
export function splitIcs(text: string): IcsNode[] {
  const calendars: IcsNode[] = [];
  const open: IcsNode[] = [];
  for (const line of unfold(text)) {
    const [, edge, name] = /^(BEGIN|END)\s*:\s*([\w-]+)\s*$/i.exec(line.text) ?? [];
    const kind = (name ?? "").toUpperCase();
    if (edge?.toUpperCase() === "BEGIN") begin(kind, line.number, open, calendars);
    else if (edge !== undefined) end(kind, open);
    else {
      const inside = open.at(-1);
      inside?.lines.push(line);
      if (inside?.kind === "VCALENDAR") {
        const method = /^METHOD\s*:\s*([\w-]+)/i.exec(line.text)?.[1];
        if (method !== undefined) inside.method = method.toUpperCase();
      }
    }
  }
  if (calendars.length === 0) {
    throw new Error("The text is not iCalendar: it lacks BEGIN:VCALENDAR");
  }
  return calendars;
}

function begin(kind: string, line: number, open: IcsNode[], calendars: IcsNode[]): void {
  if (kind === "VCALENDAR") open.length = 0;
  else if (SIBLINGS.includes(kind)) {
    const sibling = open.findIndex((one) => SIBLINGS.includes(one.kind));
    if (sibling >= 0) open.length = sibling;
  }
  if (open.length === 0 && SIBLINGS.includes(kind)) {
    // The line that begins the calendar is lost, or it has already ended.
    begin("VCALENDAR", line, open, calendars);
  }
  const parent = open.at(-1);
  if (parent === undefined && kind !== "VCALENDAR") return;
  const method = parent?.method ?? null;
  const node = { kind, line, lines: [], children: [], complete: false, method };
  (parent?.children ?? calendars).push(node);
  open.push(node);
}

/** Ends the innermost component of that kind; those that are still open inside it lack their END. */
function end(kind: string, open: IcsNode[]): void {
  const index = open.findLastIndex((node) => node.kind === kind);
  const node = open[index];
  if (node === undefined) return;
  node.complete = true;
  open.splice(index);
}

/** A property begins with its name. */
const NAMED = /^[A-Za-z][\w.-]*\s*[;:]/;

const WELL_KNOWN = new RegExp(
  "^(?:BEGIN|END|DTSTART|DTEND|DTSTAMP|DURATION|UID|SUMMARY|DESCRIPTION|LOCATION|STATUS|TRANSP|" +
    "CLASS|CREATED|LAST-MODIFIED|SEQUENCE|ORGANIZER|ATTENDEE|R(?:RULE|DATE|ECURRENCE-ID)|" +
    "EX(?:RULE|DATE)|FREEBUSY|TZID|TZOFFSET\\w*|METHOD|PRODID|VERSION|X-[\\w-]+)\\s*[;:]",
  "i",
);

/** A property without its value: no colon outside quotes. */
const UNFINISHED = /^[^":]*(?:"[^"]*"[^":]*)*$/;

/** The content lines of a text. Long lines continue after a line break and one blank; some programs
 * forget the blank, so that a line which cannot begin a property continues the one before. */
function unfold(text: string): IcsLine[] {
  const lines: { number: number; parts: string[] }[] = [];
  let number = 0;
  for (const raw of text.replace(/^\uFEFF+/, "").split(/\r\n|\r|\n/)) {
    number++;
    if (raw.trim() === "") continue;
    const last = lines.at(-1);
    if (last !== undefined && (raw[0] === " " || raw[0] === "\t")) last.parts.push(raw.slice(1));
    else if (last !== undefined && continues(last.parts, raw)) last.parts.push(raw);
    else lines.push({ number, parts: [raw] });
  }
  return lines.map(({ number, parts }) => ({ number, text: parts.join("").trim() }));
}

function continues(before: readonly string[], line: string): boolean {
  if (!NAMED.test(line)) return true;
  if (WELL_KNOWN.test(line)) return false;
  return !before.some((part) => part.includes(":")) && UNFINISHED.test(before.join(""));
}

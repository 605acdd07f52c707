/** One content line of an iCalendar file, unescaped. */
export interface IcsProperty {
  name: string;
  parameters: Record<string, string>;
  value: string;
}

/** A component with its properties, without those of components inside it (alarms). */
export interface IcsEvent {
  properties: IcsProperty[];
}

export interface IcsCalendar {
  properties: IcsProperty[];
  events: IcsEvent[];
}

/** Reads a VCALENDAR text (RFC 5545): its own properties and its VEVENTs. Time zone definitions
 * are ignored; zones are taken by their IANA name. */
export function parseIcs(text: string): IcsCalendar {
  const calendar: IcsCalendar = { properties: [], events: [] };
  const open: { kind: string; event: IcsEvent | null }[] = [];
  for (const line of unfold(text)) {
    const property = parseLine(line);
    if (property.name === "BEGIN") {
      const kind = property.value.toUpperCase();
      const event = kind === "VEVENT" ? { properties: [] } : null;
      if (event !== null) calendar.events.push(event);
      open.push({ kind, event });
    } else if (property.name === "END") open.pop();
    else {
      const inside = open.at(-1);
      if (inside === undefined) {
        throw new Error("The text is no iCalendar: it lacks BEGIN:VCALENDAR");
      }
      if (inside.event !== null) inside.event.properties.push(property);
      else if (inside.kind === "VCALENDAR") calendar.properties.push(property);
    }
  }
  if (open.length > 0) throw new Error(`The iCalendar text ends inside ${open.at(-1)?.kind}`);
  return calendar;
}

/** Long lines continue after a line break and one blank. */
function unfold(text: string): string[] {
  return text.replaceAll(/\r?\n[ \t]/g, "").split(/\r?\n/).filter((line) => line.trim() !== "");
}

function parseLine(line: string): IcsProperty {
  const match = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:]*)(?:,(?:"[^"]*"|[^";:]*))*)*):(.*)$/s.exec(
    line,
  );
  if (match === null) throw new Error(`Not an iCalendar line: ${line.slice(0, 80)}`);
  const [, name = "", parameter_text = "", value = ""] = match;
  const parameters: Record<string, string> = {};
  for (const [, key = "", given = ""] of parameter_text.matchAll(/;([\w-]+)=("[^"]*"|[^;]*)/g)) {
    parameters[key.toUpperCase()] = given.replaceAll('"', "");
  }
  return { name: name.toUpperCase(), parameters, value };
}

/** Undoes the escapes of a text value. */
export function unescapeText(value: string): string {
  return value.replaceAll(
    /\\([\\;,nN])/g,
    (_match, escaped: string) => escaped === "n" || escaped === "N" ? "\n" : escaped,
  );
}

import ICAL from "ical.js";
import type { IcsLine, IcsNode } from "./split_ics.ts";

/** A component as ical.js reads it, and the lines that it cannot read. */
export interface ReadComponent {
  component: ICAL.Component;
  unreadable: IcsLine[];
}

/** One value of a property as text: dates as 2030-03-12, times as 2030-03-12T09:00:00 with Z where
 * they are in UTC, periods as two of them. */
export type IcsValue = string | [start: string, end: string];

/** Reads one component without those inside it. When ical.js refuses it, its lines are tried one
 * by one. */
export function readComponent({ kind, lines }: IcsNode): ReadComponent {
  const texts = lines.map(({ text }) => tidied(text));
  try {
    return { component: parse(kind, texts), unreadable: [] };
  } catch {
    const readable = texts.map((text) => isReadable(kind, text));
    return {
      component: parse(kind, texts.filter((_text, index) => readable[index])),
      unreadable: lines.filter((_line, index) => !readable[index]),
    };
  }
}

/** The values of a property; ical.js checks them only when it makes objects of them, which costs
 * more than these texts and fails as a whole. */
export function valuesOf(property: ICAL.Property): IcsValue[] {
  const [_name, _parameters, _type, ...values] = property.toJSON() as [
    string,
    unknown,
    string,
    ...unknown[],
  ];
  return values.map((value) =>
    Array.isArray(value) ? [String(value[0]), String(value[1])] : String(value)
  );
}

/** The first value of a property of a component as text. */
export function textOf(component: ICAL.Component, name: string): string | undefined {
  const property = component.getFirstProperty(name);
  const [value] = property === null ? [] : valuesOf(property);
  return typeof value === "string" ? value : value?.join("/");
}

/** A parameter's first value. */
export function parameterOf(property: ICAL.Property, name: string): string | undefined {
  const value: string | undefined = property.getFirstParameter(name);
  return value?.trim();
}

function isReadable(kind: string, text: string): boolean {
  try {
    parse(kind, [text]);
    return true;
  } catch {
    return false;
  }
}

function parse(kind: string, lines: readonly string[]): ICAL.Component {
  return new ICAL.Component(ICAL.parse([`BEGIN:${kind}`, ...lines, `END:${kind}`].join("\r\n")));
}

/** What some programs write, as ical.js reads it: blanks around the name and in rules, Exchange's
 * zone names with a colon but no quotes, and texts of X-WR- properties, whose type it cannot know. */
function tidied(text: string): string {
  const line = text.replace(/^([\w.-]+)\s+(?=[;:])/, "$1")
    .replace(/;TZID=([^";:]+:\/\/[^";:]*)(?=[;:])/i, ';TZID="$1"')
    .replace(/^(X-WR-[\w-]+):/i, "$1;VALUE=TEXT:");
  return /^(?:RRULE|EXRULE)\b/i.test(line) ? line.replaceAll(/\s/g, "") : line;
}

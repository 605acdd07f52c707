import type { IcsZone } from "./file_zones.ts";
import type { IcsEvent } from "./ics_to_event.ts";
import { readTime, zoneOf } from "./ics_time.ts";
import type { IcsEntry } from "./parse_ics.ts";
import { parameterOf, textOf, valuesOf } from "./read_component.ts";
import { readPeriodEnd } from "./recurrence_lines.ts";

/** The busy periods of a VFREEBUSY, each as an event. */
export function busyPeriodsOf(entry: IcsEntry, calendar_zone: IcsZone): IcsEvent[] {
  const { component, unreadable, line } = entry;
  if (!entry.complete) throw new Error("END:VFREEBUSY is missing");
  const lost = unreadable.find(({ text }) => /^FREEBUSY\b/i.test(text));
  if (lost !== undefined) throw new Error(`Line ${lost.number} cannot be read`);
  const uid = textOf(component, "uid")?.trim() || "freebusy";
  return component.getAllProperties("freebusy").flatMap((property) => {
    const type = parameterOf(property, "fbtype")?.toUpperCase() ?? "BUSY";
    if (type === "FREE") return [];
    const zone = zoneOf(property, entry.zones, calendar_zone);
    return valuesOf(property).map((value) => {
      if (typeof value === "string") throw new Error(`Not a period: ${value}`);
      const start = readTime(value[0], zone, { is_date: false, named: false });
      return {
        uid: `${uid}_${value[0].replaceAll(/[-:]/g, "")}`,
        line,
        version: [0, textOf(component, "dtstamp") ?? ""],
        start,
        end: readPeriodEnd(start, value[1], zone),
        length: null,
        recurrence: { rules: [], added: [], excluded: [] },
        replaces: null,
        body: { summary: "Busy", status: type === "BUSY-TENTATIVE" ? "tentative" : "confirmed" },
      };
    });
  });
}

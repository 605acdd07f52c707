const list = (item: string) => new RegExp(`^${item}(,${item})*$`);

/** What each part of an RRULE may hold (RFC 5545, 3.3.10). Rules more frequent than daily are
 * refused: Google has answered them with a server error. */
const parts: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,4}$/,
  COUNT: /^[1-9]\d{0,5}$/,
  UNTIL: /^\d{8}(T\d{6}Z?)?$/,
  BYSECOND: list("([0-5]?\\d|60)"),
  BYMINUTE: list("[0-5]?\\d"),
  BYHOUR: list("([01]?\\d|2[0-3])"),
  BYDAY: list("([+-]?(0?[1-9]|[1-4]\\d|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)"),
  BYMONTHDAY: list("[+-]?(0?[1-9]|[12]\\d|3[01])"),
  BYYEARDAY: list("[+-]?\\d{1,3}"),
  BYWEEKNO: list("[+-]?\\d{1,2}"),
  BYMONTH: list("(0?[1-9]|1[0-2])"),
  BYSETPOS: list("[+-]?\\d{1,3}"),
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};

/** The parts of an RRULE or EXRULE value in order; null when it is not one. */
export function readRule(value: string): Map<string, string> | null {
  const rule = new Map<string, string>();
  for (const part of value.toUpperCase().replace(/;$/, "").split(";")) {
    const [name = "", text = ""] = part.split("=", 2);
    if (rule.has(name) || !parts[name]?.test(text)) return null;
    rule.set(name, text);
  }
  return rule.has("FREQ") && !(rule.has("COUNT") && rule.has("UNTIL")) ? rule : null;
}

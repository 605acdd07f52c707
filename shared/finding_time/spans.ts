import type { BusyInterval } from "@shared/scheduling/input/scheduling_request.ts";

/** Time from `start` until `end` (exclusive), in milliseconds since 1970. */
export interface Span {
  start: number;
  end: number;
}

/** What of the spans is outside `taken`. */
export function without(spans: readonly Span[], taken: Span): Span[] {
  return spans.flatMap(({ start, end }) => {
    if (taken.end <= start || taken.start >= end) return [{ start, end }];
    return [{ start, end: taken.start }, { start: taken.end, end }].filter((rest) =>
      rest.start < rest.end
    );
  });
}

/** The busy time without what lies in `freed`. */
export function subtract(busy: readonly BusyInterval[], freed: readonly Span[]): BusyInterval[] {
  return busy.flatMap((interval) => {
    const span = spanOf(interval);
    if (!freed.some(({ start, end }) => start < span.end && end > span.start)) return [interval];
    return freed.reduce(without, [span]).map((rest) => ({ ...interval, ...busyOf(rest) }));
  });
}

/** What of the spans lies in busy time. */
export function within(spans: readonly Span[], busy: readonly BusyInterval[]): Span[] {
  const known = busy.map(spanOf);
  return spans.flatMap((span) =>
    known.map(({ start, end }) => ({
      start: Math.max(start, span.start),
      end: Math.min(end, span.end),
    })).filter(({ start, end }) => start < end)
  );
}

export function busyOf({ start, end }: Span): BusyInterval {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}

export function spanOf({ start, end }: BusyInterval): Span {
  return { start: Date.parse(start), end: Date.parse(end) };
}

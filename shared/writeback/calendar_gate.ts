/** Limits concurrent writes of one calendar: Google throttles rapid writes to a calendar. */
export interface CalendarGate {
  pass<T>(calendar: string, width: number, work: () => Promise<T>): Promise<T>;
}

export function calendarGate(): CalendarGate {
  const inside = new Map<string, number>();
  const queues = new Map<string, (() => void)[]>();

  return {
    async pass(calendar, width, work) {
      while ((inside.get(calendar) ?? 0) >= width) {
        const queue = queues.get(calendar) ?? [];
        queues.set(calendar, queue);
        await new Promise<void>((resolve) => queue.push(resolve));
      }
      inside.set(calendar, (inside.get(calendar) ?? 0) + 1);
      try {
        return await work();
      } finally {
        inside.set(calendar, (inside.get(calendar) ?? 1) - 1);
        queues.get(calendar)?.shift()?.();
      }
    },
  };
}

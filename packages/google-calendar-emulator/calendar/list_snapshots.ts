import { GoogleError } from "../contract/google_error.ts";

/** Lists that are being read page by page; the oldest goes first beyond so many. */
const kept_snapshots = 200;

/** The items of lists of more than one page, as they were when the first page was made: what changes
 * between two pages is in the next delta, and shifts nothing. */
export class ListSnapshots {
  readonly #items = new Map<string, readonly unknown[]>();
  #last_id = 0;

  keep(items: readonly unknown[]): string {
    const id = String(++this.#last_id);
    this.#items.set(id, items);
    const [oldest] = this.#items.keys();
    if (this.#items.size > kept_snapshots && oldest !== undefined) this.#items.delete(oldest);
    return id;
  }

  /** 400 for one that was never made or is too old. */
  get(id: string): readonly unknown[] {
    const items = this.#items.get(id);
    if (items === undefined) {
      throw new GoogleError("invalid", {
        message: "Invalid page token value.",
        location: "pageToken",
      });
    }
    return items;
  }
}

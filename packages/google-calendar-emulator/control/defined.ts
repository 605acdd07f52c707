/** What zod calls optional may be present and undefined; with exactOptionalPropertyTypes an
 * absent member may not. */
export type Defined<T> = T extends readonly (infer Item)[] ? Defined<Item>[]
  : T extends object ? { [K in keyof T]: Defined<Exclude<T[K], undefined>> }
  : T;

/** The same value without undefined members, at any depth. */
export function defined<T>(value: T): Defined<T> {
  return JSON.parse(JSON.stringify(value)) as Defined<T>;
}

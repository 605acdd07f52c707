export type TestDatabase = "PGlite" | "Postgres";

/** Names the databases of all tests that run on either: "pglite", "postgres" or "both". */
export const DATABASE_VARIABLE = "CONVENE_TEST_DATABASE";

/**
 * Whether tests on this database are wanted. Unless CONVENE_TEST_DATABASE says so: all on Postgres, and on PGlite those
 * that run `on_both`.
 */
export function isChosen(database: TestDatabase, { on_both }: { on_both: boolean }): boolean {
  const chosen = Deno.env.get(DATABASE_VARIABLE) ?? "";
  if (!["", "pglite", "postgres", "both"].includes(chosen)) {
    throw new Error(`${DATABASE_VARIABLE} is "${chosen}", not "pglite", "postgres" or "both"`);
  }
  if (chosen === "") return on_both || database === "Postgres";
  return chosen === "both" || chosen === database.toLowerCase();
}

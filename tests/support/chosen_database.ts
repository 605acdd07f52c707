export type TestDatabase = "PGlite" | "Postgres";

/** Names one database for all tests that run on either: "pglite" or "postgres". */
export const DATABASE_VARIABLE = "CONVENE_TEST_DATABASE";

/** Whether tests on this database are wanted: all are, unless CONVENE_TEST_DATABASE names one. */
export function isChosen(database: TestDatabase): boolean {
  const chosen = Deno.env.get(DATABASE_VARIABLE) ?? "";
  if (!["", "pglite", "postgres"].includes(chosen)) {
    throw new Error(`${DATABASE_VARIABLE} is "${chosen}", not "pglite" or "postgres"`);
  }
  return chosen === "" || chosen === database.toLowerCase();
}

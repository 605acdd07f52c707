import { taskOptions } from "../command_line.ts";
import { startPlatform } from "../platform.ts";
import { printLine } from "../output.ts";
import { ACCESS_PAGE, accessPage } from "../../tests/support/access/access_page.ts";
import { tryDatabaseAccess } from "../../tests/support/access/database_access.ts";
import { tryFunctionAccess } from "../../tests/support/access/function_access.ts";
import { stackOf } from "../../tests/support/stack.ts";
import { formatted } from "./formatted_text.ts";

taskOptions(
  `Writes docs/access.md: tries every right on a migrated database, and calls every function as every kind of caller.

Usage: deno task docs:access

  --help  this text

Takes about 20 seconds.`,
  {},
);

// Compared with the database and the functions by tests/integration/access_test.ts.
const background = { net: false, cron: false };
await using platform = await startPlatform({ background });
await using database_only = await startPlatform({ background, functions: "none" });
const functions = await tryFunctionAccess(stackOf(platform, false));
const { access } = await tryDatabaseAccess(stackOf(database_only, false));
await Deno.writeTextFile(ACCESS_PAGE, await formatted(accessPage(access, functions), "md"));
printLine("docs/access.md written");

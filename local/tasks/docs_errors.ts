import { fileURLToPath } from "node:url";
import { taskOptions } from "../command_line.ts";
import { printLine } from "../output.ts";
import { ERROR_ADVICE, errorAdvice } from "./error_advice.ts";
import { formatted } from "./formatted_text.ts";
import { errorsPage } from "./errors_page.ts";

taskOptions(
  `Writes docs/errors.md and the migration of the advice for operators (supabase/migrations/*_error_advice.sql)
from shared/failures/. Tests compare both with the code.

Usage: deno task docs:errors

  --help  this text

Takes less than a second.`,
  {},
);

/** Compared with the codes by tests/architecture/errors_page_test.ts. */
const PAGE = fileURLToPath(new URL("../../docs/errors.md", import.meta.url));

await Deno.writeTextFile(PAGE, await formatted(errorsPage(), "md"));
await Deno.writeTextFile(ERROR_ADVICE, errorAdvice());
printLine("docs/errors.md and the migration error_advice written");

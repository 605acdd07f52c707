import { fileURLToPath } from "node:url";
import { printLine } from "../output.ts";
import { ERROR_ADVICE, errorAdvice } from "./error_advice.ts";
import { formatted } from "./formatted_text.ts";
import { errorsPage } from "./errors_page.ts";

/** Compared with the codes by tests/architecture/errors_page_test.ts. */
const PAGE = fileURLToPath(new URL("../../docs/errors.md", import.meta.url));

await Deno.writeTextFile(PAGE, await formatted(errorsPage(), "md"));
await Deno.writeTextFile(ERROR_ADVICE, errorAdvice());
printLine("docs/errors.md and the migration error_advice written");

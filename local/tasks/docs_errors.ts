import { fileURLToPath } from "node:url";
import { printLine } from "../output.ts";
import { ERROR_ADVICE, errorAdvice } from "./error_advice.ts";
import { formattedMarkdown } from "./formatted_markdown.ts";
import { errorsPage } from "./errors_page.ts";

/** Compared with the codes by tests/architecture/errors_page_test.ts. */
const PAGE = fileURLToPath(new URL("../../docs/errors.md", import.meta.url));

await Deno.writeTextFile(PAGE, await formattedMarkdown(errorsPage()));
await Deno.writeTextFile(ERROR_ADVICE, errorAdvice());
printLine("docs/errors.md and the migration error_advice written");

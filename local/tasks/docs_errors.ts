import { fileURLToPath } from "node:url";
import { printLine } from "../output.ts";
import { formattedMarkdown } from "./formatted_markdown.ts";
import { errorsPage } from "./errors_page.ts";

/** Compared with the codes by tests/unit/failures/errors_page_test.ts. */
const PAGE = fileURLToPath(new URL("../../docs/errors.md", import.meta.url));

await Deno.writeTextFile(PAGE, await formattedMarkdown(errorsPage()));
printLine("docs/errors.md written");

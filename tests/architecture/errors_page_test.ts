import assert from "node:assert/strict";
import { errorsPage } from "../../local/tasks/errors_page.ts";
import { formattedMarkdown } from "../../local/tasks/formatted_markdown.ts";

Deno.test("docs/errors.md is what `deno task docs:errors` writes", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/errors.md", import.meta.url));
  assert.equal(page, await formattedMarkdown(errorsPage()));
});

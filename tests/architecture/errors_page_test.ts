import assert from "node:assert/strict";
import { ERROR_ADVICE, errorAdvice } from "../../local/tasks/error_advice.ts";
import { errorsPage } from "../../local/tasks/errors_page.ts";
import { formatted } from "../../local/tasks/formatted_text.ts";

Deno.test("docs/errors.md is what `deno task docs:errors` writes", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/errors.md", import.meta.url));
  assert.equal(page, await formatted(errorsPage(), "md"));
});

Deno.test("the advice that the database has is what `deno task docs:errors` writes", async () => {
  assert.equal(await Deno.readTextFile(ERROR_ADVICE), errorAdvice());
});

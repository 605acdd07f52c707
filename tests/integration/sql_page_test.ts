import assert from "node:assert/strict";
import { formatted } from "../../local/tasks/formatted_text.ts";
import { sqlPage } from "../../local/tasks/sql_page.ts";
import { readPage } from "../support/markdown.ts";
import { promise } from "../support/stack.ts";

promise("docs/sql.md", {
  "the page is what `deno task docs:sql` writes": async ({ platform }) => {
    const written = await sqlPage({ query: (text, params) => platform.sql(text, params) });
    assert.equal(await readPage("docs/sql.md"), await formatted(written, "md"));
  },

  "a signed-in user may call read_queue, and none of the other functions of the page": async (
    { platform },
  ) => {
    const page = await readPage("docs/sql.md");
    const names = [...page.matchAll(/^\| `([a-z_]+)\(/gm)].map(([, name]) => name);
    assert.ok(names.length > 10, `only ${names.length} functions were found`);
    const allowed = await platform.sql<{ proname: string }>(
      `select p.proname from pg_proc as p
       where p.pronamespace = 'public'::regnamespace and p.proname = any ($1)
         and has_function_privilege('authenticated', p.oid, 'execute')`,
      [names],
    );
    assert.deepEqual(allowed, [{ proname: "read_queue" }]);
  },
});

import { adviceFor, CODES } from "@shared/failures/codes.ts";
import type { Code } from "@shared/failures/codes.ts";

/** The migration in which the database has the advice for every code. */
export const ERROR_ADVICE = new URL(
  "../../supabase/migrations/20261129100170_error_advice.sql",
  import.meta.url,
);

const HEAD =
  `-- Written by "deno task docs:errors" from shared/failures/; a test compares both. Operators read the advice in
-- public.convene_health.
create table private.error_advice (
  code text primary key,
  verdict text not null,
  what_to_do text not null
);
comment on table private.error_advice is 'What a person can do about an error that was given up.';
comment on column private.error_advice.code is 'Code of docs/errors.md.';
comment on column private.error_advice.verdict is 'The usual verdict of the code (docs/errors.md).';
comment on column private.error_advice.what_to_do is 'What to do once there is no automatic retry.';
alter table private.error_advice enable row level security;
revoke all on private.error_advice from public, anon, authenticated, service_role;

insert into private.error_advice (code, verdict, what_to_do) values
`;

/** The text of that migration. A code without advice has its message, which says it. */
export function errorAdvice(): string {
  const rows = (Object.keys(CODES) as Code[]).map((code) => {
    const { verdict, message } = CODES[code];
    return `  (${[code, verdict, adviceFor(code, true) ?? message].map(literal).join(", ")})`;
  });
  return `${HEAD}${rows.join(",\n")};\n`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

import postgres from "postgres";

/** What a session parsed, as Postgres prints it with `debug_print_parse`. */
export interface ParsedSession extends AsyncDisposable {
  query<Row>(text: string, params?: string[]): Promise<Row[]>;
  /** The parse trees printed since the last call. */
  trees(): string[];
}

/** A session that receives the parse tree of every statement, also of those inside functions. */
export async function parsedSession(url: string): Promise<ParsedSession> {
  let trees: string[] = [];
  const sql = postgres(url, {
    max: 1,
    prepare: false,
    onnotice: ({ message, detail }) => {
      if (message === "parse tree:" && detail !== undefined) trees.push(detail);
    },
    connection: { debug_print_parse: true, debug_pretty_print: false, client_min_messages: "log" },
  });
  await sql`select`;
  return {
    query: async <Row>(text: string, params: string[] = []) => [
      ...await sql.unsafe<Row[]>(text, params),
    ],
    trees() {
      const printed = trees;
      trees = [];
      return printed;
    },
    [Symbol.asyncDispose]: () => sql.end(),
  };
}

const UPDATE = "2";
const DELETE = "4";

/**
 * Whether the extension safeupdate refuses a parse tree: an UPDATE or DELETE in it, at any depth, has
 * no condition in its WHERE.
 */
export function isRefusedBySafeupdate(tree: string): boolean {
  const open: { name: string; command?: string }[] = [];
  for (
    const [token, name] of tree.matchAll(/\\.|\{([A-Z]+)|\}|:commandType \d|:quals (?:<>|\{)/g)
  ) {
    if (name !== undefined) open.push({ name });
    else if (token === "}") open.pop();
    else if (token.startsWith(":commandType")) {
      const query = open.at(-1);
      if (query?.name === "QUERY") query.command = token.slice(-1);
    } else if (token.startsWith(":quals")) {
      const command = open.at(-1)?.name === "FROMEXPR" ? open.at(-2)?.command : undefined;
      if (token.endsWith("<>") && (command === UPDATE || command === DELETE)) return true;
      // The brace that this token has taken in begins a node of its own.
      if (token.endsWith("{")) open.push({ name: "condition" });
    }
  }
  return false;
}

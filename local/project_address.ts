/** The options by which a task finds the functions of a project, and their environment variables. */
export const ADDRESS_OPTIONS = { url: { type: "string" }, key: { type: "string" } } as const;

export const ADDRESS_HELP = `  --url URL     address of the project's API (default: SUPABASE_URL)
  --key KEY     a secret key of the project (default: CONVENE_AUTOMATIONS_KEY, else SUPABASE_SECRET_KEY)`;

export interface ProjectAddress {
  /** Ends in /functions/v1, without a slash. */
  functions_url: string;
  key: string;
}

/** Reads the options and the environment. Throws a sentence naming what is missing or wrong. */
export function projectAddress(
  values: { url?: string | undefined; key?: string | undefined },
  environment: Record<string, string>,
): ProjectAddress {
  const url = values.url ?? environment.SUPABASE_URL;
  const key = values.key ?? environment.CONVENE_AUTOMATIONS_KEY ?? environment.SUPABASE_SECRET_KEY;
  if (!url) throw new Error("Which project? Give --url, or set SUPABASE_URL");
  if (!URL.canParse(url)) throw new Error(`--url is no URL: ${url}`);
  if (!key) throw new Error("Give --key, or set CONVENE_AUTOMATIONS_KEY or SUPABASE_SECRET_KEY");
  const api_url = url.replace(/\/+$/, "").replace(/\/functions\/v1$/, "");
  return { functions_url: `${api_url}/functions/v1`, key };
}

/** Posts to a function of the project with its key; the text of the response. Throws a sentence for every other status than 2xx. */
export async function postToProject(
  { functions_url, key }: ProjectAddress,
  path: string,
  body: object,
): Promise<string> {
  const url = `${functions_url}/${path}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", apikey: key },
      body: JSON.stringify(body),
    });
  } catch (error) {
    throw new Error(`There is no server at ${url}`, { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${refusalIn(text)}`);
  return text;
}

/** The code and the sentence of an error response of Convene; of any other response its beginning. */
function refusalIn(text: string): string {
  try {
    const { error, message } = JSON.parse(text);
    if (typeof error === "string" && typeof message === "string") return `${error}: ${message}`;
  } catch {
    // No JSON: a proxy or another server answered.
  }
  return text.slice(0, 500);
}

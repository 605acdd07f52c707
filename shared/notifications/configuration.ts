/** An HTTP mail API in Resend's shape. */
export interface MailConfiguration {
  /** Without a slash at the end. */
  base_url: string;
  api_key: string;
  /** Such as "Convene <meetings@company.example>"; the domain must be one that the API may send for. */
  from: string;
}

export interface NotificationsConfiguration {
  /** Null: no mail can be sent, and mail notifications say so. */
  mail: MailConfiguration | null;
  /** Whether targets on this machine are allowed, as on the local platform. */
  allow_loopback: boolean;
  /** The ports of targets that are used. */
  ports: readonly number[];
}

const MAIL_URL = "https://api.resend.com";

/** Reads CONVENE_MAIL_URL, _KEY, _FROM, CONVENE_LOOPBACK_TARGETS and CONVENE_TARGET_PORTS. Throws an error naming the variable. */
export function notificationsConfiguration(
  env: Record<string, string | undefined>,
): NotificationsConfiguration {
  return {
    mail: mailConfiguration(env),
    allow_loopback: env.CONVENE_LOOPBACK_TARGETS === "allow",
    ports: targetPorts(env.CONVENE_TARGET_PORTS?.trim() || "443"),
  };
}

function targetPorts(text: string): number[] {
  const ports = text.split(",").map((port) => Number(port));
  if (ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65535)) return ports;
  throw new Error(
    `Cannot notify: CONVENE_TARGET_PORTS is no list of ports such as "443,8443": "${text}"`,
  );
}

function mailConfiguration(env: Record<string, string | undefined>): MailConfiguration | null {
  const base_url = (env.CONVENE_MAIL_URL?.trim() || MAIL_URL).replace(/\/+$/, "");
  const api_key = env.CONVENE_MAIL_KEY?.trim() ?? "";
  const from = env.CONVENE_MAIL_FROM?.trim() ?? "";
  if (api_key === "" && from === "") return null;
  if (!URL.canParse(base_url)) {
    throw new Error(`Cannot send mail: CONVENE_MAIL_URL is no URL: "${base_url}"`);
  }
  if (api_key === "") {
    throw new Error("Cannot send mail: CONVENE_MAIL_KEY is not set, but CONVENE_MAIL_FROM is");
  }
  if (from === "") {
    throw new Error("Cannot send mail: CONVENE_MAIL_FROM is not set, but CONVENE_MAIL_KEY is");
  }
  return { base_url, api_key, from };
}

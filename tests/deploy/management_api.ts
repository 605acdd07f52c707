import { dirname, join, normalize } from "node:path";

/** What one `functions deploy` sent. */
export interface Deployment {
  readonly name: string;
  readonly entrypoint_path: string;
  readonly import_map_path: string;
  readonly verify_jwt: boolean;
  /** Paths relative to `directory`, where the files were stored. */
  readonly files: readonly string[];
  readonly directory: string;
}

/** Stands in for Supabase's management API, as far as `functions deploy --use-api` talks to it. */
export interface ManagementApi extends AsyncDisposable {
  /** The last deployment of each function. */
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** Where the files of each function were stored, in a folder of its name. */
  readonly directory: string;
  /** Makes the CLI call this server as a logged-in user. */
  readonly environment: Record<string, string>;
  readonly project_ref: string;
}

export const PROJECT_REF = "conveneconveneconven";

export interface ManagementOptions {
  /** More routes, as "METHOD /path below /v1/projects/<ref>". */
  routes?: Readonly<Record<string, (request: Request) => Promise<Response> | Response>>;
  /** For the rest; null: not played here. */
  otherRoute?: (route: string) => Response | null;
  /** Hears of every upload. */
  onDeployment?: (slug: string) => void;
}

export async function startManagementApi(
  { routes = {}, otherRoute, onDeployment }: ManagementOptions = {},
): Promise<ManagementApi> {
  const directory = await Deno.makeTempDir({ prefix: "convene-deploy-" });
  const deployments = new Map<string, Deployment>();
  const project_ref = PROJECT_REF;

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const url = new URL(request.url);
      const route = `${request.method} ${url.pathname}`;
      if (route === `POST /v1/projects/${project_ref}/functions/deploy`) {
        const slug = url.searchParams.get("slug") ?? "";
        const deployment = await store(await request.formData(), join(directory, slug));
        deployments.set(slug, deployment);
        onDeployment?.(slug);
        return Response.json(answer(slug, deployment), { status: 201 });
      }
      const below = route.replace(`/v1/projects/${project_ref}`, "");
      const added = await routes[below]?.(request) ?? otherRoute?.(below) ?? null;
      if (added !== null) return added;
      // The CLI looks the project's name up for its last line, and does without.
      return Response.json({ message: `${route} is not played here` }, { status: 404 });
    },
  );
  const api_url = `http://127.0.0.1:${server.addr.port}`;
  const profile = join(directory, "profile.json");
  await Deno.writeTextFile(
    profile,
    JSON.stringify({
      name: "stand-in",
      api_url,
      dashboard_url: api_url,
      project_host: "supabase.example",
    }),
  );

  return {
    deployments,
    directory,
    project_ref,
    environment: {
      SUPABASE_PROFILE: profile,
      SUPABASE_ACCESS_TOKEN: `sbp_${crypto.randomUUID().replaceAll("-", "")}00000000`,
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function store(form: FormData, directory: string): Promise<Deployment> {
  const files: string[] = [];
  for (const part of form.getAll("file")) {
    if (typeof part === "string") throw new Error("A file was uploaded as text");
    const path = normalize(part.name);
    if (path.startsWith("..") || path.startsWith("/")) {
      throw new Error(`${part.name} lies outside the project`);
    }
    await Deno.mkdir(dirname(join(directory, path)), { recursive: true });
    await Deno.writeFile(join(directory, path), part.stream());
    files.push(path);
  }
  const metadata: unknown = JSON.parse(String(form.get("metadata")));
  if (typeof metadata !== "object" || metadata === null) throw new Error("No metadata");
  const text = (key: string) => String(Reflect.get(metadata, key) ?? "");
  return {
    name: text("name"),
    entrypoint_path: text("entrypoint_path"),
    import_map_path: text("import_map_path"),
    verify_jwt: Reflect.get(metadata, "verify_jwt") !== false,
    files,
    directory,
  };
}

function answer(slug: string, deployment: Deployment) {
  return {
    id: crypto.randomUUID(),
    slug,
    name: deployment.name,
    status: "ACTIVE",
    version: 1,
    created_at: 0,
    updated_at: 0,
    verify_jwt: deployment.verify_jwt,
    import_map: true,
    entrypoint_path: deployment.entrypoint_path,
    import_map_path: deployment.import_map_path,
    ezbr_sha256: "",
  };
}

/** What is kept of a schema in Google's discovery document: everything but prose. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: "any" | "array" | "boolean" | "integer" | "number" | "object" | "string";
  /** `date`, `date-time`, `int32`, `int64`, `byte`, `double` or `float`. */
  readonly format?: string;
  readonly default?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  /** The values of a map whose keys are free. */
  readonly additionalProperties?: Schema;
  /** The methods that need this member. */
  readonly annotations?: { readonly required: readonly string[] };
}

export interface Parameter {
  readonly location: "path" | "query";
  readonly type: "boolean" | "integer" | "string";
  readonly format?: string;
  readonly default?: string;
  readonly enum?: readonly string[];
  readonly minimum?: string;
  readonly maximum?: string;
  readonly required?: boolean;
  readonly repeated?: boolean;
}

export interface Method {
  readonly httpMethod: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  /** Below the base address, with `{name}` for path parameters. */
  readonly path: string;
  readonly parameters: { readonly [name: string]: Parameter };
  /** Names of schemas. */
  readonly request?: string;
  readonly response?: string;
  /** Any one of them suffices; without their common prefix. */
  readonly scopes: readonly string[];
  readonly supportsSubscription?: boolean;
}

/** The facts of a discovery document. */
export interface DiscoveryFacts {
  /** Where Google publishes the document. */
  readonly source: string;
  /** SHA-256 of the document that these facts were read from, in hex. */
  readonly sha256: string;
  readonly revision: string;
  readonly base_url: string;
  readonly scope_prefix: string;
  /** Parameters that every method accepts. */
  readonly parameters: { readonly [name: string]: Parameter };
  readonly methods: { readonly [name: string]: Method };
  readonly schemas: { readonly [name: string]: Schema };
}

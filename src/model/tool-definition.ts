import type { JsonObject } from './json.ts';

/** A tool as it is pinned. */
export interface ToolDefinition {
  readonly name: string;
  /** SHA-256 of the canonical text of the definition (RFC 8785), as `sha256-` and base64url. */
  readonly fingerprint: string;
  /** Name, title, description, schemas and annotations, those that the tool has. */
  readonly definition: JsonObject;
}

/** What each root holds, for the reference and for editors; in the order in which they are told. */
export const rootSummaries: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'identity.sub': "Who calls: the token's `sub`.",
    'identity.issuer': 'Who says so: `iss`.',
    'identity.email': '`email`, where the token has it.',
    'identity.groups': 'List of groups, from the claim that the configuration names.',
    'identity.scopes': 'List of scopes.',
    'identity.client': 'The OAuth client that got the token (`client_id` or `azp`).',
    'identity.actor': 'Who acts for the subject (RFC 8693, `act.sub`).',
    'identity.claims.*': 'Any claim of the token.',
    'args.*':
      'Arguments of a tool or prompt. For other messages their params: `args.uri` of a resource, `args.maxTokens` of `sampling/createMessage`.',
    'target.name': 'Name of the tool or prompt, URI of the resource, or the method.',
    'target.uri': 'URI of the resource; absent for anything else.',
    'tool.title': 'Title of the tool, as the upstream listed it.',
    'tool.description': 'Its description.',
    'tool.annotations.*':
      '`title`, `readOnlyHint`, `destructiveHint`, `idempotentHint`, `openWorldHint`, and no other.',
    'tool.flags':
      'List of what is noticeable about its texts: `hidden-characters`, `instruction-like`. See [What tools say of themselves](#what-tools-say-of-themselves).',
    'request.upstream': 'Name of the upstream.',
    'request.method': 'JSON-RPC method.',
    'request.meta.*':
      '`_meta` of the message: `request.meta.progressToken`, `request.meta["io.example/key"]`.',
    'request.protocol': 'Revision of MCP, such as `2025-11-25`.',
    'request.time':
      'Now, in UTC, to the second: `2026-01-01T12:00:00Z`. Text order is time order; for hours and days see [`time`](#time-windows).',
    'request.ip': 'Address of the caller.',
    'client.name': 'What the client says of itself. A claim, not a proof.',
    'client.version': 'The same for its version.',
    'result.*': 'The answer. See [Rules on results](#rules-on-results).',
    'error.*':
      'The error that was answered in place of a result: `code` (a number), `message`, `data.*`. Absent where there is a result.',
  }),
);

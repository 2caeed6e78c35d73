import type { JsonObject } from '../../model/json.ts';
import type { PinStore } from '../../model/seams.ts';
import { visible } from '../../model/visible.ts';
import { acceptCommand } from '../../policy/pin/accept-command.ts';
import { definitionDifference } from '../../policy/pin/definition-difference.ts';
import { fingerprintDigits } from '../../policy/pin/short-fingerprint.ts';

/** A tool whose definition a gate refuses. */
export interface RefusedTool {
  readonly upstream: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly difference: readonly string[];
}

/** Lines of a difference that are shown. */
const MAX_LINES = 40;

/** Tools of upstreams that a gate refuses, for they are not what it has first seen. */
export function refusedTools(store: PinStore, upstreams: readonly string[]): RefusedTool[] {
  return upstreams.flatMap((upstream) => {
    const names = [...store.entries(upstream)]
      .filter(([, { accepted, refused }]) => refused !== undefined && refused !== accepted)
      .map(([name]) => name);
    return names.sort().flatMap((name): RefusedTool[] => {
      const [before, now] = [store.accepted(upstream, name), store.refused(upstream, name)];
      if (!now) return [];
      const change = [before?.definition ?? {}, now.definition] as const;
      const difference = definitionDifference(...change, MAX_LINES);
      return [{ upstream, name, fingerprint: now.fingerprint, difference }];
    });
  });
}

/** The same as lines to read: `x`, and how to accept what they show. */
export function refusedLines(tools: readonly RefusedTool[]): string[] {
  return tools.flatMap(({ upstream, difference, ...tool }) => [
    `x ${visible(`${upstream}/${tool.name}`)} is refused; to accept it as shown here:`,
    `    ${acceptCommand(upstream, tool)}`,
    ...difference.map((line) => `    ${line}`),
  ]);
}

/** The same for programs. */
export function refusedJson(tools: readonly RefusedTool[]): JsonObject[] {
  return tools.map(({ upstream, name, fingerprint, difference }) => {
    return { upstream, tool: name, fingerprint: fingerprintDigits(fingerprint), difference };
  });
}

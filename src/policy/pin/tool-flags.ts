import type { JsonObject } from '../../model/json.ts';
import { definitionTexts } from './definition-texts.ts';
import { hiddenIn, misleadingName, misleadingWord } from './hidden-characters.ts';
import { instructionIn } from './instruction-like.ts';

/** What can be noticed about the texts of a tool. */
export const toolFlags = ['hidden-characters', 'instruction-like'] as const;
export type ToolFlag = (typeof toolFlags)[number];

/** A flag, the place that it is about, and why. */
export interface ToolFinding {
  readonly flag: ToolFlag;
  /** As a path: `inputSchema.properties.sql.description`. */
  readonly at: string;
  readonly why: string;
}

/**
 * What is noticeable about a definition: over its name, title, description, and every text of its schemas, names of
 * members included. Undefined where it is too long to look at, so that nobody can say.
 */
export function toolFindings(definition: JsonObject): ToolFinding[] | undefined {
  const findings: ToolFinding[] = [];
  const texts = definitionTexts(definition);
  if (!texts) return undefined;
  for (const { at, text, isName } of texts) {
    const hidden = hiddenIn(text) ?? (isName ? misleadingName(text) : misleadingWord(text));
    if (hidden) findings.push({ flag: 'hidden-characters', at, why: hidden });
    const instruction = instructionIn(text);
    if (instruction) findings.push({ flag: 'instruction-like', at, why: instruction });
  }
  return findings;
}

/** The flags of findings, each once, sorted. */
export function flagsOf(findings: readonly ToolFinding[]): ToolFlag[] {
  return toolFlags.filter((flag) => findings.some((finding) => finding.flag === flag));
}

/** A finding on one line. */
export function findingLine({ flag, at, why }: ToolFinding): string {
  return `${at} ${why} (${flag})`;
}

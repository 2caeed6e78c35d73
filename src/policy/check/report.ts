import type { Position } from '../../model/position.ts';
import type { CompiledRule } from '../compiled-rule.ts';

/** Takes a warning about a rule; `at` is the rule's id unless told otherwise. */
export type Report = (
  code: string,
  rule: CompiledRule,
  message: string,
  more?: { readonly at?: Position; readonly hint?: string },
) => void;

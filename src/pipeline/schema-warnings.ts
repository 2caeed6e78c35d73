import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../model/errors.ts';
import { formatProblem, type Problem } from '../model/position.ts';
import type { Log } from '../model/seams.ts';
import type { ToolDefinition } from '../model/tool-definition.ts';
import { checkArguments, type KnownTool } from '../policy/check/check-arguments.ts';
import type { CompiledRule } from '../policy/compiled-rule.ts';
import { compileGlob } from '../policy/glob.ts';
import { visibleText } from '../policy/pin/hidden-characters.ts';
import type { PinnedTools } from '../policy/pin/lock-file.ts';
import type { PinMode } from './pins.ts';
import type { Snapshot } from './snapshot.ts';

export interface SchemaWarningsOptions {
  /** Every upstream of the gate. */
  readonly upstreams: readonly string[];
  readonly snapshot: () => Snapshot;
  readonly mode: (upstream: string) => PinMode;
  /** What the lock file holds now. */
  readonly locked: () => PinnedTools;
  readonly log: Log;
}

/** Upstreams with more are not compared: tools, and characters of their schemas. */
const MAX_TOOLS = 2_000;
const MAX_CHARACTERS = 1_048_576;
/** Lists that are remembered as looked at. */
const MAX_SEEN = 256;
/** Warnings that one revision of the policies is logged with. */
const MAX_TOLD = 200;
/** Characters of one, for it names what upstreams call their tools. */
const MAX_TEXT = 600;
/** Milliseconds of work between two turns of the event loop, and from one comparison to the next. */
const SLICE = 5;
const PAUSE = 1_000;

const SEEN_BY_ONE = 'so one caller was shown it; another may be shown other tools';
const LOCKED = 'so the lock file has it';

/**
 * Logs where rules contradict the tools that upstreams really have: names that none has, arguments that none takes.
 * It works beside the messages, never while one is judged: each list of an upstream is compared once with each
 * revision of the policies. Where an upstream is pinned by the lock file, that counts instead of what it lists.
 */
export class SchemaWarnings {
  readonly #options: SchemaWarningsOptions;
  /** Lists that came since the last comparison; the newest of each upstream. */
  readonly #waiting = new Map<string, readonly ToolDefinition[]>();
  readonly #known = new Map<string, readonly KnownTool[]>();
  /** Upstreams and digests of lists that were compared with this revision. */
  readonly #seen = new Set<string>();
  readonly #told = new Set<string>();
  #revision: string | undefined;
  #changed = false;
  #last = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: SchemaWarningsOptions) {
    this.#options = options;
  }

  /** Is told of a whole list of an upstream, as that sent it. */
  listed(upstream: string, tools: readonly ToolDefinition[]): void {
    if (this.#options.mode(upstream) === 'lock') return;
    this.#waiting.set(upstream, tools);
    this.#plan();
  }

  /** Is told that policies or the lock file have changed. */
  changed(): void {
    this.#changed = true;
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (this.#stopped || this.#timer) return;
    const wait = Math.max(0, this.#last + PAUSE - performance.now());
    this.#timer = setTimeout(() => void this.#run(), wait).unref();
  }

  async #run(): Promise<void> {
    try {
      if (this.#take()) await this.#compare();
    } catch (error) {
      this.#options.log.error({ cause: messageOf(error) }, 'rules cannot be compared with tools');
    }
    this.#last = performance.now();
    this.#timer = undefined;
    if (this.#changed || this.#waiting.size > 0) this.#plan();
  }

  /** Takes over what has come. True where that has to be compared. */
  #take(): boolean {
    const { revision } = this.#options.snapshot();
    let news = this.#changed || revision !== this.#revision;
    if (revision !== this.#revision) {
      this.#seen.clear();
      this.#told.clear();
    }
    this.#revision = revision;
    if (this.#changed) this.#takeLocked();
    this.#changed = false;
    if (this.#seen.size > MAX_SEEN) this.#seen.clear();
    for (const [upstream, tools] of this.#waiting) {
      const key = `${upstream} ${digestOf(tools)}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#learn(upstream, tools);
      news = true;
    }
    this.#waiting.clear();
    return news;
  }

  #takeLocked(): void {
    const { upstreams, mode, locked } = this.#options;
    const pinned = locked();
    for (const upstream of upstreams.filter((name) => mode(name) === 'lock')) {
      const tools = pinned.get(upstream);
      if (tools) this.#learn(upstream, [...tools.values()]);
      else this.#known.delete(upstream);
    }
  }

  #learn(upstream: string, tools: readonly ToolDefinition[]): void {
    const characters = tools.reduce((sum, { definition: { inputSchema } }) => {
      return sum + (inputSchema === undefined ? 0 : JSON.stringify(inputSchema).length);
    }, 0);
    const fits = tools.length <= MAX_TOOLS && characters <= MAX_CHARACTERS;
    if (!fits) this.#known.delete(upstream);
    else this.#known.set(upstream, tools.map(knownTool));
  }

  async #compare(): Promise<void> {
    const { snapshot } = this.#options;
    const { policies, revision } = snapshot();
    const found: Problem[] = [];
    let begun = performance.now();
    for (const rule of policies?.rules ?? []) {
      const upstreams = this.#upstreamsOf(rule);
      if (!upstreams.every((name) => this.#known.has(name))) continue;
      const isLocked = upstreams.every((name) => this.#options.mode(name) === 'lock');
      const problems = checkArguments([rule], this.#known);
      found.push(...problems.map((one) => hinted(one, isLocked ? LOCKED : SEEN_BY_ONE)));
      if (performance.now() - begun < SLICE) continue;
      await turn();
      if (this.#stopped || snapshot().revision !== revision) return;
      begun = performance.now();
    }
    this.#tell(found, revision);
  }

  /** The upstreams of the gate that a rule names. */
  #upstreamsOf({ upstreams }: CompiledRule): string[] {
    const tests = upstreams.map((glob) => compileGlob(glob));
    return this.#options.upstreams.filter((name) => tests.some((test) => test(name)));
  }

  #tell(found: readonly Problem[], revision: string): void {
    const fresh = found.filter((problem) => !this.#told.has(keyOf(problem)));
    for (const problem of fresh) {
      const key = keyOf(problem);
      if (!this.#told.has(key) && this.#told.size >= MAX_TOLD) continue;
      this.#told.add(key);
      const { code } = problem;
      this.#options.log.warn({ code, revision }, formatProblem(problem));
    }
  }
}

function knownTool({ name, definition: { inputSchema } }: ToolDefinition): KnownTool {
  return inputSchema === undefined ? { name } : { name, inputSchema };
}

function digestOf(tools: readonly ToolDefinition[]): string {
  const hash = createHash('sha256');
  for (const one of tools.map(({ fingerprint }) => fingerprint).sort()) hash.update(one);
  return hash.digest('base64url');
}

function hinted(problem: Problem, why: string): Problem {
  const text = visibleText(problem.message);
  const message = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  const hint = problem.hint === undefined ? why : `${visibleText(problem.hint)}; ${why}`;
  return { ...problem, message, hint };
}

/** What only the policy says: upstreams choose the other words, and could have the same logged for ever. */
function keyOf({ code, at, message }: Problem): string {
  const own = code === 'POLICY_UNKNOWN_TOOL' ? message : '';
  return `${code} ${at.file}:${at.line}:${at.column} ${own}`;
}

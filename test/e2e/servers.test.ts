import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BothErasUpstream } from './fixtures/both-eras-upstream.ts';
import { EverythingSseServer } from './fixtures/everything-sse.ts';
import { commands, EverythingServer } from './fixtures/servers.ts';
import { type Tour, take } from './fixtures/tour.ts';
import { bothErasTour, everythingTour, filesTour, memoryTour } from './fixtures/tours.ts';
import type { Visitor } from './fixtures/visitor.ts';
import { VisitorV1 } from './fixtures/visitor-v1.ts';
import { visitorKinds, visitors } from './fixtures/visitors.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-servers-'));
const env = { MEMORY_FILE_PATH: join(folder, 'memory.json') };
const program = fileURLToPath(new URL('fixtures/both-eras-stdio.ts', import.meta.url));
const own = [process.execPath, program];
const stateless = visitors['SDK v2 without sessions'];

let http: EverythingServer;
let sse: EverythingSseServer;
let both: BothErasUpstream;
let modern: BothErasUpstream;
let gate: RunningGate;

beforeAll(async () => {
  const files = join(folder, 'files');
  rmSync(files, { recursive: true, force: true });
  [http, sse, both, modern] = await Promise.all([
    EverythingServer.start(),
    EverythingSseServer.start(),
    BothErasUpstream.start('both'),
    BothErasUpstream.start('stateless'),
  ]);
  writeFileSync(join(folder, 'note.txt'), 'a note');
  gate = await startGate({
    upstreams: {
      'everything-http': { url: http.url },
      'everything-stdio': { command: commands.everything },
      'everything-sse': { url: sse.url, transport: 'sse' },
      files: { command: commands.files(folder) },
      memory: { command: commands.memory, env },
      'both-http': { url: both.url },
      'both-stdio': { command: own },
      'stateless-http': { url: modern.url },
      'stateless-stdio': { command: [...own, 'stateless'] },
    },
    policies: allowAll,
  });
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([http?.stop(), sse?.stop(), both?.stop(), modern?.stop()]);
  rmSync(folder, { recursive: true });
});

/** Goes there, looks, and leaves. */
async function visit(arrives: Promise<Visitor>, tour: Tour): Promise<object> {
  const visitor = await arrives;
  try {
    return await take(visitor, tour);
  } finally {
    await visitor.close();
  }
}

const servers: Readonly<Record<string, { tour: Tour; direct: () => Promise<Visitor> }>> = {
  'everything-http': {
    tour: everythingTour,
    direct: () => VisitorV1.overHttp({ url: http.url }),
  },
  'everything-stdio': {
    tour: everythingTour,
    direct: () => VisitorV1.overStdio(commands.everything, {}),
  },
  'everything-sse': { tour: everythingTour, direct: () => VisitorV1.overSse({ url: sse.url }) },
  files: {
    tour: filesTour(folder),
    direct: () => VisitorV1.overStdio(commands.files(folder), {}),
  },
  memory: { tour: memoryTour, direct: () => VisitorV1.overStdio(commands.memory, env) },
  'both-http': { tour: bothErasTour, direct: () => stateless({ url: both.url }) },
  'both-stdio': { tour: bothErasTour, direct: () => VisitorV1.overStdio(own, {}) },
  'stateless-http': { tour: bothErasTour, direct: () => stateless({ url: modern.url }) },
  'stateless-stdio': { tour: bothErasTour, direct: () => stateless({ url: modern.url }) },
};

describe.each(Object.entries(servers))('%s', (upstream, { tour, direct }) => {
  let expected: object;
  beforeAll(async () => {
    expected = await visit(direct(), tour);
  });

  it.each(visitorKinds)('is the same through the gate to %s', async (kind) => {
    const token = await gate.token('bob', upstream);
    const seen = await visit(visitors[kind]({ url: gate.endpoint(upstream), token }), tour);
    // SDK v1 itself loses progress that comes right before the answer, other than over Streamable HTTP.
    const progress = tour.progress ? [1, 2, 3].map((step) => ({ progress: step, total: 3 })) : [];
    expect(seen).toEqual({ ...expected, progress });
  });
});

import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const main = join(resolve(import.meta.dirname, '../..'), 'src/main.ts');

/** What it prints, and how it ends. */
async function sallyport(...args: readonly string[]) {
  const ran = promisify(execFile)(process.execPath, [main, ...args]);
  const { stdout, stderr, code } = await ran.then(
    (printed) => ({ ...printed, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  return { out: stdout, err: stderr, code };
}

describe.concurrent('the command line', () => {
  it.each([
    [['help', 'schema'], 'Usage: sallyport schema '],
    [['help', 'transcripts', 'size'], 'Usage: sallyport transcripts size '],
  ])('helps with %j', async (args, begin) => {
    const { out, err, code } = await sallyport(...args);
    expect([out.slice(0, begin.length), err, code]).toEqual([begin, '', 0]);
  });

  it.each([
    [['verfy'], 'sallyport has no verb "verfy"; did you mean "verify"?'],
    [['help', 'verfy'], 'sallyport has no verb "verfy"; did you mean "verify"?'],
    [['toString'], 'sallyport has no verb "toString"; known: serve, '],
  ])('says what is wrong with %j', async (args, said) => {
    const { out, err, code } = await sallyport(...args);
    expect([out, code]).toEqual(['', 2]);
    expect(err).toContain(`sallyport: USAGE ${said}`);
  });
});

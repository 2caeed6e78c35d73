import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A repository that people push to: a real one, in a folder of its own. */
export class GitRemote {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-remote-'));
  readonly work = join(this.folder, 'work');

  constructor() {
    mkdirSync(this.work);
    this.git('init', '-q', '-b', 'main');
  }

  get url(): string {
    return `file://${this.work}`;
  }

  git(...args: string[]): string {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false'];
    const options = { encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['-C', this.work, ...who, ...args], options).trim();
  }

  write(files: Readonly<Record<string, string>>): this {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.work, name)), { recursive: true });
      writeFileSync(join(this.work, name), text);
    }
    return this;
  }

  /** Commits everything that is there, and gives the id of the commit. */
  commit(files: Readonly<Record<string, string>> = {}): string {
    this.write(files);
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'change');
    return this.git('rev-parse', 'HEAD');
  }

  /** A commit whose only tree has these entries, as `git mktree` takes them; no work tree could make it. */
  commitTree(entries: readonly string[]): string {
    const made = execFileSync('git', ['-C', this.work, 'mktree', '--missing', '-z'], {
      ...{ input: entries.map((entry) => `${entry}\0`).join(''), encoding: 'utf8' },
    }).trim();
    const root = execFileSync('git', ['-C', this.work, 'mktree', '-z'], {
      ...{ input: `040000 tree ${made}\tpolicies\0`, encoding: 'utf8' },
    }).trim();
    const commit = this.git('commit-tree', '-m', 'made by hand', root);
    this.git('update-ref', 'refs/heads/main', commit);
    return commit;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

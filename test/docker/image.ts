import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Copy, contextPaths, dockerfile, parseCopy, repository } from './dockerfile.ts';

/** What the Dockerfile's last stage leaves. */
export interface Image {
  /** Its file system, a folder. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

interface Stage {
  readonly root: string;
  workdir: string;
  entrypoint: string[];
  command: string[];
}

/**
 * Follows the Dockerfile without an engine, in a folder: one below it for each stage, with this machine's Node for the
 * base image's. It shows that the steps work, not that the base image has what they need. Throws when a step fails.
 */
export function buildImage(folder: string): Image {
  const context = join(folder, 'context');
  for (const path of contextPaths) {
    cpSync(fileURLToPath(new URL(path, repository)), join(context, path), { recursive: true });
  }
  const roots = new Map<string | undefined, string>([[undefined, context]]);
  let stage: Stage | undefined;
  for (const instruction of dockerfile.filter(({ word }) => word !== 'ARG')) {
    const { word, rest } = instruction;
    if (word === 'FROM') {
      stage = { root: join(folder, `stage-${roots.size}`), workdir: '/', entrypoint: [], command: [] };
      mkdirSync(stage.root);
      roots.set(/ AS (\S+)$/i.exec(rest)?.[1] ?? '', stage.root);
    } else if (stage === undefined) throw new Error(`${word} before FROM`);
    else if (word === 'WORKDIR') {
      stage.workdir = posix.resolve(stage.workdir, rest);
      mkdirSync(join(stage.root, stage.workdir), { recursive: true });
    } else if (word === 'COPY') copy(stage, parseCopy(instruction), roots);
    else if (word === 'RUN') run(stage, rest);
    else if (word === 'ENTRYPOINT') stage.entrypoint = JSON.parse(rest);
    else if (word === 'CMD') stage.command = JSON.parse(rest);
    else if (!['ENV', 'USER', 'EXPOSE'].includes(word)) throw new Error(`this reading of Dockerfiles has no ${word}`);
  }
  if (stage === undefined) throw new Error('no FROM');
  return stage;
}

function copy(
  { root, workdir }: Stage,
  { stage, sources, target }: Copy,
  roots: ReadonlyMap<string | undefined, string>,
) {
  const from = roots.get(stage);
  if (from === undefined) throw new Error(`COPY from ${stage}, which is no stage`);
  for (const source of sources) {
    const to = posix.resolve(workdir, target.endsWith('/') ? target + basename(source) : target);
    cpSync(join(from, source), join(root, to), { recursive: true, verbatimSymlinks: true });
  }
}

function run({ root, workdir }: Stage, script: string) {
  const { CI: _ci, NODE_ENV: _environment, TARGETARCH: _architecture, ...env } = process.env; // they change what steps do
  execFileSync('sh', ['-ec', script], { cwd: join(root, workdir), env, stdio: 'ignore', timeout: 300_000 });
}

import { readFileSync } from 'node:fs';

/** One instruction of a Dockerfile; continued lines are one. */
export interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly word: string;
  readonly rest: string;
}

/** Parses what our Dockerfile uses of the format: no here-documents, no parser directives. */
function parseDockerfile(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
      return { word: word.toUpperCase(), rest };
    });
}

/** A COPY: of which stage, else of the context; what, and where to. */
export interface Copy {
  readonly stage: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export function parseCopy({ rest }: Instruction): Copy {
  const words = rest.split(/\s+/);
  const stage = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  return { stage, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
}

/** The paths that a .dockerignore of the form "nothing but these" lets through. */
function parseDockerignore(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (lines[0] !== '*') throw new Error('.dockerignore does not begin with *: it must name what goes in');
  return lines.slice(1).map((line) => line.replace(/^!/, ''));
}

export const repository = new URL('../../', import.meta.url);
export const dockerfile = parseDockerfile(readFileSync(new URL('Dockerfile', repository), 'utf8'));
export const contextPaths = parseDockerignore(readFileSync(new URL('.dockerignore', repository), 'utf8'));

import { ReadFailure } from '../../model/failure.ts';
import { type ArenaVariables, findOwnArenas } from './arenas.ts';
import type { AttachedPython } from './attach.ts';
import { findGcStates, type GcState } from './gc-state.ts';
import { findInterpreters } from './interpreters.ts';

/** What belongs to the interpreters, which come and go while a process runs. */
export interface InterpreterParts {
  /** The same as long as no interpreter comes or goes. */
  readonly identity: string;
  readonly gcStates: readonly GcState[];
  /** Empty under PYTHONMALLOC=malloc. */
  readonly arenaVariables: readonly ArenaVariables[];
}

const attempts = 10;

/**
 * Finds and checks the parts of all interpreters there are now, and reads what `read` wants of them. An interpreter that
 * ends meanwhile leaves freed memory behind: what was read counts only if the same ones are still there afterwards.
 * `known` are those found earlier, taken when nothing has changed. Throws `busy` when they come and go too fast.
 */
export function withInterpreterParts<Answer>(
  python: AttachedPython,
  known: InterpreterParts | undefined,
  read: (parts: InterpreterParts) => Answer,
): Answer {
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const now = listInterpreters(python);
    try {
      const answer = read(known?.identity === now.identity ? known : findParts(python, now));
      if (listInterpreters(python).identity === now.identity) return answer;
    } catch (error) {
      // One alone does not end before its process.
      if (now.interpreters.holders.length <= 1) throw error;
      failure = error;
    }
  }
  throw failure ?? new ReadFailure('busy', 'its interpreters come and go faster than they can be read');
}

/** An interpreter is told from the one that was at its address before by its arenas, when it has some of its own. */
function listInterpreters({ memory, image, layout }: AttachedPython) {
  const interpreters = findInterpreters(memory, image, layout);
  const ownArenas = findOwnArenas(memory, layout, interpreters);
  return { interpreters, ownArenas, identity: [...interpreters.holders, ...ownArenas.map((own) => own.arenas)].join() };
}

function findParts(
  { memory, image, layout, mainArenas }: AttachedPython,
  { interpreters, ownArenas, identity }: ReturnType<typeof listInterpreters>,
): InterpreterParts {
  const all = [...mainArenas, ...ownArenas];
  return {
    identity,
    gcStates: findGcStates(memory, image, layout, interpreters),
    arenaVariables: all.filter(({ arenas }, index) => all.findIndex((other) => other.arenas === arenas) === index),
  };
}

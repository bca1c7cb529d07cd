import { environmentName, flagsOf, type SettingTable } from './setting.ts';
import type { Given, Source } from './source.ts';
import { suggest } from './suggestion.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds a table's settings among environment variables. An empty one counts as unset, as in the OpenTelemetry
 * specification: manifests cannot always leave one out.
 *
 * An unknown HEAPWATCH_* variable is a mistake only when it is a misspelt setting: Kubernetes sets HEAPWATCH_PORT and
 * more in every pod of a namespace that has a Service of our name.
 */
export function findVariables(table: SettingTable, environment: Environment): Source {
  const given = new Map<string, readonly Given[]>();
  const flags = flagsOf(table);
  for (const { flag, list } of flags) {
    const origin = environmentName(flag);
    const text = environment[origin];
    if (!text) continue;
    const texts = list ? text.split(',').map((part) => part.trim()) : [text];
    given.set(
      flag,
      texts.filter((part) => part !== '' || !list).map((part) => ({ origin, text: part })),
    );
  }
  const known = flags.map(({ flag }) => environmentName(flag));
  const mistakes = Object.keys(environment)
    .filter((name) => name.startsWith('HEAPWATCH_') && !known.includes(name) && !/_(PORT|HOST)(_|$)/.test(name))
    .flatMap((name) => {
      const meant = suggest(name, known);
      return meant === undefined ? [] : [`${name} is not a variable that is read: did you mean ${meant}?`];
    });
  return { given, mistakes };
}

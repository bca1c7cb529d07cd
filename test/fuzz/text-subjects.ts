import { parseBootTime } from '../../src/linux/boot-time.ts';
import { cgroupFolder, parseCgroupMounts } from '../../src/linux/cgroup-mounts.ts';
import { parseCgroupPath } from '../../src/linux/cgroup-path.ts';
import { readCgroupV1 } from '../../src/linux/cgroup-v1.ts';
import { readCgroupV2 } from '../../src/linux/cgroup-v2.ts';
import { parseCommandLine } from '../../src/linux/command-line.ts';
import { containerOfPaths, parseCgroupPaths } from '../../src/linux/container-path.ts';
import { parseCredentials } from '../../src/linux/credentials.ts';
import { parseEnvironment } from '../../src/linux/environment.ts';
import { executableName } from '../../src/linux/executable.ts';
import { parseMeminfo } from '../../src/linux/meminfo.ts';
import { parsePressure } from '../../src/linux/pressure.ts';
import { parseProcessStat } from '../../src/linux/process-stat.ts';
import { parseProcessStatus } from '../../src/linux/process-status.ts';
import { parseProcessHiding } from '../../src/linux/security.ts';
import { findMapping, parseMappings } from '../../src/memory/mappings.ts';
import { IDENTITY_VARIABLES, parseEnvironmentIdentity } from '../../src/monitor/discovery/environment-identity.ts';
import { plainName } from '../../src/monitor/discovery/plain-name.ts';
import { programName } from '../../src/monitor/discovery/program-name.ts';
import { mutateText } from './mutation.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';
import * as seeds from './text-seeds.ts';

/** Files of /proc and of cgroups: the kernel writes them, but their names and numbers are often the target's choice. */
export const textSubjects: readonly Subject[] = [
  ofText('maps', 110, seeds.maps, 'latin1', (text) => {
    const mappings = parseMappings(text);
    const found = mappings.map(({ start }) => findMapping(mappings, start)?.start);
    if (mappings.some(({ start }, index) => found[index] !== start)) throw new Error('a mapping is not found again');
    return mappings;
  }),
  ofText('stat', 80, seeds.stat, 'utf8', parseProcessStat),
  ofText('status', 80, seeds.status, 'utf8', parseProcessStatus),
  ofText('credentials', 40, seeds.status, 'utf8', (text) => ({ ...parseCredentials(text), capabilities: undefined })),
  ofText('mountinfo', 70, seeds.mountinfo, 'utf8', (text) => {
    const mounts = parseCgroupMounts(text);
    const paths = [1, 2].map((version) => ({ version: version as 1 | 2, path: '/docker/ab12/inner' }));
    return [mounts, paths.map((path) => cgroupFolder(mounts, path)), parseProcessHiding(text, '/proc')];
  }),
  ofText('cgroup path', 50, seeds.cgroup, 'utf8', (text) => {
    const path = parseCgroupPath(text);
    const container = containerOfPaths(parseCgroupPaths(text));
    return path && [path, cgroupFolder(parseCgroupMounts(seeds.mountinfo), path), container];
  }),
  ofFiles('cgroup v1', 50, seeds.cgroupV1Files, readCgroupV1),
  ofFiles('cgroup v2', 50, seeds.cgroupV2Files, readCgroupV2),
  ofText('pressure', 30, seeds.cgroupV2Files['memory.pressure'], 'utf8', parsePressure),
  ofText('meminfo', 30, seeds.meminfo, 'utf8', parseMeminfo),
  ofText('boot time', 20, seeds.bootStat, 'utf8', parseBootTime),
  ofBytes('command line', 30, seeds.commandLine, (bytes) => {
    const commandLine = parseCommandLine(bytes);
    return shown(programName(executableName(commandLine[0] ?? ''), commandLine));
  }),
  ofBytes('environ', 50, seeds.environ, (bytes) => {
    const { serviceName, workloadName, containerName, namespace } = parseEnvironmentIdentity(
      parseEnvironment(bytes, IDENTITY_VARIABLES),
    );
    return [serviceName, workloadName, containerName, namespace].map((name) => shown(name ?? ''));
  }),
];

/** A name as it is exported; throws when it could steer a terminal or is too long for a label. */
function shown(text: string): string {
  const name = plainName(text);
  if (name.length > 256 || /[\p{Cc}\p{Cs}]/u.test(name)) throw new Error(`a name of ${name.length} units`);
  return name;
}

type Parse<Input> = (input: Input) => unknown;

function ofBytes(name: string, share: number, seed: string, parse: Parse<Buffer>): Subject {
  const prepare = (random: Random) => {
    const bytes = mutateText(seed, random);
    return () => parse(bytes);
  };
  return { name, share, mostBytes: 2 ** 20, prepare };
}

function ofText(name: string, share: number, seed: string, encoding: 'latin1' | 'utf8', parse: Parse<string>): Subject {
  return ofBytes(name, share, seed, (bytes) => parse(bytes.toString(encoding)));
}

/** Mutates one or more of several files, and takes some away. */
function ofFiles(
  name: string,
  share: number,
  files: Readonly<Record<string, string>>,
  parse: Parse<(file: string) => string | undefined>,
): Subject {
  const prepare = (random: Random) => {
    const mutated = Object.entries(files).map(([file, text]): [string, string | undefined] => {
      if (random.oneIn(12)) return [file, undefined];
      return [file, random.oneIn(2) ? text : mutateText(text, random).toString('utf8')];
    });
    const byName = new Map(mutated);
    return () => parse((file) => byName.get(file));
  };
  return { name, share, mostBytes: 2 ** 20, prepare };
}

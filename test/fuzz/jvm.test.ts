import { expect, test } from 'vitest';
import { censusSubject, startCensusSubject } from '../real/java-census.ts';
import { anyJdk } from '../real/jdks.ts';
import { chooseCases } from './chosen-cases.ts';
import { jvmSubjects } from './jvm-subjects.ts';
import { runSubjects } from './runs.ts';

const total = 250;

test.each(['G1', 'Serial'] as const)(
  'hostile JVMs with %s give an answer, nothing or a ReadFailure, soon and in bounded memory',
  async (collector) => {
    const jdk = anyJdk ?? expect.fail('no Java on this machine');
    // Performance data in memory, not in a file that ends with the process; interpreted, as compilers allocate meanwhile.
    const subject = censusSubject(jdk, collector, '-Xmx32m', '-XX:+PerfDisableSharedMem', '-Xint');
    const program = await startCensusSubject(subject, 1000);
    const subjects = jvmSubjects(program.pid);
    await program.end();
    runSubjects(subjects, chooseCases('1'), total);
  },
);

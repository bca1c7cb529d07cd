import { expect } from 'vitest';
import { runCampaign } from './campaign.ts';
import type { ChosenCases } from './chosen-cases.ts';
import type { Subject } from './subject.ts';

/** Runs each subject's share of a number of cases, and expects nothing bad; answers one line for each. */
export function runSubjects(subjects: readonly Subject[], chosen: ChosenCases, total: number): string[] {
  return subjects.flatMap((subject) => {
    const { first, cases } = chosen.of(subject, total);
    if (cases === 0) return [];
    const report = runCampaign(subject, chosen.seed, cases, first);
    expect.soft(report.findings, subject.name).toEqual([]);
    // A subject whose input is never believed tests little.
    if (cases > 1) expect.soft(report.answers, `answers of ${subject.name}`).toBeGreaterThan(cases / 20);
    return [
      `${subject.name}: ${report.cases} cases, ${report.answers} answers, ${report.nothings} nothing, ` +
        `${report.refusals} refusals; slowest ${report.slowestMs.toFixed(0)} ms, most ${report.mostBytes} bytes`,
    ];
  });
}

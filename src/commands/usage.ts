import { helpText } from '../config/help-text.ts';
import { settingTable } from '../config/settings.ts';
import { doctorSettings } from './doctor/doctor-settings.ts';
import { topSettings } from './top/top-settings.ts';

/** What `heapwatch help` prints. */
export function usage(): string {
  return `Reads the heaps of running Node.js, Python and Java processes from outside, without pausing them.

heapwatch [serve] [flags]
  Finds the processes on this machine, watches them and serves the metrics to Prometheus.
  Each flag is also an environment variable, HEAPWATCH_WEB_LISTEN_ADDRESS for --web.listen-address, and a key of the YAML
  file that --config.file names: web.listen-address.

${helpText(settingTable)}
heapwatch top <pid> [flags]
  Counts the objects of one process per type, now.

${helpText(topSettings)}
heapwatch replay <trace.jsonl>... | -
  Judges recorded traces and prints a JSON line whenever the verdict changes, and every 5 minutes while memory grows.

heapwatch doctor [pid] [flags]
  Tries what can be read here, and says what forbids the rest and what to change.

${helpText(doctorSettings)}
heapwatch help | --help
heapwatch --version

Exit codes: 0 fine, 1 failed, 2 wrong usage.
`;
}

/** Options of Node.js 18 to 26 whose value may be the next word: those of type 3 and above of its own table of options. */
const WITH_VALUE = new Set(
  (
    '-r -C --require --import --loader --experimental-loader --conditions --title --env-file --env-file-if-exists ' +
    '--allow-fs-read --allow-fs-write --bench-isolation --bench-name-pattern --bench-reporter --bench-reporter-destination ' +
    '--bench-samples --bench-warmup --build-sea --build-snapshot-config --cpu-prof-dir --cpu-prof-interval ' +
    '--cpu-prof-name --debug-port --diagnostic-dir --disable-proto --disable-warning --dns-result-order ' +
    '--es-module-specifier-resolution --experimental-config-file --experimental-default-config-file ' +
    '--experimental-default-type --experimental-package-map --experimental-policy --experimental-sea-config ' +
    '--experimental-specifier-resolution --experimental-test-isolation --experimental-test-tag-filter --heap-prof-dir ' +
    '--heap-prof-interval --heap-prof-name --heapsnapshot-near-heap-limit --heapsnapshot-signal --icu-data-dir ' +
    '--input-type --inspect-port --inspect-publish-uid --localstorage-file --max-http-header-size ' +
    '--max-old-space-size-percentage --network-family-autoselection-attempt-timeout --openssl-config ' +
    '--policy-integrity --redirect-warnings --report-dir --report-directory --report-filename --report-signal ' +
    '--secure-heap --secure-heap-min --security-revert --security-reverts --snapshot-blob --stack-trace-limit ' +
    '--test-concurrency --test-coverage-branches --test-coverage-exclude --test-coverage-functions ' +
    '--test-coverage-include --test-coverage-lines --test-global-setup --test-isolation --test-name-pattern ' +
    '--test-random-seed --test-reporter --test-reporter-destination --test-rerun-failures --test-shard ' +
    '--test-skip-pattern --test-timeout --tls-cipher-list --tls-keylog --trace-event-categories ' +
    '--trace-event-file-pattern --trace-require-module --unhandled-rejections --use-largepages --v8-pool-size ' +
    '--vfs-load --vfs-mount --watch-kill-signal --watch-path'
  ).split(' '),
);

/** With these the program is in the command line or elsewhere, and what follows may be anything. */
const WITHOUT_SCRIPT = /^(?:-|-[ep]|-pe|--eval|--print|--run)(?:=|$)/;

/** See node(1): the first word that is no option, nor an option's value; what comes after `inspect` is debugged. */
export function nodeScript(commandLine: readonly string[]): string | undefined {
  for (let index = 1; index < commandLine.length; index++) {
    const word = commandLine[index]!;
    if (word === '--') return commandLine[index + 1];
    if (WITHOUT_SCRIPT.test(word)) return undefined;
    if (WITH_VALUE.has(word)) index++;
    else if (word !== 'inspect' && !word.startsWith('-')) return word;
  }
  return undefined;
}

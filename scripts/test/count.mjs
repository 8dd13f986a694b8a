/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * What vitest's JSON report says, and at least one failure when the run did not succeed: it may
 * have crashed, found no test, or caught an error outside of any test.
 * @param {string | undefined} report
 * @param {boolean} succeeded
 * @returns {Count}
 */
export function countOf(report, succeeded) {
  const count = report === undefined ? { passed: 0, failed: 0, skipped: 0 } : countIn(JSON.parse(report));
  return { ...count, failed: succeeded ? count.failed : Math.max(count.failed, 1) };
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Count}
 */
function countIn(report) {
  // A file that could not be loaded, or whose hooks failed, has no failed test to show for it.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @param {Count} count */
export function summaryOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

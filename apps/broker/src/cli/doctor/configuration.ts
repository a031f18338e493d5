import type { BrokerConfigResult } from '../../config/read-config.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** What the broker would say about its properties file at a start. */
export function configurationFindings(file: string, read: BrokerConfigResult): Finding[] {
  if (read.kind === 'ok') {
    return [ok(`${file} can be used`), ...read.notices.map((notice) => warn(notice, null))];
  }
  return read.problems.map(({ line, key, problem, remedy }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return fail(`${place}: ${key === undefined ? '' : `${key} `}${problem}`, remedy);
  });
}

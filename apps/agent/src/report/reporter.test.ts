import { silentLog, systemClock } from '@dcvsm/runtime';
import { Dcv } from '../dcv/dcv.js';
import { runDcv } from '../dcv/run-dcv.js';
import { SessionChanges } from '../work/session-changes.js';
import { TestHost, until } from '../../test/test-agent.js';
import { Host } from './host.js';
import { Reporter } from './reporter.js';

describe('Reporter', () => {
  let host: TestHost;
  let changes: SessionChanges;
  let reporter: Reporter;
  const names = { hostname: 'h', ip: '10.0.0.1', macs: [] };
  beforeEach(() => {
    host = new TestHost();
    changes = new SessionChanges();
    const config = host.config(1);
    const clock = systemClock();
    const log = silentLog();
    const { command } = config.dcv;
    const environment = { PATH: '/usr/bin:/bin', HOME: host.folder };
    const dcv = new Dcv((run) => runDcv({ command, environment, clock }, run), config.dcv);
    reporter = new Reporter({ host: new Host({ config, tags: [], dcv, clock, log }), dcv, changes, log });
  });
  afterEach(() => host.dispose());

  it('takes a listing again that was taken while a session was created', async () => {
    host.set('hold-list');
    const report = reporter.make(names);
    await until(() => host.has('listed'));
    host.addSession('s-1');
    changes.happened();
    host.unset('hold-list');
    expect((await report)?.report.dcv).toMatchObject({ sessions: [{ id: 's-1' }] });
    expect(host.calls('list-sessions')).toHaveLength(2);
  });

  it('knows that a report is outdated when a session changes before it is sent', async () => {
    const fresh = await reporter.make(names);
    expect(fresh?.isCurrent()).toBe(true);
    changes.happened();
    expect(fresh?.isCurrent()).toBe(false);
  });
});

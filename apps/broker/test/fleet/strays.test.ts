import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { hostLoad, hostSession } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

const facts = { limits: { maxVirtualSessions: 9, maxVirtualSessionsPerUser: 9 } };

describe('a late session of a given-up attempt', () => {
  it.each([0, 1, 2, 3])(
    'is not closed when the request is placed on its host again at that moment (%i turns apart)',
    async (turns) => {
      await using fleet = await TestFleet.start();
      const agent = fleet.newAgent('s1', facts);
      agent.sessions.set('local', hostSession('local'));
      const { epoch } = await agent.connect();
      agent.react = () => 'silence';
      const { Id: id = '' } = await fleet.create({ EnqueueRequest: true });
      const first = await agent.command('create-session', id);
      await fleet.broker.fleet.closeServer('s1', true);
      await fleet.advance(130_000);
      expect(await fleet.describe(id)).toMatchObject({ State: 'CREATING', Substate: 'SESSION_PLACING' });

      agent.react = (message) => agent.obey(message);
      agent.obey(first);
      agent.sessions.delete('local');
      const opened = fleet.broker.fleet.openServer('s1');
      for (let turn = 0; turn < turns; turn += 1) await eventLoopTurn();
      const dcv = { healthy: true as const, sessions: [...agent.sessions.values()] };
      const report = { facts: agent.facts, load: hostLoad(), dcv };
      await Promise.all([opened, fleet.broker.fleet.applyReport({ serverId: 's1', epoch }, report)]);
      await fleet.rest();
      await agent.report();
      expect(await fleet.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
      expect([...agent.sessions.keys()]).toEqual([id]);
    },
  );
});

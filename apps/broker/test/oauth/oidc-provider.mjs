/**
 * A whole OpenID provider on a loopback port, in a worker because its package has ES modules only. `workerData.keys` are
 * its private keys as JWKs; posts the address when it is ready. Each algorithm is a resource that tokens can be for.
 */
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import Provider from 'oidc-provider';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: workerData.keys },
    clients: [
      {
        client_id: workerData.clientId,
        client_secret: workerData.clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ['desktops'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'desktops',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: resource.slice('urn:test:'.length) } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  parentPort.postMessage(issuer);
});

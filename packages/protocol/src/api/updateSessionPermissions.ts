import { z } from 'zod';
import { limits } from './limits.js';
import { base64 } from './scalars.js';
import { Owner, RequestId, SessionId } from './types.js';

export const UpdateSessionPermissionsRequestData = z
  .strictObject({
    SessionId,
    Owner,
    /** Base64 of a DCV permissions file. */
    PermissionsFile: base64(limits.permissionsFileBytes),
  })
  .meta({ id: 'UpdateSessionPermissionsRequestData' });
export type UpdateSessionPermissionsRequestData = z.infer<typeof UpdateSessionPermissionsRequestData>;

export const UpdateSessionPermissionsSuccessfulResponse = z
  .strictObject({ SessionId: z.string() })
  .meta({ id: 'UpdateSessionPermissionsSuccessfulResponse' });

export const UpdateSessionPermissionsUnsuccessfulResponse = z
  .strictObject({ SessionId: z.string(), FailureReason: z.string() })
  .meta({ id: 'UpdateSessionPermissionsUnsuccessfulResponse' });

export const UpdateSessionPermissionsRequest = z
  .array(UpdateSessionPermissionsRequestData)
  .max(limits.entriesPerRequest);
export type UpdateSessionPermissionsRequest = z.infer<typeof UpdateSessionPermissionsRequest>;

export const UpdateSessionPermissionsResponse = z
  .strictObject({
    RequestId,
    SuccessfulList: z.array(UpdateSessionPermissionsSuccessfulResponse),
    UnsuccessfulList: z.array(UpdateSessionPermissionsUnsuccessfulResponse),
  })
  .meta({ id: 'UpdateSessionPermissionsResponse' });
export type UpdateSessionPermissionsResponse = z.infer<typeof UpdateSessionPermissionsResponse>;

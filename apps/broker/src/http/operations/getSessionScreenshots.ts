import type { OperationHandler } from './operation-handler.js';

export const getSessionScreenshots: OperationHandler<'getSessionScreenshots'> = async (
  { fleet },
  entries,
) => {
  const results = await Promise.all(
    entries.map(async (entry) => ({
      entry,
      result: await fleet.takeScreenshot({
        sessionId: entry.SessionId,
        maxWidthPixels: entry.MaxWidth,
        maxHeightPixels: entry.MaxHeight,
      }),
    })),
  );
  return {
    SuccessfulList: results.flatMap(({ entry, result }) => {
      if (result.kind === 'refused') return [];
      const { format, data, takenAt, primary } = result.picture;
      const image = { Format: format, Data: data, CreationTime: takenAt, Primary: primary };
      return [{ SessionScreenshot: { SessionId: entry.SessionId, Images: [image] } }];
    }),
    UnsuccessfulList: results.flatMap(({ entry, result }) =>
      result.kind === 'refused'
        ? [{ GetSessionScreenshotRequestData: entry, FailureReason: result.reason }]
        : [],
    ),
  };
};

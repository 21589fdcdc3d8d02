// What the wrappers for frameworks share: events as functions by name.

/** `success` as `onSuccess`, `queues-end` as `onQueuesEnd`. */
const handlerOf = (event) => `on-${event}`.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

export const EVENTS = [
  ...["display-changed", "source-changed", "upload-added", "queues-start", "success"],
  ...["queues-end", "abort", "retry", "batch-cancelled", "show-completed", "publicid", "tags"],
  ...["close", "error"],
];

export const HANDLERS = EVENTS.map(handlerOf);

/** A callback that calls the handler of each event, as `handlers()` has it then. */
export const callbackOf = (handlers) => (error, result) => {
  const handler = handlers()?.[handlerOf(error ? "error" : result.event)];
  handler?.(error ?? result.info, result);
};

//! A JSON-like value: options come in as one, answers and events go out as one.

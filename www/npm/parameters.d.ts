// Made from crates/core/src/protocol/parameters.rs by that crate's tests; change it there.

/** Texts mostly, that the wire has as texts anyway. */
export type Plain = string | number | boolean | null | undefined;

/** Parameters of the Upload API that are no options; they go along with every file. */
export interface Parameters {
  /** Only with a signed upload. */
  accessControl?: Plain | object;
  /** Only with a signed upload. */
  accessMode?: Plain;
  /** Only with a signed upload. */
  accessibilityAnalysis?: Plain;
  /** Only with a signed upload. */
  allowedFormats?: Plain | readonly string[];
  /** Only with a signed upload. */
  async?: Plain;
  /** Only with a signed upload. */
  auditContext?: Plain;
  /** Only with a signed upload. */
  autoChaptering?: Plain;
  /** Only with a signed upload. */
  autoTagging?: Plain;
  /** Only with a signed upload. */
  autoTranscription?: Plain | object;
  /** Only with a signed upload. */
  backgroundRemoval?: Plain;
  /** Only with a signed upload. */
  backup?: Plain;
  /** Only with a signed upload. */
  batchId?: Plain;
  callback?: Plain;
  /** Only with a signed upload. */
  categorization?: Plain;
  /** Only with a signed upload. */
  cinemagraphAnalysis?: Plain;
  /** Only with a signed upload. */
  clearInvalid?: Plain;
  /** Only with a signed upload. */
  colors?: Plain;
  customCoordinates?: Plain | readonly number[] | readonly number[][];
  /** Only with a signed upload. */
  detection?: Plain;
  /** Only with a signed upload. */
  discardOriginalFilename?: Plain;
  /** Only with a signed upload. */
  displayName?: Plain;
  /** Only with a signed upload. */
  eager?: Plain | readonly string[];
  /** Only with a signed upload. */
  eagerAsync?: Plain;
  /** Only with a signed upload. */
  eagerNotificationUrl?: Plain;
  /** Only with a signed upload. */
  eval?: Plain;
  /** Only with a signed upload. */
  exif?: Plain;
  faceCoordinates?: Plain | readonly number[] | readonly number[][];
  /** Only with a signed upload. */
  faces?: Plain;
  filenameOverride?: Plain;
  /** Only with a signed upload. */
  format?: Plain;
  /** Only with a signed upload. */
  headers?: Plain | readonly string[];
  /** Only with a signed upload. */
  imageMetadata?: Plain;
  /** Only with a signed upload. */
  invalidate?: Plain;
  manifestJson?: Plain;
  manifestTransformation?: Plain;
  /** Only with a signed upload. */
  mediaMetadata?: Plain;
  /** Only with a signed upload. */
  moderation?: Plain;
  /** Only with a signed upload. */
  notificationUrl?: Plain;
  /** Only with a signed upload. */
  ocr?: Plain;
  /** Only with a signed upload. */
  onSuccess?: Plain;
  /** Only with a signed upload. */
  overwrite?: Plain;
  /** Only with a signed upload. */
  phash?: Plain;
  /** Only with a signed upload. */
  proxy?: Plain;
  /** Only with a signed upload. */
  qualityAnalysis?: Plain;
  /** Only with a signed upload. */
  qualityOverride?: Plain;
  /** Only with a signed upload. */
  rawConvert?: Plain;
  regions?: Plain | object;
  /** Only with a signed upload. */
  responsiveBreakpoints?: Plain | object;
  /** Only with a signed upload. */
  returnDeleteToken?: Plain;
  /** Only with a signed upload. */
  similaritySearch?: Plain;
  source?: Plain;
  template?: Plain;
  templateVars?: Plain | object;
  /** Only with a signed upload. */
  transformation?: Plain | readonly string[];
  /** Only with a signed upload. */
  type?: Plain;
  /** Only with a signed upload. */
  uniqueDisplayName?: Plain;
  /** Only with a signed upload. */
  uniqueFilename?: Plain;
  /** Only with a signed upload. */
  useFilename?: Plain;
  /** Only with a signed upload. */
  useFilenameAsDisplayName?: Plain;
  /** Only with a signed upload. */
  visualSearch?: Plain;
}

/** Files to be, as pure data: renderers make them, one writer puts them on disk. */
export interface RenderedFile {
  readonly content: string;
  /** POSIX mode; 0o600 for anything that carries a secret. Default 0o644. */
  readonly mode?: number;
}

/** Relative path, with `/`, to file. Iteration order is the order of writing. */
export type FileSet = ReadonlyMap<string, RenderedFile>;

/** A real server of the caller's own. It keeps its address and its data until `dispose`. */
export interface OwnServer {
  url: string;
  /** Resolves when it answers. Does nothing when it runs. */
  start(): Promise<void>;
  /** An orderly end. */
  stop(): Promise<void>;
  /** `kill -9`. */
  crash(): Promise<void>;
  /** It hangs: connections stay open, or are even accepted, and nothing is answered. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends it and deletes its data. */
  dispose(): Promise<void>;
}

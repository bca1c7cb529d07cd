/** What heapwatch may do to a process beyond reading it: nothing, unless the user says so by name. */
export interface OptIns {
  /** Asks a JVM whose heap it cannot read for a class histogram, through the attach protocol, which stops it for a while. */
  readonly jvmAttach?: boolean;
  /** Opens the inspector of a Node.js whose heap it cannot read, asks it, and closes it again. */
  readonly nodejsInspector?: boolean;
}

using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// Names a record of this partition that holds a payload: its section's number and its place there. Survives restarts; the address
/// of the section in the log is looked up.
/// </summary>
internal readonly record struct BodyRef(ulong Section, RecordSpan Record)
{
    public bool IsNone => Record.Length == 0;
}

namespace ChatServer.Network;

internal enum SplitResult : byte
{
    NeedsMore,
    Preamble,
    Frame,
    Error,
}

using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>One thing that the core said, as it is on its way to a client; for an entry with who wrote it and what of.</summary>
internal sealed record Spoken(Output Output, UserId Sender = default, DeviceId SenderDevice = default, ulong SendNumber = 0, ulong Hash = 0);
